"""Reading a secret by its reference, the only form in which the configuration knows one."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from tracer.errors import OperatorError

LARGEST = 64 * 1024
"""No secret is longer than this, in bytes."""


def secret(reference: str, *, base: Path, environ: Mapping[str, str] | None = None) -> bytes:
    """Read a secret by its reference; a trailing newline is cut.

    `file:PATH` is relative to `base` and must be closed to group and others; `credential:NAME` is
    a file of systemd's `$CREDENTIALS_DIRECTORY`; `env:NAME` is a variable.

    Raises:
        OperatorError: `secret-missing`, `secret-open` (permissions) or `config-value`.
    """
    environ = os.environ if environ is None else environ
    kind, _, name = reference.partition(":")
    if kind == "env":
        if not environ.get(name):
            raise OperatorError("secret-missing", f"the environment has no {name}")
        return environ[name].encode()
    if kind == "file":
        return _secret_file(base / name, closed=True)
    if kind == "credential":
        folder = environ.get("CREDENTIALS_DIRECTORY")
        if not folder or "/" in name:
            raise OperatorError(
                "secret-missing",
                f"there is no credential {name!r}",
                advice="The service unit passes it with LoadCredential=.",
            )
        return _secret_file(Path(folder) / name, closed=False)
    raise OperatorError(
        "config-value", "a secret is named by file:PATH, credential:NAME or env:NAME"
    )


def _secret_file(path: Path, *, closed: bool) -> bytes:
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if closed and mode & 0o077:
                raise OperatorError(
                    "secret-open",
                    f"{path} can be read by others (mode {mode:o})",
                    advice=f"Run: chmod 600 {path}",
                )
            return file.read(LARGEST).removesuffix(b"\n")
    except OSError as error:
        raise OperatorError("secret-missing", f"{path}: {error.strerror}") from error
