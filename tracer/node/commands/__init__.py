"""What can be asked of a node: every command by name, and the one way to run it.

Rules:
    1. A command is thin: it decodes its arguments, calls casework or exchange, encodes the answer.
       Roles and four eyes are casework's, so whatever asks (socket, command line) gets the same.
    2. Arguments and answers are JSON values, so that a command behaves alike over the control
       socket and in process.
    3. A command that appends to the log is refused while the node restores.

What it does not do: know who asks over which way (`control`, `client`), or print.

Example:
    >>> await run("thread.list", {"state": ["ANSWERED"]}, Call(desk=desk, actor="Officer One"))
    [{'thread': 'mJ3...', 'authority': 'XB-NPOC', 'state': 'ANSWERED', ...}]
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from tracer.errors import InputError, OperatorError
from tracer.model.wording import FORMS
from tracer.node.commands import (
    accounts,
    audit,
    cases,
    cooperation,
    courier,
    evidence,
    firearms,
    notices,
    reports,
    restore,
    terms,
    transcripts,
    upkeep,
    witnesses,
    writing,
)
from tracer.node.commands.base import AnyCommand, Call, Progress, silent
from tracer.wording import misfit

MODULES = (
    writing,
    cases,
    cooperation,
    courier,
    evidence,
    firearms,
    notices,
    reports,
    restore,
    terms,
    upkeep,
    witnesses,
    audit,
    accounts,
    transcripts,
)
COMMANDS: Mapping[str, AnyCommand] = MappingProxyType(
    {one.name: one for module in MODULES for one in module.COMMANDS}
)
"""Every command by name."""

RESTORING = (
    "Nothing is sent or recorded until it is known what the backup missed. "
    "`tracer restore show` tells what; if nothing is missing, `tracer backup finish` ends it."
)


async def run(name: str, args: Mapping[str, Any], call: Call) -> Any:
    """Run a command and return its answer as plain JSON values.

    Raises:
        InputError: `arguments`, or what the command refuses.
        OperatorError: `command-unknown`, `restore-mode`, or what stands in its way.
    """
    found = COMMANDS.get(name)
    if found is None:
        raise OperatorError(
            "command-unknown",
            f"this node knows no command {name}",
            advice="Restart it: it runs an older version than this command line.",
        )
    try:
        given = msgspec.convert(dict(args), found.args)
    except msgspec.ValidationError as error:
        raise InputError("arguments", f"{name}: {misfit(error, FORMS)}") from error
    if found.appends and call.rooms.home.restoring.exists():
        raise OperatorError("restore-mode", "this node is being restored", advice=RESTORING)
    answer = await found.work(call, given)
    return msgspec.json.decode(msgspec.json.encode(answer))


__all__ = ["COMMANDS", "RESTORING", "Call", "Progress", "run", "silent"]
