"""What an authority's entry holds: the nouns, and the rules that one entry alone must meet.

An entry is what a State says about its authority: how to reach it, which keys speak for it, where
its log is, which terms it answers under. The structure is closed: a field not described here is
refused, in whatever way it came. Instants are wire text; `term` reads them once.

What it does not do: signatures and the chain of entries (`entry`), judging a message (`validity`).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import Annotated, Final, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from tracer.canonical import unb64url
from tracer.clock import instant
from tracer.envelope.jwk import SealPublic, VerifyKey
from tracer.evidence.checkpoint import MLDSA44_BYTES, LogPublic
from tracer.evidence.cosignature import WitnessPublic, parse_witness_name
from tracer.model.ids import AuthorityId, KeyId, LogOrigin, is_digest, parse_log_origin
from tracer.model.terms import Terms, check_terms
from tracer.model.text import (
    NOT_IN_LINE,
    Country,
    Digest,
    Instant,
    LanguageTag,
    Line,
    NameText,
    is_plain,
)
from tracer.model.wording import FORMS, pattern_of
from tracer.trust.channel import anchors, issues_others, spki_digest

MAX_KEYS = 32
MAX_CERTIFICATES = 4
MAX_WITNESSES = 16

_Base64Url = Annotated[str, Meta(max_length=8192, pattern="^[A-Za-z0-9_-]+$")]
_HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]"
_Endpoint = Annotated[
    str, Meta(max_length=300, pattern=f"^(https://({_HOST})(:[1-9][0-9]{{0,4}})?)?$")
]

ENTRY_FORMS: Final = FORMS | {
    pattern_of(
        _Endpoint
    ): "an address begins with https:// and has no path, as https://tracer.example:7443"
}
"""How the texts of an entry are written, by the pattern of their type."""


class Term(NamedTuple):
    """The instants of one key."""

    sign_from: datetime
    sign_until: datetime
    last: datetime
    """`accept_until` of a signing key, `open_until` of a sealing key."""
    revoked_from: datetime | None

    def in_use(self, at: datetime) -> bool:
        """Whether the key was put to its use then, revoked or not."""
        return self.sign_from <= at <= self.sign_until


class EntryKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One public key and when it counts.

    From `sign_from` to `sign_until` the key is put to its use (signing by its owner, sealing by
    others). A signing key has `accept_until`: until then a message signed in that time may arrive
    for the first time. A sealing key has `open_until`: until then its owner can open.
    """

    kid: KeyId
    use: Literal["sign", "seal"]
    jwk: dict[NameText, _Base64Url]
    sign_from: Instant
    sign_until: Instant
    accept_until: Instant | UnsetType = UNSET
    open_until: Instant | UnsetType = UNSET
    revoked_from: Instant | UnsetType = UNSET
    """From then on nothing proves that the owner, and not a thief, used the key."""

    def term(self) -> Term:
        """The instants of this key, read.

        Raises:
            ValueError: an instant that no calendar has, or not exactly the one end its use needs.
        """
        last, other = self.accept_until, self.open_until
        if self.use == "seal":
            last, other = other, last
        if last is UNSET or other is not UNSET:
            raise ValueError("a signing key has accept_until, a sealing key open_until")
        revoked = None if self.revoked_from is UNSET else _instant(self.revoked_from)
        return Term(_instant(self.sign_from), _instant(self.sign_until), _instant(last), revoked)


class Contact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person or desk to speak to when the line does not help."""

    name: NameText
    role: NameText
    phone: NameText
    mail: NameText
    hours: Line


class LogInfo(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The authority's exchange log: its origin and the two keys bound to it, base64url."""

    origin: LogOrigin
    ed25519: _Base64Url
    mldsa44: _Base64Url

    def public(self) -> LogPublic:
        """The keys, loaded.

        Raises:
            ValueError: not base64url, or not the keys of a log.
        """
        return LogPublic(self.origin, unb64url(self.ed25519), unb64url(self.mldsa44))


