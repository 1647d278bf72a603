"""The three authorities of the demonstration, their people and the pages they work in."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

from tracer.casework.roles import Role
from tracer.clock import SystemClock
from tracer.node.setup import NewNode, set_up
from tracer.trust.entry import VerifiedEntry
from tracer.trust.nouns import Contact, Mode

_SETTINGS = """\
[node]
exercise = true

[desk]
host = "127.0.0.1"
port = {desk}

[accounts]
second_factor = "optional"

[delivery]
collect_seconds = 1

[witness]
every_seconds = 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """One authority: its id, who writes and who releases, and where its node lives.

    `desk` is the port of its pages on loopback; 0 where it has none.
    """

    id: str
    name: str
    mode: Mode
    writer: str
    releaser: str
    folder: Path
    port: int
    desk: int = 0


def cast(root: Path, *, courier: bool = False) -> tuple[Authority, Authority, Authority]:
    """XA asks, XB made the pistol, XC imported it and opens no port.

    With `courier` XC alone opens one: XA and XB have a line to it and none to each other.
    """
    two: Mode = "collects" if courier else "reached"
    return (
        _authority(root, "XA", two, "Ana", "Amir"),
        _authority(root, "XB", two, "Bo", "Bea"),
        _authority(root, "XC", "reached" if courier else "collects", "Cem", "Chloe"),
    )


async def found(authority: Authority) -> VerifiedEntry:
    """Make the authority's node: folder, keys, database, people, entry."""
    reached = authority.mode == "reached"
    new = NewNode(
        authority=authority.id,
        name=authority.name,
        mode=authority.mode,
        endpoint=f"https://127.0.0.1:{authority.port}" if reached else "",
        listen_host="127.0.0.1",
        listen_port=authority.port,
        contacts=(
            Contact(
                name="Duty desk",
                role="desk",
                phone="",
                mail=f"desk@{authority.id[:2].lower()}.example",
                hours="24 hours",
            ),
        ),
        people=(
            (authority.writer, ("investigator", "officer")),
            (authority.releaser, ("officer", "supervisor", "operator")),
            *((role.value, (role.value,)) for role in Role),
        ),
    )
    entry = await set_up(authority.folder, new, SystemClock())
    drop_in = authority.folder / "conf.d" / "demo.toml"
    drop_in.parent.mkdir()
    drop_in.write_text(_SETTINGS.format(desk=authority.desk), encoding="utf-8")
    return entry


async def found_all(authorities: tuple[Authority, ...]) -> list[VerifiedEntry]:
    """Make all nodes."""
    return [await found(one) for one in authorities]


def _authority(root: Path, state: str, mode: Mode, writer: str, releaser: str) -> Authority:
    return Authority(
        id=f"{state}-NPOC",
        name=f"National point of contact of {state} (invented)",
        mode=mode,
        writer=writer,
        releaser=releaser,
        folder=root / state.lower(),
        port=_free_port(),
        desk=_free_port(),
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
