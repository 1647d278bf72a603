"""An authority with real keys and no scruples: builds every layer of a message by hand.

Each method makes one layer and takes the layer below as bytes or text, so that a test may put a lie
between any two of them. What it writes is right unless the caller changes something.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from tests.examples import EXAMPLES
from tests.nodes import Made
from tracer.canonical import b64url, canonical_json
from tracer.clock import Clock, stamp
from tracer.envelope.content import pack
from tracer.envelope.jwe import INFO, seal
from tracer.envelope.jwk import SealPublic
from tracer.envelope.sdjwt import TYP, SignedMessage, issue
from tracer.evidence.checkpoint import Checkpoint, sign_checkpoint
from tracer.evidence.merkle import EMPTY_ROOT, append, consistency_path, inclusion_path, reader_of
from tracer.evidence.proof import ConsistencyProof, Proof
from tracer.evidence.record import Kind, leaf_hash, new_record
from tracer.model.messages import AnyMessage
from tracer.model.wire import to_wire
from tracer.node.setup import kek_uri
from tracer.trust.directory import Directory, Listing, Peer
from tracer.trust.entry import verify_entry
from tracer.trust.keyring import Keyring

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.SHAKE256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class Letter:
    """A signed message with the record of its leaf in the enemy's log."""

    compact: str
    id: str
    record: bytes
    index: int


@dataclass(frozen=True, slots=True)
class LogState:
    """How far a log is: enough to go back to."""

    size: int
    root: bytes


class Log:
    """A Merkle log that can go back and tell another story."""

    def __init__(self) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.state = LogState(0, EMPTY_ROOT)

    def add(self, record: bytes) -> int:
        """Append a record; its index."""
        grown = append(self.state.size, [leaf_hash(record)], reader_of(self.nodes))
        self.nodes.update(grown.new_nodes)
        index = self.state.size
        self.state = LogState(grown.new_size, grown.root)
        return index

    def back_to(self, state: LogState) -> None:
        """Forget what came after `state`; the next leaf overwrites it."""
        self.state = state

    def path(self, index: int) -> tuple[bytes, ...]:
        """The inclusion path of a leaf in the log as it is."""
        return inclusion_path(index, self.state.size, reader_of(self.nodes))

    def consistency(self, old: int) -> dict[str, Any] | None:
        """The proof from an earlier size, None where none is needed."""
        if not 0 < old < self.state.size:
            return None
        path = consistency_path(old, self.state.size, reader_of(self.nodes))
        return ConsistencyProof(old=old, new=self.state.size, path=path).to_wire()


