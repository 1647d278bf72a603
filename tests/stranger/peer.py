"""Chapters 8, 10, 11, 16 and 24: an authority that collects, in memory."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.stranger import crypto, log
from tests.stranger.crypto import b64url, canonical, unb64url

Json = dict[str, Any]
_SPANS = {"acknowledge": 2, "first_answer": 28, "escalate": 7}


def stamp(moment: datetime) -> str:
    """[E-8]."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def listed(entry_file: bytes) -> Json:
    """[N-4]: the entry of a file, its signature verified by the key it lists."""
    jws = json.loads(entry_file)["entry"]
    claimed = json.loads(unb64url(jws.split(".")[1]))
    entry: Json = crypto.verified(jws, "tracer-entry+jws", keys_of(claimed, "sign"))
    return entry


def keys_of(entry: Json, use: str) -> dict[str, Any]:
    """The listed keys for one use, by id."""
    return {key["kid"]: key for key in entry["keys"] if key["use"] == use}


class Stranger:
    """Holds what chapter 24 says in bold; talks to one peer, whose entry file it is given."""

    def __init__(self, authority: str, entry_of_peer: bytes) -> None:
        self.authority = authority
        self.peer = listed(entry_of_peer)
        self.signing, self.sealing = crypto.SigningKey(), crypto.SealKey()
        self.log = log.Log(authority)
        self.remembered, self.told = 0, 0
        self.receipts: dict[str, Json] = {}
        self._key, self._certificate = _certificate(authority)

    def entry_file(self) -> bytes:
        """Chapter 23, step 4."""
        now = datetime.now(UTC)
        term = {
            "sign_from": stamp(now - timedelta(seconds=1)),
            "sign_until": stamp(now + timedelta(days=90)),
        }
        later = stamp(now + timedelta(days=490))
        own = (
            {
                "kid": self.signing.kid,
                "use": "sign",
                "jwk": self.signing.jwk,
                "accept_until": later,
            },
            {"kid": self.sealing.kid, "use": "seal", "jwk": self.sealing.jwk, "open_until": later},
        )
        entry = {
            "v": 1,
            "authority": self.authority,
            "state": self.authority[:2],
            "name": "A stranger",
            "seq": 1,
            "prev": "",
            "issued": stamp(now),
            "mode": "collects",
            "endpoint": "",
            "contacts": [{"name": "Desk", "role": "", "phone": "+00 1", "mail": "", "hours": ""}],
            "languages": ["en"],
            "keys": [{**key, **term} for key in own],
            "log": self.log.listed(),
            "channel": [b64url(self._certificate)],
            "terms": _terms(self.authority),
        }
        jws = self.signing.sign(entry, "tracer-entry+jws")
        return canonical({"endorsement": None, "entry": jws})

    def send(self, payload: Json, groups: Json) -> str:
        """Steps 1 to 5: the id of a message that was delivered."""
        to = self.peer["authority"]
        now = stamp(datetime.now(UTC))
        base = {"v": 1, "sender": self.authority, "recipient": to, "issued": now}
        fresh = {"nonce": b64url(os.urandom(16)), "language": "en", "test": True}
        handling = {"code": {"list": "handling-code", "version": 1, "value": "H0"}}
        payload = {**base, **fresh, "handling": handling, **payload}
        signed = crypto.signed_message(payload, groups, self.signing)
        self.log.append("sent", signed.id, self.authority, to, now)
        proof = self.log.proof("sent", signed.id)
        jwe = crypto.sealed(
            canonical({"proof": proof, "sd_jwt": signed.compact}),
            to=max(keys_of(self.peer, "seal").values(), key=lambda key: str(key["sign_from"])),
            names=(self.authority, to, signed.id),
        )
        header, replies = _lines(self._post("messages", self._batch([{"jwe": jwe}], self.told)))
        head = log.checked(header["checkpoint"], self.peer["log"])
        self.remembered, self.told = head[0], header["remembers"]
        assert [reply["id"] for reply in replies] == [signed.id]
        self.receipts[signed.id] = replies[0]["receipt"]
        self._check(replies[0]["receipt"], head, ("received", signed.id, self.authority, to))
        return signed.id

    def collect(self) -> list[Json]:
        """Steps 6 to 8: the messages that waited, each receipted."""
        ask = {"profile": "tracer-1", "remembers": self.remembered}
        body = self._post("collect", canonical(ask))
        if not body:
            return []
        header, lines = _lines(body)
        head = log.checked(header["checkpoint"], self.peer["log"])
        taken = [self._take(line["jwe"], head) for line in lines]
        self.remembered = head[0]
        for message in taken:
            of = (str(message["sender"]), str(message["recipient"]))
            self.log.append("received", message["id"], *of, stamp(datetime.now(UTC)))
        replies = [
            {"id": one["id"], "receipt": self.log.proof("received", one["id"])} for one in taken
        ]
        self._post("receipts", self._batch(replies, header["remembers"]))
        self.told = len(self.log.leaves)
        return taken

    def ping(self) -> Json:
        """[P-1]."""
        body = canonical({"profile": "tracer-1", "nonce": b64url(os.urandom(16))})
        answer: Json = json.loads(self._post("ping", body))
        return answer

    def _take(self, jwe: str, head: tuple[int, bytes]) -> Json:
        header, plaintext = self.sealing.open(jwe)
        content = json.loads(plaintext)
        name, message = crypto.opened_message(content["sd_jwt"], keys_of(self.peer, "sign"))
        assert (header["from"], header["to"]) == (message["sender"], message["recipient"])
        assert (header["to"], header["id"]) == (self.authority, name)
        self._check(content["proof"], head, ("sent", name, header["from"], header["to"]))
        return {**message, "id": name}

    def _check(
        self, proof: Json, head: tuple[int, bytes], wanted: tuple[str, str, str, str]
    ) -> None:
        """[L-15]."""
        record = json.loads(unb64url(proof["record"]))
        assert (record["kind"], record["id"], record["from"], record["to"]) == wanted
        assert (proof["size"], log.leads_to(log.leaf_of(unb64url(proof["record"])), proof)) == head

    def _batch(self, lines: list[Json], told: int) -> bytes:
        header = {
            "profile": "tracer-1",
            "checkpoint": self.log.checkpoint(),
            "consistency": self.log.since(told),
            "remembers": self.remembered,
        }
        return b"".join(canonical(line) + b"\n" for line in (header, *lines))

    def _post(self, name: str, body: bytes) -> bytes:
        """[T-1] to [T-8]."""
        where = urlsplit(self.peer["endpoint"])
        line = http.client.HTTPSConnection(
            where.hostname or "", where.port or 443, context=self._context()
        )
        try:
            headers = {"Content-Type": "application/x-ndjson"}
            line.request("POST", f"/exchange/v1/{name}", body, headers)
            answer = line.getresponse()
            found = answer.read()
            assert answer.status in (200, 204), found
            return found
        finally:
            line.close()

    def _context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False
        context.verify_flags |= 0x80000  # X509_V_FLAG_PARTIAL_CHAIN
        for der in self.peer["channel"]:
            context.load_verify_locations(cadata=unb64url(der))
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            Path(file.name).write_text(ssl.DER_cert_to_PEM_cert(self._certificate) + self._key)
            context.load_cert_chain(file.name)
        return context


def _lines(body: bytes) -> tuple[Json, list[Json]]:
    """[B-1]: header and lines."""
    assert body.endswith(b"\n")
    header, *rest = (json.loads(line) for line in body[:-1].split(b"\n"))
    return header, rest


def _terms(authority: str) -> Json:
    """Chapter 19."""
    spans = {name: {"n": days, "unit": "day"} for name, days in _SPANS.items()}
    return {
        "v": 1,
        "authority": authority,
        "targets": [
            {"urgency": level, **spans} for level in ("FLASH", "URGENT", "PRIORITY", "ROUTINE")
        ],
        "remind_after": {"n": 14, "unit": "day"},
        "lapse_after": {"n": 30, "unit": "day"},
        "weekend": [6, 7],
        "non_working": [],
        "covers_until": "2030-12-31",
        "office": {"opens": "08:00", "closes": "16:00"},
        "offsets": [{"start": "2000-01-01T00:00:00.000Z", "minutes": 0}],
    }


def _certificate(authority: str) -> tuple[str, bytes]:
    """[T-2]: private key as PEM, certificate as DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, authority)])
    now = datetime.now(UTC)
    both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(both), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem.decode(), certificate.public_bytes(serialization.Encoding.DER)
