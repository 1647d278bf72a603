from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET

from tests.trust.makers import DAY, NOW
from tracer.canonical import b64url
from tracer.clock import stamp
from tracer.errors import OperatorError
from tracer.evidence.checkpoint import sign_checkpoint, verify_checkpoint
from tracer.evidence.merkle import EMPTY_ROOT
from tracer.trust import kek as keks
from tracer.trust.keyring import Keyring
from tracer.trust.private_files import read_private, write_private


@pytest.fixture
def kek(tmp_path: Path) -> str:
    return f"file:{tmp_path / 'kek'}"


@pytest.fixture
def ring(tmp_path: Path, kek: str) -> Keyring:
    return Keyring.create(tmp_path / "ring.json", authority="XA-NPOC", kek=kek, now=NOW)


def refused(code: str, act: Callable[[], Any]) -> None:
    with pytest.raises(OperatorError) as caught:
        act()
    assert caught.value.code == code


def test_a_keyring_opens_with_the_same_keys(ring: Keyring, kek: str) -> None:
    again = Keyring.open(ring.path, kek)
    assert again.authority == "XA-NPOC"
    assert again.signing_key().seed() == ring.signing_key().seed()
    assert again.seal_keys().keys() == ring.seal_keys().keys()
    assert again.log_key().public == ring.log_key().public
    assert again.channel() == ring.channel()
    assert again.rest_key == ring.rest_key
    assert len(again.rest_key) == 32


def test_the_log_key_signs_checkpoints_of_the_first_log(ring: Keyring) -> None:
    key = ring.log_key()
    head = sign_checkpoint(origin="XA-NPOC/log/1", size=0, root=EMPTY_ROOT, at=NOW, key=key)
    public = ring.log_info().public()
    assert verify_checkpoint(head.note, origin="XA-NPOC/log/1", public=public) == head


def test_no_secret_stands_in_the_file(ring: Keyring) -> None:
    text = ring.path.read_text("ascii")
    seal, _ = ring.seal_keys()[ring.current_seal_kid()]
    secrets = [ring.signing_key().seed(), seal.seed(), ring.rest_key, *ring.log_key().seeds()]
    for secret in [*secrets, ring.channel().private_key]:
        assert b64url(secret) not in text
        assert b64url(secret)[4:24] not in text


def test_the_files_are_closed_to_others(ring: Keyring, tmp_path: Path) -> None:
    for path in (ring.path, tmp_path / "kek"):
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o700 | 0o001])
def test_a_file_that_others_can_read_is_refused(ring: Keyring, kek: str, mode: int) -> None:
    ring.path.chmod(mode)
    refused("private-file-permissions", lambda: Keyring.open(ring.path, kek))
    ring.path.chmod(0o600)
    Path(kek.removeprefix("file:")).chmod(mode)
    refused("private-file-permissions", lambda: Keyring.open(ring.path, kek))


def test_a_folder_is_no_private_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(mode=0o700)
    refused("private-file-permissions", lambda: read_private(tmp_path / "folder"))


def test_a_keyring_is_never_written_over(ring: Keyring, kek: str) -> None:
    def create() -> Keyring:
        return Keyring.create(ring.path, authority="XA-NPOC", kek=kek, now=NOW)

    before = ring.path.read_bytes()
    refused("private-file-exists", create)
    assert ring.path.read_bytes() == before


def test_another_key_does_not_open(ring: Keyring, tmp_path: Path) -> None:
    other = f"file:{tmp_path / 'other'}"
    keks.ensure_key_file(other)
    refused("keyring-locked", lambda: Keyring.open(ring.path, other))


def tampered(ring: Keyring, change: Callable[[dict[str, Any]], None]) -> None:
    file = json.loads(ring.path.read_bytes())
    change(file)
    write_private(ring.path, json.dumps(file).encode(), replace=True)


def later(file: dict[str, Any]) -> None:
    file["rows"][1]["last"] = "2099-01-01T00:00:00.000Z"


