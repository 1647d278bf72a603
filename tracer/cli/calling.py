"""What a person types to run another command: as this one was called, and for the same folder.

On a clone `tracer` stands in `.venv/bin` and on no PATH, and a node may live anywhere: a hint that
is copied as it was printed works, in another terminal, too.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from tracer.cli.context import Globals, default_data_dir

_NAME = "tracer"


def program(called_as: str = "", path: str | None = None) -> str:
    """How this program was called: `tracer` where that finds it, else in full.

    Args:
        called_as: What was typed; empty: of this process.
        path: Folders where programs are looked for; None: those of this process.
    """
    called = Path(called_as or sys.argv[0])
    if called.name == "__main__.py" and called.parent.name == _NAME:
        return f"{shlex.quote(sys.executable)} -m {_NAME}"
    found = shutil.which(_NAME, path=path)
    here = called.name == _NAME and called.exists()
    if here and (found is None or not called.samefile(found)):
        return shlex.quote(str(called.absolute()))
    return _NAME


def typed(common: Globals, words: str, *, actor: str = "") -> str:
    """The whole command: program, folder unless it is the default one, who acts, then `words`.

    `words` and `actor` may hold what the reader fills in (`NAME`, `FILE`).
    """
    folder = common.data_dir.absolute()
    parts = [program()]
    if folder != default_data_dir().absolute():
        parts += ["--data-dir", shlex.quote(str(folder))]
    if actor:
        parts += ["--actor", actor]
    return " ".join([*parts, words])