class Enemy:
    """One hostile authority and the peer it attacks."""

    def __init__(self, made: Made, target: bytes, clock: Clock) -> None:
        self.authority = made.authority
        self.ring = Keyring.open(
            made.config.data_dir / made.config.keyring.file, kek_uri(made.config)
        )
        self.clock = clock
        self.entry = made.entry_file
        self.target: Peer = Directory.of([Listing(verify_entry(target))]).peer(
            verify_entry(target).authority
        )
        self.log = Log()
        self.remembered = 0
        """Size of this log that the target is thought to remember."""

    # -- messages -------------------------------------------------------------------------------

    def message(self, kind: str = "request", **changes: Any) -> AnyMessage:
        """The example message of a type, from the enemy to its target, without attachments."""
        template = EXAMPLES[kind]
        given: dict[str, Any] = {
            "sender": self.authority,
            "recipient": self.target.authority,
            "nonce": b64url(os.urandom(16)),
            "issued": stamp(self.clock.now()),
        }
        if kind == "request":
            given |= {"terms": self.target.terms_digest, "attachments": ()}
            given["attachment_keys"] = msgspec.UNSET
        return msgspec.structs.replace(template, **(given | changes))

    def sign(self, message: AnyMessage) -> SignedMessage:
        """Sign a message as an honest node does."""
        clear, groups = to_wire(message)
        return issue(clear, groups, key=self.ring.signing_key())

    def token(self, payload: bytes, header: bytes | None = None) -> str:
        """Sign any bytes under any header with the real key: a JWS that verifies."""
        signing = b".".join(
            b64url(part).encode() for part in (self.header() if header is None else header, payload)
        )
        return f"{signing.decode()}.{b64url(self.ring.signing_key().sign(signing))}"

    def header(self, **changes: Any) -> bytes:
        """The protected header of a message, with changes; None leaves a member out."""
        members = {"alg": "Ed25519", "kid": self.ring.signing_key().kid, "typ": TYP} | changes
        kept = {name: value for name, value in members.items() if value is not None}
        return json.dumps(kept, separators=(",", ":")).encode()

    # -- the log --------------------------------------------------------------------------------

    def record(self, message_id: str, *, kind: Kind = Kind.SENT, **changes: Any) -> bytes:
        """The record of a message."""
        given: dict[str, Any] = {
            "sender": self.authority,
            "recipient": self.target.authority,
            "at": self.clock.now(),
            "salt": os.urandom(32),
        }
        return new_record(kind=kind, id=message_id, **(given | changes))

    def enter(self, compact: str) -> Letter:
        """Log anything that looks like a signed message."""
        jws = compact.partition("~")[0].encode("ascii", "replace").decode()
        signed = SignedMessage.of(jws)
        record = self.record(signed.id)
        return Letter(compact, signed.id, record, self.log.add(record))

    def write(self, kind: str = "request", **changes: Any) -> Letter:
        """Write, sign and log one message."""
        return self.enter(self.sign(self.message(kind, **changes)).compact)

    def checkpoint(self, **changes: Any) -> Checkpoint:
        """Sign the log as it is, or what the caller claims instead."""
        key = self.ring.log_key()
        given: dict[str, Any] = {
            "origin": key.origin,
            "size": self.log.state.size,
            "root": self.log.state.root,
            "at": self.clock.now(),
        }
        return sign_checkpoint(key=key, **(given | changes))

    def proof(self, letter: Letter) -> dict[str, Any]:
        """The inclusion proof of a letter under the log as it is."""
        found = Proof(
            record=letter.record,
            index=letter.index,
            size=self.log.state.size,
            path=self.log.path(letter.index),
        )
        return found.to_wire()

    # -- seal and batch -------------------------------------------------------------------------

    def seal_key(self, at: datetime | None = None) -> SealPublic:
        """The target's sealing key."""
        return self.target.seal_key(at or self.clock.now())

    def seal(
        self, plaintext: bytes, message_id: str, *, sender: str = "", recipient: str = ""
    ) -> str:
        """Seal any plaintext under the right header, or another one of the right form."""
        return seal(
            plaintext,
            to=self.seal_key(),
            message_id=message_id,
            sender=sender or self.authority,
            recipient=recipient or self.target.authority,
        )

    def seal_under(self, plaintext: bytes, header: dict[str, Any] | bytes) -> str:
        """Seal under any header at all; `ek` is put in where the header is a dictionary."""
        cek, nonce = os.urandom(32), os.urandom(12)
        sealed = _SUITE.encrypt(cek, self.seal_key().public_key, info=INFO)
        ek, encrypted = sealed[:1120], sealed[1120:]
        if isinstance(header, dict):
            header = json.dumps(header | {"ek": b64url(ek)}, separators=(",", ":")).encode()
        protected = b64url(header)
        boxed = AESGCM(cek).encrypt(nonce, plaintext, protected.encode())
        return ".".join((protected, *map(b64url, (encrypted, nonce, boxed[:-16], boxed[-16:]))))

    def jwe_header(self, message_id: str, **changes: Any) -> dict[str, Any]:
        """The members of a seal's header before `ek`; None leaves one out."""
        members = {
            "alg": "HPKE-10-KE",
            "enc": "A256GCM",
            "kid": self.seal_key().kid,
            "typ": "tracer-1+jwe",
            "from": self.authority,
            "to": self.target.authority,
            "id": message_id,
        } | changes
        return {name: value for name, value in members.items() if value is not None}

    def sealed(self, letter: Letter) -> str:
        """Seal a letter with its proof, as an honest node does."""
        return self.seal(pack(letter.compact, self.proof(letter)), letter.id)

    def head(self, **changes: Any) -> dict[str, Any]:
        """The first line of a batch."""
        return {
            "profile": "tracer-1",
            "checkpoint": self.checkpoint().note,
            "consistency": self.log.consistency(self.remembered),
            "remembers": 0,
        } | changes

    def batch(self, *letters: Letter, **head: Any) -> bytes:
        """A batch of letters, as an honest node writes it but for `head`."""
        return lines(self.head(**head), *({"jwe": self.sealed(letter)} for letter in letters))


def lines(*values: Any) -> bytes:
    """NDJSON of values."""
    return b"".join(canonical_json(value) + b"\n" for value in values)