def other_owner(file: dict[str, Any]) -> None:
    file["authority"] = "XB-NPOC"


def swapped(file: dict[str, Any]) -> None:
    rows = file["rows"]
    rows[0]["secret"], rows[4]["secret"] = rows[4]["secret"], rows[0]["secret"]


def other_public(file: dict[str, Any]) -> None:
    file["rows"][0]["public"] = b64url(bytes(32))


@pytest.mark.parametrize("change", [later, other_owner, swapped, other_public])
def test_an_altered_row_does_not_open(
    ring: Keyring, kek: str, change: Callable[[dict[str, Any]], None]
) -> None:
    tampered(ring, change)
    refused("keyring-locked", lambda: Keyring.open(ring.path, kek))


def unknown_member(file: dict[str, Any]) -> None:
    file["more"] = 1


def other_version(file: dict[str, Any]) -> None:
    file["v"] = 2


def no_rest(file: dict[str, Any]) -> None:
    file["rows"] = [row for row in file["rows"] if row["use"] != "rest"]


def hungry(file: dict[str, Any]) -> None:
    file["derivation"] = {
        "kind": "argon2id",
        "salt": "A" * 22,
        "iterations": 3,
        "lanes": 4,
        "memory_kib": 2**40,
    }


@pytest.mark.parametrize("change", [unknown_member, other_version, no_rest, hungry])
def test_a_file_of_another_form_is_refused(
    ring: Keyring, kek: str, change: Callable[[dict[str, Any]], None]
) -> None:
    tampered(ring, change)
    refused("keyring-form", lambda: Keyring.open(ring.path, kek))


def test_a_new_sealing_key_leaves_the_old_one_to_open(ring: Keyring, kek: str) -> None:
    old = ring.current_seal_kid()
    new = ring.rotate_seal(NOW + 80 * DAY)
    assert ring.current_seal_kid() == new != old
    assert ring.seal_keys()[old][1] == NOW + (90 + 400) * DAY
    assert Keyring.open(ring.path, kek).seal_keys().keys() == {old, new}


def test_a_sealing_key_is_destroyed_after_its_last_day(ring: Keyring, kek: str) -> None:
    old = ring.current_seal_kid()
    new = ring.rotate_seal(NOW + 80 * DAY)
    assert ring.destroy_expired(NOW + 490 * DAY) == ()
    assert ring.destroy_expired(NOW + 490 * DAY + timedelta(milliseconds=1)) == (old,)
    assert Keyring.open(ring.path, kek).seal_keys().keys() == {new}
    row = next(row for row in json.loads(ring.path.read_bytes())["rows"] if row["kid"] == old)
    assert row["secret"] == ""
    assert [line.state for line in ring.describe() if line.kid == old] == ["destroyed"]


def test_the_newest_key_of_a_use_is_never_destroyed(ring: Keyring) -> None:
    assert ring.destroy_expired(NOW + 10_000 * DAY) == ()
    assert {row.state for row in ring.describe()} == {"current"}


def test_a_new_signing_key_signs_and_the_old_one_is_there_to_endorse(ring: Keyring) -> None:
    old = ring.signing_key().kid
    new = ring.rotate_signing(NOW + DAY)
    assert ring.signing_key().kid == new
    assert [*ring.signing_keys()] == [old, new]


def test_the_entry_lists_every_key_that_still_counts(ring: Keyring) -> None:
    signer, sealer = ring.signing_key().kid, ring.current_seal_kid()
    rotated = ring.rotate_seal(NOW + 90 * DAY)
    listed = {key.kid: key.use for key in ring.entry_keys(NOW + 489 * DAY)}
    assert listed == {signer: "sign", sealer: "seal", rotated: "seal"}
    assert sealer not in {key.kid for key in ring.entry_keys(NOW + 490 * DAY)}


