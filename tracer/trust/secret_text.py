"""Secrets that are texts, such as a password for the mail server, by reference.

    file:PATH         the first line of a private file
    env:NAME          an environment variable
    credential:NAME   a systemd credential

Read when needed and not kept, so that a secret that is changed counts from then on. The keys that
open the keyring have their own rules (`kek`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tracer.errors import OperatorError
from tracer.trust.private_files import read_private

MAX_CHARACTERS = 1024


def secret_text(uri: str, *, environ: Mapping[str, str] = os.environ) -> str:
    """Fetch the text behind a reference.

    Raises:
        OperatorError: `secret-uri`, `secret-missing`, `secret-form`, or a private file's error.
    """
    scheme, _, name = uri.partition(":")
    if scheme == "env":
        text = environ.get(name, "")
    elif scheme == "file":
        text = _text(read_private(Path(name)), uri)
    elif scheme == "credential":
        text = _text(_credential(name, environ), uri)
    else:
        raise OperatorError("secret-uri", "a secret is file:PATH, env:NAME or credential:NAME")
    if not text:
        raise OperatorError("secret-missing", f"{uri} holds no secret")
    if len(text) > MAX_CHARACTERS or not text.isprintable():
        raise OperatorError("secret-form", f"{uri} holds more than one line of text")
    return text


def _text(data: bytes, uri: str) -> str:
    try:
        return data.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise OperatorError("secret-form", f"{uri} holds no text") from error


def _credential(name: str, environ: Mapping[str, str]) -> bytes:
    folder = environ.get("CREDENTIALS_DIRECTORY", "")
    try:
        if not folder or Path(name).name != name:
            raise FileNotFoundError(name)
        return Path(folder, name).read_bytes()
    except OSError as error:
        raise OperatorError(
            "secret-missing",
            f"there is no credential {name}",
            advice="Set LoadCredential= in the unit file.",
        ) from error
