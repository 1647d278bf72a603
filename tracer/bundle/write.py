"""From facts to the bytes of a bundle. Pure: the same facts and instant give the same bytes.

Attachments stay where they lie: each is read once for its sums, and again when the window over the
bundle is.

What is read from where is the caller's (`casework.evidence`). The order of the messages is the
caller's too, and numbers them. The report is handed in as files: it is made from the verdict over
`draft`, the same bundle without it, so that it tells nothing that the verifier has not seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tracer.bundle.archive import MAX_BUNDLE, packed
from tracer.bundle.forms import (
    MANIFEST,
    MANIFEST_TYP,
    PROFILE,
    README,
    SIGNATURE,
    VERSION,
    LeftOut,
    Listed,
    Manifest,
    Placed,
    Proofs,
    attachment_name,
    checkpoint_name,
    claim,
    consistency_name,
    cosigned_name,
    entry_name,
    kind_of,
    message_name,
    proofs_name,
    stamped_name,
    token_name,
    written,
)
from tracer.bundle.window import Measured, Window
from tracer.canonical import canonical_json
from tracer.envelope.jwk import SigningKey
from tracer.envelope.jws import sign_object
from tracer.evidence.proof import ConsistencyProof

_README = """\
This is the evidence of one exchange between two authorities, made with Tracer.

To check it:   tracer verify FILE.zip
It needs no network and no settings. Compare the fingerprints that it shows with those that the two
authorities themselves name, or give them: tracer verify --trust "FINGERPRINT" FILE.zip

manifest.json lists every other file with its SHA-256; manifest.jws is the exporter's signature over
it. messages/ holds what was signed, proofs/ that it stands in the logs of both, checkpoints/ the
signed heads of those logs, entries/ whose keys they are. cosigned/ holds what other authorities, as
witnesses, confirm of the logs, tokens/ what a time-stamp authority does; give its root certificate,
if you trust it: tracer verify --tsa-root ROOT.pem FILE.zip
report/ is an explanation, not evidence.
How to write a verifier of your own: chapter 28 of the protocol {profile}.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message with its proofs; `attachments` are ciphertexts by number."""

    id: str
    compact: str
    sent: Placed | None
    received: Placed | None
    attachments: Mapping[int, Measured] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """All that a bundle is made of."""

    thread: str
    authority: str
    peer: str
    at: str
    messages: Sequence[Part]
    notes: Mapping[tuple[str, int], str]
    joins: Sequence[tuple[str, ConsistencyProof]]
    cosigned: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """Notes with the lines of witnesses."""
    tokens: Mapping[tuple[str, int], tuple[str, bytes]] = field(default_factory=dict)
    """A note as it was stamped, and the answer of the time-stamp authority."""
    entries: Mapping[str, Sequence[bytes]]
    terms: Sequence[bytes] = ()
    agreements: Sequence[bytes] = ()
    left_out: Sequence[LeftOut] = ()
    more: Mapping[str, bytes] = field(default_factory=dict)
    """Files by name: the report, and what later kinds bring."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """The kind of those of `more` whose folder does not tell it."""


def write_bundle(parts: Parts, *, key: SigningKey) -> Window:
    """Write and sign a bundle; its bytes are there to be read.

    Raises:
        TooLarge: more than a bundle may hold.
    """
    files = {name: _measured(content) for name, content in sorted(_files(parts), key=_name)}
    manifest = Manifest(
        at=parts.at,
        authority=parts.authority,
        files=tuple(
            Listed(
                kind=parts.kinds.get(name) or kind_of(name),
                name=name,
                sha256=one.sums.sha256.hex(),
                size=one.sums.size,
            )
            for name, one in files.items()
        ),
        left_out=tuple(sorted(parts.left_out, key=_place)),
        peer=parts.peer,
        profile=PROFILE,
        thread=parts.thread,
        v=VERSION,
    )
    listed = written(manifest)
    token = sign_object(claim(listed, parts.at), typ=MANIFEST_TYP, key=key)
    first = [(MANIFEST, Measured.of(listed)), (SIGNATURE, Measured.of(token.encode()))]
    return packed([*first, *files.items()], most=MAX_BUNDLE)


def _name(pair: tuple[str, object]) -> str:
    return pair[0]


def _measured(content: bytes | Measured) -> Measured:
    return content if isinstance(content, Measured) else Measured.of(content)


def _place(one: LeftOut) -> tuple[str, str, str, str]:
    return one.message, one.what, one.name, one.why


def _files(parts: Parts) -> Iterator[tuple[str, bytes | Measured]]:
    yield README, _README.format(profile=PROFILE).encode()
    for number, part in enumerate(parts.messages, start=1):
        yield message_name(number), part.compact.encode("ascii")
        proofs = Proofs(id=part.id, received=part.received, sent=part.sent)
        yield proofs_name(number), written(proofs)
        for n, lying in part.attachments.items():
            yield attachment_name(number, n), lying
    yield from _heads(parts)
    for authority, entries in parts.entries.items():
        for number, data in enumerate(entries, start=1):
            yield entry_name(authority, number), data
    for folder, bodies in (("terms", parts.terms), ("agreements", parts.agreements)):
        for number, data in enumerate(bodies, start=1):
            yield f"{folder}/{number:04}.json", data
    yield from parts.more.items()


def _heads(parts: Parts) -> Iterator[tuple[str, bytes]]:
    for (origin, size), note in parts.notes.items():
        yield checkpoint_name(origin, size), note.encode()
    for (origin, size), note in parts.cosigned.items():
        yield cosigned_name(origin, size), note.encode()
    for (origin, size), (note, token) in parts.tokens.items():
        yield stamped_name(origin, size), note.encode()
        yield token_name(origin, size), token
    for origin, proof in parts.joins:
        yield consistency_name(origin, proof.old, proof.new), canonical_json(proof.to_wire())