def test_a_revoked_key_is_listed_as_such_and_used_no_more(ring: Keyring, kek: str) -> None:
    old = ring.signing_key().kid
    ring.revoke(old, NOW + 3 * DAY)
    refused("sign-key-missing", ring.signing_key)
    new = ring.rotate_signing(NOW + 4 * DAY)
    ring.revoke(old, NOW + 5 * DAY)
    again = Keyring.open(ring.path, kek)
    assert again.signing_key().kid == new
    found = {key.kid: key.revoked_from for key in again.entry_keys(NOW + 6 * DAY)}
    assert found[old] == stamp(NOW + 3 * DAY)


def test_only_keys_of_the_entry_can_be_revoked(ring: Keyring) -> None:
    refused("key-unknown", lambda: ring.revoke("rest-1", NOW))


def test_the_next_log_has_the_next_number_and_other_keys(ring: Keyring) -> None:
    first = ring.log_key().public
    assert ring.open_next_log(NOW + DAY) == "XA-NPOC/log/2"
    assert ring.log_key().public.ed25519 != first.ed25519
    assert ring.log_info().origin == "XA-NPOC/log/2"


def test_a_new_channel_key_is_listed_beside_the_old_one(ring: Keyring) -> None:
    old = b64url(ring.channel().certificate)
    digest = ring.rotate_channel(NOW + DAY, hosts=["node.xa.example", "10.0.0.7"])
    assert ring.channel().spki == digest
    assert ring.certificates() == (b64url(ring.channel().certificate), old)


def test_two_holders_of_one_keyring_lose_nothing(ring: Keyring, kek: str) -> None:
    other = Keyring.open(ring.path, kek)
    mine, theirs = ring.rotate_seal(NOW + DAY), other.rotate_seal(NOW + DAY)
    assert mine != theirs
    assert {mine, theirs} < other.seal_keys().keys()
    assert theirs not in ring.seal_keys()
    ring.reload()
    assert theirs in ring.seal_keys()


def test_a_passphrase_opens_and_can_be_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLD", "correct horse battery")
    monkeypatch.setenv("NEW", "another long sentence")
    path = tmp_path / "ring.json"
    made = Keyring.create(path, authority="XA-NPOC", kek="env:OLD", now=NOW)
    made.rewrap("env:NEW")
    assert Keyring.open(path, "env:NEW").rest_key == made.rest_key
    refused("keyring-locked", lambda: Keyring.open(path, "env:OLD"))
    made.rotate_seal(NOW + DAY)
    assert len(Keyring.open(path, "env:NEW").seal_keys()) == 2


def test_a_keyring_moves_from_a_passphrase_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kek: str
) -> None:
    monkeypatch.setenv("OLD", "correct horse battery")
    made = Keyring.create(tmp_path / "ring", authority="XA-NPOC", kek="env:OLD", now=NOW)
    made.rewrap(kek)
    assert Keyring.open(made.path, kek).rest_key == made.rest_key
    refused("kek-kind", lambda: Keyring.open(made.path, "env:OLD"))


def test_a_short_passphrase_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEAK", "short")

    def create() -> Keyring:
        return Keyring.create(tmp_path / "ring", authority="XA-NPOC", kek="env:WEAK", now=NOW)

    refused("kek-weak", create)


def test_a_credential_is_read_from_the_folder_that_systemd_names(tmp_path: Path) -> None:
    (tmp_path / "kek").write_text("a secret of some length\n")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert keks.resolve("credential:kek", environ=environ).value == b"a secret of some length"
    refused("kek-missing", lambda: keks.resolve("credential:../kek", environ=environ))
    refused("kek-missing", lambda: keks.resolve("credential:none", environ=environ))
    refused("kek-missing", lambda: keks.resolve("credential:kek", environ={}))


@pytest.mark.parametrize("uri", ["", "file:", "kek", "https:example"])
def test_a_uri_that_names_no_secret_is_refused(uri: str) -> None:
    refused("kek-uri", lambda: keks.resolve(uri, environ={}))


