"""The corpus: valid inputs of every layer, each handed to a seeded change, then wrapped rightly.

A change deep inside is worth nothing if the layer around it no longer holds. So whatever is changed
is signed again with the real key, entered into the real log, sealed to the real key and posted as a
well-formed batch: the checks behind the signature are reached, not only those before it.

    payload · payload bytes · disclosures · signed header · token · plaintext · proof · record
    seal header · seal · batch head · checkpoint note · checkpoint lie · batch · other endpoints
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from hashlib import sha256
from random import Random
from typing import Any

from tests.examples import EXAMPLES
from tests.hostile import mutate
from tests.hostile.endpoints import Endpoints, Shot
from tests.hostile.enemy import Enemy, Letter, lines
from tracer.canonical import b64url, canonical_json, unb64url
from tracer.envelope.content import pack
from tracer.model.messages import AnyMessage
from tracer.model.wire import to_wire

KINDS = tuple(EXAMPLES)


class Corpus:
    """Makes shots. Threads of `known` (id, newest message of each side) can be written into."""

    def __init__(self, enemy: Enemy, seed: int) -> None:
        self.enemy = enemy
        self.chance = Random(seed)  # noqa: S311 - a reproducible attack
        self.endpoints = Endpoints(enemy, self.chance)
        self.thread = ("", "")
        """Id and newest message of a thread of ours with the target."""
        self._last = b""
        self._layers: dict[str, Callable[[], str]] = {
            "payload": self._payload,
            "payload-bytes": self._payload_bytes,
            "disclosures": self._disclosures,
            "header": self._header,
            "token": self._token,
            "plaintext": self._plaintext,
            "proof": self._proof,
            "record": self._record,
            "seal-header": self._seal_header,
            "seal": self._seal,
        }
        self._wholes: dict[str, Callable[[], bytes]] = {
            "head": self._head,
            "note": self._note,
            "lie": self._lie,
            "batch": self._batch,
        }

    def shot(self, most: int = 8) -> Shot:
        """The next hostile request, of at most `most` inputs."""
        chosen = self.chance.random()
        if chosen < 0.2:
            return self.endpoints.shot()
        if chosen < 0.35:
            layer = self.chance.choice(sorted(self._wholes))
            return Shot(layer, "messages", self._wholes[layer]())
        layer = self.chance.choice(sorted(self._layers))
        count = self.chance.randint(1, most)
        self._before = self.enemy.log.state
        made = [self._layers[layer] for _ in range(count)]
        sealed = [make() for make in made]
        return Shot(layer, "messages", lines(self.enemy.head(), *_messages(sealed)), count)

    # -- the message ----------------------------------------------------------------------------

    def message(self) -> AnyMessage:
        """Any message, in a thread of ours where its type asks for one."""
        kind = self.chance.choice(KINDS)
        thread, tip = self.thread
        if kind == "request":
            return self.enemy.message(kind)
        if kind == "spontaneous-information" or not thread:
            return self.enemy.message("spontaneous-information")
        if self.chance.random() < 0.2:
            tip = b64url(self._bytes(32))
        return self.enemy.message(kind, thread=thread, follows=(tip,))

    def _bytes(self, count: int) -> bytes:
        return self.chance.randbytes(count)

    def _parts(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return to_wire(self.message())

    def compact(self, payload: bytes, disclosures: list[str], header: bytes | None = None) -> str:
        """Sign bytes as they are, and put disclosures beside them."""
        return "~".join((self.enemy.token(payload, header), *disclosures, ""))

    def disclose(self, groups: dict[str, Any]) -> list[str]:
        """Disclosures of groups, salted by the seed."""
        return [
            b64url(canonical_json([b64url(self._bytes(16)), name, value]))
            for name, value in groups.items()
        ]

    def _committed(self, clear: dict[str, Any], disclosures: list[str]) -> bytes:
        """The payload that commits to the disclosures."""
        digests = sorted({b64url(sha256(d.encode()).digest()) for d in disclosures})
        return json.dumps(clear | {"_sd": digests, "_sd_alg": "sha-256"}).encode()

    def _posted(self, compact: str) -> str:
        """Log, prove and seal anything."""
        letter = self.enemy.enter(compact)
        return self._sealed(letter, compact)

    def _sealed(self, letter: Letter, compact: str) -> str:
        plaintext = pack(compact.encode().decode("ascii", "replace"), self.enemy.proof(letter))
        return self.enemy.seal(plaintext, letter.id)

    # -- layers of one message ------------------------------------------------------------------

    def _payload(self) -> str:
        clear, groups = self._parts()
        if self.chance.random() < 0.6:
            clear = self._changed(clear)
        else:
            groups = self._changed(groups)
        disclosures = self.disclose(groups)
        return self._posted(self.compact(self._committed(clear, disclosures), disclosures))

    def _changed(self, value: dict[str, Any]) -> dict[str, Any]:
        changed: Any = mutate.some(self.chance, mutate.of_value, value)
        return changed if isinstance(changed, dict) else value

    def _payload_bytes(self) -> str:
        clear, groups = self._parts()
        disclosures = self.disclose(groups)
        payload = self._committed(clear, disclosures)
        if self.chance.random() < 0.5:
            payload = mutate.of_bytes(self.chance, payload, self._last)
        else:
            payload = mutate.written(self.chance, json.loads(payload))
        self._last = payload
        return self._posted(self.compact(payload, disclosures))

    def _disclosures(self) -> str:
        clear, groups = self._parts()
        shown = self.disclose(groups)
        payload = self._committed(clear, shown)
        match self.chance.randrange(7):
            case 0:
                shown = shown[1:]
            case 1:
                shown = [*shown, shown[0]]
            case 2:
                shown = self.disclose(groups)
            case 3:
                shown[0] = b64url(mutate.of_bytes(self.chance, unb64url(shown[0])))
            case 4:
                shown = [*shown, *self.disclose({"persons": [], "x\n": 1})]
                payload = self._committed(clear, shown)
            case 5:
                strange = [self.chance.choice(mutate.STRANGE) for _ in range(3)]
                shown = [*shown, b64url(json.dumps(strange).encode())]
                payload = self._committed(clear, shown)
            case _:
                payload = json.dumps(
                    clear | {"_sd": self.chance.choice(mutate.STRANGE), "_sd_alg": "sha-256"}
                ).encode()
        return self._posted(self.compact(payload, shown))

    def _header(self) -> str:
        clear, groups = self._parts()
        disclosures = self.disclose(groups)
        payload = self._committed(clear, disclosures)
        header = self.chance.choice(
            (
                self.enemy.header(alg="none"),
                self.enemy.header(alg="HS256"),
                self.enemy.header(alg="EdDSA"),
                self.enemy.header(kid=b64url(self._bytes(32))),
                self.enemy.header(kid="A" * 43),
                self.enemy.header(typ="tracer-refusal+jws"),
                self.enemy.header(crit=["b64"], b64=False),
                self.enemy.header(jwk={"kty": "OKP"}),
                self.enemy.header(jku="https://xa.example/keys"),
                self.enemy.header() + b" ",
                mutate.of_bytes(self.chance, self.enemy.header()),
            )
        )
        return self._posted(self.compact(payload, disclosures, header))

    def _token(self) -> str:
        compact = self.enemy.sign(self.message()).compact
        return self._posted(mutate.some(self.chance, mutate.of_text, compact))

    def _plaintext(self) -> str:
        letter = self.enemy.enter(self.enemy.sign(self.message()).compact)
        plain = {"proof": self.enemy.proof(letter), "sd_jwt": letter.compact}
        match self.chance.randrange(3):
            case 0:
                body = mutate.of_bytes(self.chance, canonical_json(plain))
            case 1:
                body = mutate.written(self.chance, plain)
            case _:
                body = canonical_json(mutate.of_value(self.chance, plain))
        return self.enemy.seal(body, letter.id)

    def _proof(self) -> str:
        letter = self.enemy.enter(self.enemy.sign(self.message()).compact)
        proof = mutate.some(self.chance, mutate.of_value, self.enemy.proof(letter))
        body = json.dumps({"proof": proof, "sd_jwt": letter.compact}, separators=(",", ":"))
        return self.enemy.seal(body.encode(), letter.id)

    def _record(self) -> str:
        signed = self.enemy.sign(self.message())
        record = mutate.some(self.chance, mutate.of_bytes, self.enemy.record(signed.id))
        letter = Letter(signed.compact, signed.id, record, self.enemy.log.add(record))
        return self._sealed(letter, signed.compact)

    def _seal_header(self) -> str:
        letter = self.enemy.enter(self.enemy.sign(self.message()).compact)
        members = self.enemy.jwe_header(letter.id)
        plain = pack(letter.compact, self.enemy.proof(letter))
        if self.chance.random() < 0.7:
            return self.enemy.seal_under(plain, mutate.of_value(self.chance, members))
        return self.enemy.seal_under(plain, mutate.written(self.chance, members))

    def _seal(self) -> str:
        sealed = self.enemy.sealed(self.enemy.enter(self.enemy.sign(self.message()).compact))
        parts = sealed.split(".")
        at = self.chance.randrange(len(parts))
        match self.chance.randrange(4):
            case 0:
                parts[at] = b64url(bytes(len(unb64url(parts[at]))))
            case 1:
                parts[at] = b64url(mutate.of_bytes(self.chance, unb64url(parts[at])))
            case 2:
                parts[at] = mutate.of_text(self.chance, parts[at])
            case _:
                parts.insert(at, parts[self.chance.randrange(len(parts))])
        return ".".join(parts)

    # -- layers of a batch ----------------------------------------------------------------------

    def _letters(self) -> list[dict[str, str]]:
        letters = [
            self.enemy.enter(self.enemy.sign(self.message()).compact)
            for _ in range(self.chance.randint(0, 2))
        ]
        return _messages([self.enemy.sealed(letter) for letter in letters])

    def _head(self) -> bytes:
        messages = self._letters()
        head = mutate.some(self.chance, mutate.of_value, self.enemy.head())
        return b"\n".join((json.dumps(head).encode(), lines(*messages)))

    def _note(self) -> bytes:
        messages = self._letters()
        note = self.enemy.checkpoint().note
        changed = mutate.some(self.chance, mutate.of_bytes, note.encode())
        return lines(self.enemy.head(checkpoint=changed.decode("utf-8", "replace")), *messages)

    def _lie(self) -> bytes:
        """A checkpoint with both right signatures under what is not true."""
        messages = self._letters()
        size = self.chance.choice((0, 1, self.enemy.log.state.size + 1, 2**53 - 1))
        changes: dict[str, Any] = {"size": size, "root": self._bytes(32)}
        if size == 0:
            changes["root"] = sha256(b"").digest()
        lied = self.enemy.checkpoint(**changes).note
        joined = {"old": self.enemy.remembered, "new": size, "path": [b64url(bytes(32))]}
        consistency = self._changed(joined)
        head = self.enemy.head(checkpoint=lied, consistency=consistency)
        return json.dumps(head).encode() + b"\n" + lines(*messages)

    def _batch(self) -> bytes:
        body = lines(self.enemy.head(), *self._letters())
        if self.chance.random() < 0.2:
            return body + body[body.index(b"\n") + 1 :] * 3
        return mutate.some(self.chance, mutate.of_bytes, body)


def _messages(sealed: list[str]) -> list[dict[str, str]]:
    return [{"jwe": jwe} for jwe in sealed]


def noise(count: int) -> bytes:
    """Bytes that mean nothing."""
    return os.urandom(count)
