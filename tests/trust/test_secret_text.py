"""Texts by reference: from private files, the environment, systemd credentials; nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.errors import OperatorError
from tracer.trust.secret_text import secret_text


def private(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def test_a_secret_is_read_from_each_of_the_three_places(tmp_path: Path) -> None:
    private(tmp_path / "mail", "p\u00e4ss word\n".encode())
    assert secret_text(f"file:{tmp_path}/mail") == "p\u00e4ss word"
    assert secret_text("env:MAIL", environ={"MAIL": "x"}) == "x"
    assert secret_text("credential:mail", environ={"CREDENTIALS_DIRECTORY": str(tmp_path)}) == (
        "p\u00e4ss word"
    )


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("hunter2", "secret-uri"),
        ("https://x.example", "secret-uri"),
        ("env:NONE", "secret-missing"),
        ("credential:none", "secret-missing"),
        ("credential:../mail", "secret-missing"),
        ("file:DIR/none", "private-file-missing"),
        ("file:DIR/open", "private-file-permissions"),
        ("file:DIR/binary", "secret-form"),
        ("file:DIR/two", "secret-form"),
        ("file:DIR/empty", "secret-missing"),
    ],
)
def test_what_is_no_secret_is_told_without_telling_it(tmp_path: Path, uri: str, code: str) -> None:
    private(tmp_path / "open", b"hunter2").chmod(0o644)
    private(tmp_path / "binary", b"\xff\xfe")
    private(tmp_path / "two", b"hunter2\nhunter3\n")
    private(tmp_path / "empty", b"")
    (tmp_path / "creds").mkdir()
    with pytest.raises(OperatorError) as caught:
        secret_text(
            uri.replace("DIR", str(tmp_path)),
            environ={"CREDENTIALS_DIRECTORY": str(tmp_path / "creds")},
        )
    assert caught.value.code == code
    assert "hunter" not in str(caught.value)