def test_an_unset_variable_and_a_missing_file_are_told(tmp_path: Path) -> None:
    refused("kek-missing", lambda: keks.resolve("env:NONE", environ={}))
    refused("private-file-missing", lambda: keks.resolve(f"file:{tmp_path / 'none'}"))


@pytest.mark.parametrize("text", [b"short", b"\xff" * 43, b"A" * 44])
def test_a_key_file_holds_exactly_one_key(tmp_path: Path, text: bytes) -> None:
    write_private(tmp_path / "kek", text, replace=False)
    refused("kek-form", lambda: keks.resolve(f"file:{tmp_path / 'kek'}"))


def test_neither_a_keyring_nor_a_secret_shows_itself(ring: Keyring, kek: str) -> None:
    assert repr(ring) == "Keyring(XA-NPOC)"
    assert "value" not in repr(keks.resolve(kek))


def test_a_write_that_fails_leaves_the_old_file_and_no_scraps(ring: Keyring) -> None:
    before = ring.path.read_bytes()
    refused(
        "private-file-write",
        lambda: write_private(ring.path.parent / "none" / "ring", b"", replace=True),
    )
    ring.rotate_seal(NOW)
    assert ring.path.read_bytes() != before
    names = {path.name for path in ring.path.parent.iterdir()}
    assert names == {"kek", "ring.json", ".ring.json.lock"}


def test_describe_tells_public_facts_of_every_key(ring: Keyring) -> None:
    rows = ring.describe()
    assert [row.use for row in rows] == ["sign", "seal", "log", "channel", "rest", "witness"]
    assert {row.state for row in rows} == {"current"}
    assert rows[1].until == stamp(NOW + 90 * DAY)


def without_witness(ring: Keyring) -> None:
    """Make the file one of before there were witnesses."""
    data = json.loads(read_private(ring.path))
    data["rows"] = [row for row in data["rows"] if row["use"] != "witness"]
    write_private(ring.path, json.dumps(data).encode(), replace=True)


def test_a_new_keyring_has_a_witness_key_that_opens_again(ring: Keyring, kek: str) -> None:
    key = ring.witness_key()
    assert key is not None
    assert key.name == "XA-NPOC/witness/1"
    again = Keyring.open(ring.path, kek).witness_key()
    assert again is not None
    assert again.public == key.public
    assert b64url(key.seed()) not in ring.path.read_text("ascii")
    named = ring.witness_info()
    assert named is not UNSET
    assert named.public() == key.public


def test_an_older_keyring_opens_and_is_given_a_witness_key_on_command(
    ring: Keyring, kek: str
) -> None:
    without_witness(ring)
    old = Keyring.open(ring.path, kek)
    assert old.witness_key() is None
    assert old.witness_info() is UNSET
    assert old.log_key().public == ring.log_key().public
    assert old.rotate_witness(NOW) == "XA-NPOC/witness/1"
    assert old.witness_key() is not None


def test_each_witness_key_has_a_name_of_its_own(ring: Keyring) -> None:
    before = ring.witness_key()
    assert ring.rotate_witness(NOW + DAY) == "XA-NPOC/witness/2"
    after = ring.witness_key()
    assert before is not None
    assert after is not None
    assert after.public.mldsa44 != before.public.mldsa44
    states = {row.kid: row.state for row in ring.describe() if row.use == "witness"}
    assert states == {"XA-NPOC/witness/1": "old", "XA-NPOC/witness/2": "current"}


def test_what_could_not_be_read_again_is_not_written(ring: Keyring, kek: str) -> None:
    before = ring.path.read_bytes()
    kid = next(row.kid for row in ring.describe() if row.use == "sign")
    refused("keyring-form", lambda: ring.revoke(kid, datetime(206, 3, 1, tzinfo=UTC)))
    assert ring.path.read_bytes() == before
    assert Keyring.open(ring.path, kek).signing_key().kid == kid
