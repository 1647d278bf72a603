"""Right questions to every endpoint but `messages`, and changes of each on every layer it has.

What is signed is changed and signed again with the real key, so that the checks behind the
signature are reached. An attachment that was announced is asked for and sent with changed offsets,
digests and bodies.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.hostile import mutate
from tests.hostile.enemy import Enemy, lines
from tracer.canonical import b64url
from tracer.clock import stamp
from tracer.envelope.jws import sign_object
from tracer.evidence.witnessing import write_submission
from tracer.exchange.resync.form import TYP
from tracer.exchange.succession.form import entry_object

PROFILE = {"profile": "tracer-1"}
ATTACHMENT = "attachments/{digest}"
METHODS = ("HEAD", "PATCH", "GET")
"""What an attachment is asked by."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One hostile request: what layer was changed, where it goes, how many inputs it holds."""

    layer: str
    what: str
    body: bytes
    inputs: int = 1
    method: str = "POST"
    headers: str = ""

    @property
    def endpoint(self) -> str:
        """The path without what an attachment is called."""
        return ATTACHMENT if self.what.startswith("attachments/") else self.what


class Endpoints:
    """Makes shots at the endpoints beside `messages`.

    `announced` are digests and sizes of attachments: those that the enemy was to send, and those
    that the target offers it.
    """

    def __init__(self, enemy: Enemy, chance: Random) -> None:
        self._enemy = enemy
        self._chance = chance
        self.announced: list[tuple[str, int]] = []
        self.posts: dict[str, Callable[[], bytes]] = {
            "ping": lambda: self._json(PROFILE | {"nonce": "x"}),
            "hello": lambda: self._json(PROFILE),
            "log": lambda: self._json(PROFILE | {"remembers": 0}),
            "collect": lambda: self._json(PROFILE | {"remembers": 0}),
            "receipts": lambda: self._json(enemy.head()),
            "entry": self._entry,
            "questions": self._questions,
            "resync": self._resync,
            "succession": self._succession,
            "add-checkpoint": self._submission,
            "to-witness": self._to_witness,
            "witnessed": self._witnessed,
        }

    def shot(self) -> Shot:
        """A request to any of them."""
        if self.announced and self._chance.random() < 0.3:
            return self._attachment()
        what = self._chance.choice(sorted(self.posts))
        return Shot(what, what, self.posts[what]())

    def _json(self, right: dict[str, Any]) -> bytes:
        """A body that is one line of JSON, changed."""
        match self._chance.randrange(4):
            case 0:
                return mutate.of_bytes(self._chance, lines(right))
            case 1:
                return mutate.written(self._chance, right)
            case _:
                return json.dumps(mutate.some(self._chance, mutate.of_value, right)).encode()

    def _entry(self) -> bytes:
        """The entry that the target holds already, or whatever becomes of it."""
        held = {"seq": 1, "digest": self._enemy.target.verified.digest}
        return self._json(PROFILE | {"holds": held, "entries": [json.loads(self._enemy.entry)]})

    def _questions(self) -> bytes:
        answered = {"number": self._chance.randrange(3), "code": "", "body": "{}"}
        return self._json(PROFILE | {"answer": self._chance.choice((None, answered))})

    def _resync(self) -> bytes:
        """A signed request for a page, changed before or after it is signed."""
        name = b64url(self._chance.randbytes(32))
        page = self._chance.choice(
            (
                {"kind": "threads", "after": ""},
                {"kind": "ids", "threads": [name], "after": ""},
                {"kind": "messages", "ids": [name], "remembers": 0},
            )
        )
        right = {
            "v": 1,
            "asker": self._enemy.authority,
            "asked": self._enemy.target.authority,
            "at": stamp(self._enemy.clock.now()),
            "page": page,
        }
        key = self._enemy.ring.signing_key()
        if self._chance.random() < 0.7:
            return sign_object(self._json(right), typ=TYP, key=key).encode()
        return mutate.of_bytes(self._chance, sign_object(right, typ=TYP, key=key).encode())

    def _succession(self) -> bytes:
        """A succession that the entry known of the enemy does not tell of."""
        letter = self._enemy.write()
        told = {
            "entry": dict(entry_object(self._enemy.entry)),
            "checkpoint": self._enemy.checkpoint().note,
            "proof": self._enemy.proof(letter),
            "consistency": self._enemy.log.consistency(self._enemy.remembered),
            "reentered": self._chance.choice((None, 0, 7)),
        }
        return self._json(PROFILE | told)

    def _submission(self) -> bytes:
        """A question to the witness, about the log as it is or as it never was."""
        head = self._enemy.checkpoint()
        if self._chance.random() < 0.3:
            head = self._enemy.checkpoint(root=self._chance.randbytes(32))
        old = self._chance.choice((0, self._enemy.remembered, head.size, head.size + 1))
        path = tuple(self._chance.randbytes(32) for _ in range(self._chance.choice((0, 1, 64))))
        right = write_submission(old, path, head.note)
        return mutate.of_bytes(self._chance, right) if self._chance.random() < 0.6 else right

    def _to_witness(self) -> bytes:
        status = self._chance.choice((None, 200, 409, 422, -1))
        return self._json(PROFILE | {"status": status, "body": self._chance.choice(("", "9\n"))})

    def _witnessed(self) -> bytes:
        note = self._chance.choice((None, self._enemy.checkpoint().note))
        proof = {"old": 1, "new": 2, "path": [b64url(bytes(32))]}
        return self._json(PROFILE | {"checkpoint": note, "proofs": [proof], "wanted": [1, 2]})

    def _attachment(self) -> Shot:
        """A question about an attachment that was announced, or a piece of it."""
        digest, size = self._chance.choice(self.announced)
        method = self._chance.choice((*METHODS, "PATCH"))
        if self._chance.random() < 0.2:
            digest = "".join(
                letter if letter.isalnum() else "-"
                for letter in mutate.of_text(self._chance, digest)
            )
        offset = str(self._chance.choice((0, 1, size - 1, size, size + 1, 2**53)))
        if self._chance.random() < 0.3:
            offset = mutate.of_text(self._chance, offset).translate({10: "x", 13: "x"})
        body = b""
        if method == "PATCH":
            body = self._chance.randbytes(self._chance.choice((0, 1, size, size + 1)))
        strange = self._chance.choice(
            ("", "", "Content-Encoding: gzip\r\n", "Upload-Offset: 1\r\n", "Content-Type: \xff\r\n")
        )
        headers = f"Upload-Offset: {offset}\r\n{strange}"
        return Shot(method, f"attachments/{digest}", body, method=method, headers=headers)
