"""Time from outside: a time-stamp authority's token over a signed checkpoint (RFC 3161).

Our own clock dates every record; a token is the word of a stranger that a checkpoint, with its
signatures, existed at an instant. What the checkpoint covers is then no younger. The token is made
over the SHA-256 of the whole note, so that it dates the signatures too and not only the root.

Rules:
    The authority must have granted exactly what was asked: the same digest, and the nonce if one is
    given. Its certificate has the one purpose of time-stamping, stands in the token, leads to a
    root that the reader chose, and was valid at the token's own instant, not today: a token does
    not age with its certificate (RFC 3161 appendix B).
    A token is bytes for ever: it is kept as it came and never written anew.

Decisions:
    ASN.1, CMS and chains are `rfc3161-client`'s, which has OpenSSL judge them. Rejected: reading
    them here. Only what no court should need to believe is added: SHA-256 alone, one length.
    Revocation is not asked about: a token of a revoked authority made before the revocation stands,
    and a reader ten years on has no network. Who doubts an authority leaves its root out.

What it does not do: reach an authority (`transport`), decide when to ask (`exchange`), or compare
the instant with our clock.

Example:
    >>> query = ask(checkpoint.note.encode())
    >>> token = granted(answer, query, checkpoint.note.encode(), roots=roots)
    >>> verify_token(token, checkpoint.note.encode(), roots=roots).at
    datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.timezone.utc)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

Roots = tuple[x509.Certificate, ...]
"""The certificates that a reader chose to trust."""
MAX_TOKEN_BYTES: Final = 64 * 1024
"""Longest answer of an authority that is read, its certificates included."""
_SHA_256: Final = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


class TokenError(ValueError):
    """A token does not prove what it should; `reason` is `form`, `refused` or `proof`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Query:
    """What is sent to an authority: the request in DER, and its nonce."""

    request: bytes
    nonce: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A verified token. Only `verify_token` makes one."""

    at: datetime
    """The authority's instant, UTC."""
    authority: str
    """Subject of the certificate that signed it, RFC 4514."""
    roots: tuple[str, ...]
    """Hex SHA-256 of each root that the reader trusted: what the proof relies on."""
    policy: str
    """OID of the authority's policy."""
    serial: int


def roots_of(pem: bytes) -> Roots:
    """Read the certificates of a PEM file: the roots that a reader trusts.

    Raises:
        ValueError: it holds none.
    """
    return tuple(x509.load_pem_x509_certificates(pem))


def ask(data: bytes) -> Query:
    """Make a request for a token over the SHA-256 of `data`, with a random nonce."""
    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    if request.nonce is None:
        raise AssertionError("a nonce was asked for")
    return Query(request.as_bytes(), request.nonce)


def granted(answer: bytes, query: Query, data: bytes, *, roots: Roots) -> tuple[bytes, Token]:
    """Read the answer to `query`; the bytes to keep, and what they prove.

    Raises:
        TokenError: it is none, a refusal, or does not verify.
    """
    return answer, _verified(answer, data, roots, nonce=query.nonce)


def verify_token(raw: bytes, data: bytes, *, roots: Roots) -> Token:
    """Verify a kept token over `data` with nothing but the roots.

    Raises:
        TokenError: `form`, `refused`, `proof`.
    """
    return _verified(raw, data, roots, nonce=None)


def read_token(raw: bytes, data: bytes) -> datetime:
    """The instant of a token over `data` for a reader without roots: its signature proves nothing.

    Raises:
        TokenError: `form`, `refused`, or `proof`: it is over something else.
    """
    try:
        info = _read(raw).tst_info
        imprint = info.message_imprint
        if (imprint.hash_algorithm, imprint.message) != (_SHA_256, sha256(data).digest()):
            raise TokenError("proof", "the token is over something else")
        return info.gen_time.astimezone(UTC)
    except (ValueError, TypeError) as error:
        if isinstance(error, TokenError):
            raise
        raise TokenError("form", f"the token cannot be read: {error}") from error


def _verified(raw: bytes, data: bytes, roots: Roots, *, nonce: int | None) -> Token:
    response = _read(raw)
    try:
        return _judged(response, data, roots, nonce)
    except TokenError:
        raise
    except (VerificationError, ValueError, TypeError) as error:
        raise TokenError("proof", f"the token does not verify: {error}") from error


def _judged(
    response: TimeStampResponse,
    data: bytes,
    roots: Roots,
    nonce: int | None,
) -> Token:
    """Everything that the library reads only when it is asked for, and raises in its own ways."""
    info = response.tst_info
    if info.message_imprint.hash_algorithm != _SHA_256:
        raise TokenError("proof", "the token is not over a SHA-256")
    verifier = VerifierBuilder(roots=list(roots), nonce=nonce).build()
    verifier.verify(response, sha256(data).digest())
    return Token(
        at=info.gen_time.astimezone(UTC),
        authority=_signer(response),
        roots=tuple(sorted(root.fingerprint(SHA256()).hex() for root in roots)),
        policy=info.policy.dotted_string,
        serial=info.serial_number,
    )


def _read(raw: bytes) -> TimeStampResponse:
    if len(raw) > MAX_TOKEN_BYTES:
        raise TokenError("form", "a token is longer than any that is read")
    try:
        response = decode_timestamp_response(raw)
    except ValueError as error:
        raise TokenError("form", "not an answer of a time-stamp authority") from error
    if response.status != 0:
        raise TokenError("refused", f"the authority answered with status {response.status}")
    if response.as_bytes() != raw:
        raise TokenError("form", "something stands around the answer")
    return response


def _signer(response: TimeStampResponse) -> str:
    """Subject of the certificate that the one signature of the token names."""
    signer = next(iter(response.signed_data.signer_infos))
    for raw in response.signed_data.certificates:
        found = x509.load_der_x509_certificate(raw)
        if (found.issuer, found.serial_number) == (signer.issuer, signer.serial_number):
            return found.subject.rfc4514_string()
    raise TokenError("proof", "the token does not hold its signer's certificate")
