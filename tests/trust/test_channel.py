from __future__ import annotations

import asyncio
import ssl
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.x509.oid import NameOID

from tests.trust.makers import NOW, channel
from tracer.trust.channel import (
    Channel,
    add_anchors,
    anchors,
    client_context,
    new_channel,
    peer_spki,
    server_context,
    spki_digest,
)

XA, XB, XC = (channel(name) for name in ("XA-NPOC", "XB-NPOC", "XC-NPOC"))
Sides = tuple[ssl.SSLObject, ssl.SSLObject]


def shake(server: ssl.SSLContext, client: ssl.SSLContext) -> Sides:
    """Carry a handshake between two ends in memory; raises what either end raises."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(to_client, to_server, server_hostname="any.example")
    far = server.wrap_bio(to_server, to_client, server_side=True)
    waiting = [near, far]
    for _ in range(10):
        for side in tuple(waiting):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(side)
    assert not waiting
    return near, far


def test_each_side_knows_the_other_by_its_key() -> None:
    near, far = shake(
        server_context(XB, anchors=[XA.certificate]), client_context(XA, anchors=[XB.certificate])
    )
    assert (peer_spki(near), peer_spki(far)) == (XB.spki, XA.spki)
    assert near.version() == "TLSv1.3"


async def test_the_channel_works_on_a_real_connection() -> None:
    seen: list[str | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(peer_spki(writer.get_extra_info("ssl_object")))
        writer.write(await reader.readline())
        writer.close()

    listening = server_context(XB, anchors=[XA.certificate])
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=listening)
    async with server:
        port = server.sockets[0].getsockname()[1]
        calling = client_context(XA, anchors=[XB.certificate])
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=calling)
        assert peer_spki(writer.get_extra_info("ssl_object")) == XB.spki
        writer.write(b"ping\n")
        assert await reader.readline() == b"ping\n"
        writer.close()
        await writer.wait_closed()
    assert seen == [XA.spki]


@pytest.mark.parametrize(("listed", "called"), [(XC, XB), (XA, XC)])
def test_a_key_that_is_not_listed_does_not_pass_the_handshake(
    listed: Channel, called: Channel
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(
            server_context(XB, anchors=[listed.certificate]),
            client_context(XA, anchors=[called.certificate]),
        )


def test_a_caller_without_a_certificate_does_not_pass() -> None:
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.check_hostname = False
    bare.verify_mode = ssl.CERT_NONE
    with pytest.raises(ssl.SSLError):
        shake(server_context(XB, anchors=[XA.certificate]), bare)


def test_a_live_context_takes_up_a_new_peer() -> None:
    server = server_context(XB, anchors=[XC.certificate])
    add_anchors(server, [XC.certificate, XA.certificate, XA.certificate])
    near, far = shake(server, client_context(XA, anchors=[XB.certificate]))
    assert peer_spki(far) == XA.spki
    assert server.cert_store_stats()["x509"] == 2
    assert peer_spki(near) == XB.spki


def test_two_keys_of_one_authority_are_both_taken_while_they_change() -> None:
    newer = new_channel("XA-NPOC", now=NOW + timedelta(days=30))
    server = server_context(XB, anchors=[XA.certificate, newer.certificate])
    for mine in (XA, newer):
        near, far = shake(server, client_context(mine, anchors=[XB.certificate]))
        assert (peer_spki(far), peer_spki(near)) == (mine.spki, XB.spki)


def test_an_older_tls_is_not_spoken() -> None:
    old = client_context(XA, anchors=[XB.certificate])
    old.minimum_version = ssl.TLSVersion.TLSv1_2
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        shake(server_context(XB, anchors=[XA.certificate]), old)


def test_an_anchor_that_may_sign_others_does_not_lend_its_name() -> None:
    """A listed certificate that is an authority passes a child's handshake; the digest does not."""
    parent_key, child_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    parent = made("parent", parent_key, "parent", parent_key, ca=True)
    child = made("child", child_key, "parent", parent_key, ca=False)
    raw = child_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    caller = client_context(Channel(child, raw), anchors=[XB.certificate])
    _, far = shake(server_context(XB, anchors=[parent]), caller)
    assert peer_spki(far) == spki_digest(child) != spki_digest(parent)


def made(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    *,
    ca: bool,
) -> bytes:
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in (name, issuer)]
    builder = x509.CertificateBuilder(
        names[1], names[0], key.public_key(), 7, NOW - timedelta(1), NOW + timedelta(4000)
    ).add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    return builder.sign(by, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_certificate_says_who_it_is_and_that_it_signs_no_others() -> None:
    found = x509.load_der_x509_certificate(new_channel("XA-NPOC", now=NOW).certificate)
    assert found.subject.rfc4514_string() == "CN=XA-NPOC"
    assert not found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert found.not_valid_after_utc - found.not_valid_before_utc > timedelta(days=3650)
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "localhost" in names.get_values_for_type(x509.DNSName)


def test_a_digest_names_the_key_not_the_certificate() -> None:
    key = load_der_private_key(XA.private_key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    again = made("other", key, "other", key, ca=False)
    assert spki_digest(again) == XA.spki
    assert len(XA.spki) == 43


@pytest.mark.parametrize("der", [b"", b"\x30\x00", XA.certificate + b"\x00", XA.certificate[:-1]])
def test_what_is_not_exactly_one_certificate_has_no_digest(der: bytes) -> None:
    with pytest.raises(ValueError, match="not a channel certificate"):
        spki_digest(der)


@pytest.mark.parametrize("first", [0x00, 0x80, 0xFF])
def test_a_certificate_whose_serial_number_is_not_positive_has_no_digest(first: int) -> None:
    at = XA.certificate.index(b"\xa0\x03\x02\x01\x02\x02") + 6
    size = XA.certificate[at]
    serial = bytes([first]) + bytes(size - 1)
    with pytest.raises(ValueError, match="serial"):
        spki_digest(XA.certificate[: at + 1] + serial + XA.certificate[at + 1 + size :])


def test_a_key_of_another_kind_has_no_digest() -> None:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "XA-NPOC")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, NOW, NOW + timedelta(1))
    der = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    with pytest.raises(ValueError, match="P-256"):
        spki_digest(der)


def test_a_channel_does_not_show_its_key() -> None:
    assert "private" not in repr(XA)


def unreadable() -> bytes:
    """A certificate in whose subject stands what is no UTF-8: not every reader minds."""
    whole = XA.certificate
    at = whole.rindex(b"XA-NPOC")
    return whole[:at] + b"\xff" + whole[at + 1 :]


def test_an_anchor_is_a_certificate_that_tls_reads() -> None:
    assert anchors(XA.certificate)
    assert spki_digest(unreadable()) == spki_digest(XA.certificate)
    assert not anchors(unreadable())


def test_what_tls_cannot_read_takes_no_channel_from_the_others() -> None:
    context = server_context(XB, anchors=[])
    add_anchors(context, [unreadable(), XC.certificate])
    shake(context, client_context(XC, anchors=[XB.certificate]))


@pytest.mark.parametrize("cut", [b"", b"\x30", b"\x30\x03\x02\x01\x01"])
def test_what_is_no_certificate_has_no_key(cut: bytes) -> None:
    with pytest.raises(ValueError, match="channel certificate"):
        spki_digest(cut)


def test_a_certificate_of_another_version_is_none() -> None:
    changed = XA.certificate.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1)
    with pytest.raises(ValueError, match="channel certificate"):
        spki_digest(changed)
