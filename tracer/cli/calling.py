"""What a person types to run another command: as this one was called, and for the same folder.

On a clone `tracer` stands in `.venv/bin` and on no PATH, and a node may live anywhere: a hint that
is copied as it was printed works, in another terminal, too.

The rooms below know neither name nor folder: what they advise says `tracer NOUN`, and `retold` says
it as it is typed here. What somebody else types elsewhere is therefore advised without `tracer`.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

from tracer.cli.context import Globals, default_data_dir

_NAME = "tracer"
_ADVISED = r"(?<![\w/.-])(?<!-m )(?P<advised>tracer)(?= [a-z])"


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
    parts = [_begun(common), "--actor", actor] if actor else [_begun(common)]
    return " ".join([*parts, words])


def retold(advice: str, common: Globals | None) -> str:
    """An advice with its commands as they are typed here; `common`: None before it is known.

    What is said as it is typed here already stays, and so does the name of the folder.
    """
    begun = program() if common is None else _begun(common)
    folder = () if common is None else (str(common.data_dir.absolute()),)
    stays = [re.escape(one) for one in (begun, *folder, program()) if one != _NAME]
    said = re.compile("|".join((*stays, _ADVISED)))
    return said.sub(lambda one: begun if one["advised"] else one[0], advice)


def _begun(common: Globals) -> str:
    folder = common.data_dir.absolute()
    parts = [program()]
    if folder != default_data_dir().absolute():
        parts += ["--data-dir", shlex.quote(str(folder))]
    return " ".join(parts)
