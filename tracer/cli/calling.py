"""What a person types to run another command: as this one was called, and for the same folder.

On a clone `tracer` stands in `.venv/bin` and on no PATH, and a node may live anywhere: a hint that
is copied as it was printed works, in another terminal, too.

The rooms below know neither name nor folder: what they advise says `tracer NOUN`, and `retold` says
it as it is typed here, with who acts where the command needs to know. What somebody else does
elsewhere is advised with `--actor NAME` already in it, and stays so.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

from tracer.cli.context import Globals, default_data_dir

_NAME = "tracer"
_ADVISED = r"(?<![\w/.-])(?<!-m )(?P<advised>tracer)(?= (?:--actor \S+ )?[a-z])"
_ACTING = frozenset(
    (
        *("attach", "audit", "backup", "cooperation", "courier", "entry", "evidence", "key"),
        *("notice", "peer", "release", "reply", "report", "request", "restore", "review"),
        *("store", "team", "terms", "thread", "transcribe", "user", "witness"),
    )
)
"""Nouns whose acts are in somebody's name, ..."""
_NOBODY = frozenset(
    {
        "backup create",
        "backup restore",
        "backup verify",
        "entry export",
        "entry show",
        "key list",
        "peer ping",
        "restore from-keys",
        "store migrate",
        "store verify",
        "witness list",
    }
)
"""... but for these."""
_SHOWS = frozenset({"--dry-run", "--help", "--template", "--types"})
"""With one of these a command only shows how something is written, or would be."""


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

    `words` and `actor` may hold what the reader fills in (`NAME`, `FILE`). Unless told, who acts
    is who acts now, or `NAME`, and nobody where nobody needs to be named.
    """
    actor = actor or (_who(common) if needs_actor(words) else "")
    parts = [_begun(common), "--actor", actor] if actor else [_begun(common)]
    return " ".join([*parts, words])


def needs_actor(words: str) -> bool:
    """Whether a command, from its noun on, is refused where nobody is named who acts."""
    noun, *rest = words.split()
    if noun not in _ACTING or not _SHOWS.isdisjoint(rest):
        return False
    return f"{noun} {rest[0] if rest else ''}" not in _NOBODY


def retold(advice: str, common: Globals | None) -> str:
    """An advice with its commands as they are typed here; `common`: None before it is known.

    What is said as it is typed here already stays, and so does the name of the folder.
    """

    def told(one: re.Match[str]) -> str:
        """A command as it is typed here; what is typed so already as it is."""
        if not one["advised"]:
            return one[0]
        words = advice[one.end() :].lstrip()
        named = words.startswith("--actor ")
        return begun if named or not needs_actor(_plain(words)) else f"{begun} --actor {who}"

    begun, who = (program(), "NAME") if common is None else (_begun(common), _who(common))
    folder = () if common is None else (str(common.data_dir.absolute()),)
    stays = [re.escape(one) for one in (begun, *folder, program()) if one != _NAME]
    said = re.compile("|".join((*stays, _ADVISED)))
    return said.sub(told, advice)


def _plain(words: str) -> str:
    """The words of a command up to the end of its sentence, without what only marks them."""
    return re.split(r"[,;:`)]|[.](?: |$)", words, maxsplit=1)[0]


def _who(common: Globals) -> str:
    return shlex.quote(common.actor) if common.actor else "NAME"


def _begun(common: Globals) -> str:
    folder = common.data_dir.absolute()
    parts = [program()]
    if folder != default_data_dir().absolute():
        parts += ["--data-dir", shlex.quote(str(folder))]
    return " ".join(parts)