class Succession(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the log has a new origin: the old one was closed, at this head."""

    origin: LogOrigin
    """The origin that is closed for ever."""
    size: Annotated[int, Meta(ge=0, le=2**53 - 1)]
    """The size from which the authority went on."""
    root: Digest
    highest: Annotated[str, Meta(max_length=40_000)]
    """The highest checkpoint of the old origin that any peer showed; empty if none did."""
    cause: Literal["restore", "keys"]


class Witness(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One witness that cosigns checkpoints: its name and ML-DSA-44 key, base64url."""

    name: NameText
    mldsa44: _Base64Url

    def public(self) -> WitnessPublic:
        """Name and key, loaded.

        Raises:
            ValueError: not base64url, not such a key, or a name that no signature line can carry.
        """
        return WitnessPublic(self.name, unb64url(self.mldsa44))


class Witnesses(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom the authority has chosen to watch its log, and how many of them are enough."""

    quorum: Annotated[int, Meta(ge=1, le=MAX_WITNESSES)]
    members: Annotated[tuple[Witness, ...], Meta(min_length=1, max_length=MAX_WITNESSES)]

    def publics(self) -> tuple[WitnessPublic, ...]:
        """The members whose lines can be read; one whose name no line can carry never signs."""
        return tuple(one.public() for one in self.members if one.name.split() == [one.name])


Mode = Literal["reached", "collects", "courier"]
"""How an authority is reached: on its port, by its own visits, or by files that are carried."""


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One authority's own statement about itself."""

    v: Literal[1]
    authority: AuthorityId
    state: Country
    name: Line
    seq: Annotated[int, Meta(ge=1, le=2**31)]
    prev: Annotated[str, Meta(pattern="^([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])?$")]
    """Digest of the entry before; empty in the first one."""
    issued: Instant
    mode: Mode
    """Whether peers connect to it, it makes all connections itself, or there are none."""
    endpoint: _Endpoint
    """`https://host[:port]`; empty unless it is reached."""
    contacts: Annotated[tuple[Contact, ...], Meta(min_length=1, max_length=16)]
    languages: Annotated[tuple[LanguageTag, ...], Meta(min_length=1, max_length=32)]
    """Preferred first."""
    keys: Annotated[tuple[EntryKey, ...], Meta(min_length=2, max_length=MAX_KEYS)]
    log: LogInfo
    channel: Annotated[tuple[_Base64Url, ...], Meta(min_length=1, max_length=MAX_CERTIFICATES)]
    """The channel certificates themselves, base64url of DER."""
    terms: Terms
    succession: Succession | UnsetType = UNSET
    """Present in the first entry of a log that replaces another."""
    witnesses: Witnesses | UnsetType = UNSET
    witness: Witness | UnsetType = UNSET
    """Under which name and key it cosigns others' checkpoints; absent if it does not."""

    def certificates(self) -> tuple[bytes, ...]:
        """The channel certificates, DER."""
        return tuple(unb64url(text) for text in self.channel)

    def listed(self, use: Literal["sign", "seal"]) -> Iterator[EntryKey]:
        """The keys for one use, in the order they are listed."""
        return (key for key in self.keys if key.use == use)


def check_entry(entry: Entry) -> None:
    """Check what the types cannot say about one entry.

    Raises:
        ValueError: the first rule that is broken, in words.
        PeerError: `signing-key` or `seal-key`: a key that no sound point stands behind.
    """
    if entry.state != entry.authority[:2]:
        raise ValueError("an authority's id begins with its State")
    if (entry.seq == 1) != (entry.prev == "") or (entry.prev and not is_digest(entry.prev)):
        raise ValueError("the first entry, and only it, has no predecessor")
    instant(entry.issued)
    check_lines(msgspec.to_builtins(msgspec.structs.replace(entry, succession=UNSET)))
    _check_endpoint(entry)
    _check_keys(entry)
    _check_log(entry)
    digests = [spki_digest(der) for der in entry.certificates()]
    if len(set(digests)) != len(digests):
        raise ValueError("a channel key is listed twice")
    if not all(map(anchors, entry.certificates())):
        raise ValueError("a channel certificate that TLS cannot read")
    if any(issues_others(der) for der in entry.certificates()):
        raise ValueError("a channel certificate may not sign others (CA:TRUE)")
    if entry.terms.authority != entry.authority:
        raise ValueError("the terms are those of another authority")
    if entry.terms.counterpart is not UNSET:
        raise ValueError("terms for one counterpart are agreed on, not stated in an entry")
    check_terms(entry.terms)


def check_lines(value: object) -> None:
    """Refuse control and bidirectional override characters in any text inside plain data.

    Raises:
        ValueError: there is one.
    """
    if is_plain(msgspec.json.encode(value)):
        return
    if any(NOT_IN_LINE.search(text) for text in _strings(value)):
        raise ValueError("a control or bidirectional override character in a short field")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(tuple(value.items()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)


_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST_NAME: Final = re.compile(rf"{_LABEL}(?:[.]{_LABEL})*")
_MAX_HOST: Final = 253
"""Characters of a name in the DNS (RFC 1035, 2.3.4)."""


def _check_endpoint(entry: Entry) -> None:
    if entry.mode != "reached":
        if entry.endpoint:
            raise ValueError("an authority that is not reached has no endpoint")
        return
    parts = urlsplit(entry.endpoint)
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port is None else f":{parts.port}"
    if not _is_host(host) or entry.endpoint != f"https://{shown}{port}":
        raise ValueError("an endpoint is https://host[:port], in lower case, and nothing else")


def _is_host(host: str) -> bool:
    """Whether a resolver takes it: an address, or labels of 1 to 63 characters."""
    if ":" in host:
        with contextlib.suppress(ValueError):
            return ip_address(host).version == 6  # noqa: PLR2004 - IPv6
        return False
    return len(host) <= _MAX_HOST and _HOST_NAME.fullmatch(host) is not None


def _check_keys(entry: Entry) -> None:
    for key in entry.keys:
        loaded = load_verify_key(key) if key.use == "sign" else load_seal_key(key)
        if loaded.kid != key.kid:
            raise ValueError("a key is listed under another key's id")
        term = key.term()
        if not term.sign_from < term.sign_until <= term.last:
            raise ValueError("the instants of a key are out of order")
    if len({key.kid for key in entry.keys}) != len(entry.keys):
        raise ValueError("a key is listed twice")
    for use in ("sign", "seal"):
        if all(key.use != use for key in entry.keys):
            raise ValueError(f"no key for use {use}")


def _check_log(entry: Entry) -> None:
    entry.log.public()
    authority, number = parse_log_origin(entry.log.origin)
    if authority != entry.authority:
        raise ValueError("the log is that of another authority")
    if entry.succession is not UNSET:
        before, earlier = parse_log_origin(entry.succession.origin)
        if not is_digest(entry.succession.root):
            raise ValueError("a succession names the root it went on from")
        if before != authority or earlier != number - 1:
            raise ValueError("a succession names the log before the present one")
    _check_witnesses(entry)


def _check_witnesses(entry: Entry) -> None:
    if entry.witness is not UNSET:
        entry.witness.public()
        if parse_witness_name(entry.witness.name)[0] != entry.authority:
            raise ValueError("the witness is that of another authority")
        if entry.witness.mldsa44 == entry.log.mldsa44:
            raise ValueError("a key of the log is no witness key")
    if entry.witnesses is not UNSET:
        names = {witness.name for witness in entry.witnesses.members}
        if not entry.witnesses.quorum <= len(names) == len(entry.witnesses.members):
            raise ValueError("witnesses have different names, and enough of them for the quorum")
        for witness in entry.witnesses.members:
            if len(unb64url(witness.mldsa44)) != MLDSA44_BYTES:
                raise ValueError("a witness key has another length")
            if witness.name.startswith(f"{entry.authority}/") or witness.mldsa44 in _own(entry):
                raise ValueError("nobody is a witness of the own log")


def _own(entry: Entry) -> set[str]:
    witness = set() if entry.witness is UNSET else {entry.witness.mldsa44}
    return witness | {entry.log.mldsa44}


def load_verify_key(key: EntryKey) -> VerifyKey:
    """Load the public key of a listed signing key; PeerError `signing-key` if unsound."""
    return VerifyKey.from_jwk(key.jwk)


def load_seal_key(key: EntryKey) -> SealPublic:
    """Load the public key of a listed sealing key; PeerError `seal-key` if unsound."""
    return SealPublic.from_jwk(key.jwk)


_instant = lru_cache(maxsize=4096)(instant)
"""Instants of keys recur with every message: read each text once."""
