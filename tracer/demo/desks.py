"""The desks of the demonstration: somebody of each role can sit down at each authority.

The accounts are opened before the nodes run, by what people do at a desk: a keeper gives a password
for one time, its owner signs in and chooses another. All choose the same one, made up anew for each
demonstration, so that whoever watches types one password only. It is random and lives as long as
the demonstration, so its hashes are cheap ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tracer.casework.roles import Role
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.demo.cast import Authority
from tracer.node.desk import Accounts, account_policy, open_accounts, open_desk
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.store import StoreLock
from tracer.trust.password import Cost, Hasher
from tracer.trust.spoken import new_spoken

TEAM: Final = "desk"
_HERE: Final = "127.0.0.1"
_GROUPS: Final = 4
_CHEAP: Final = Cost(passes=1, memory=1024, lanes=1)


async def open_desks(authorities: Sequence[Authority]) -> str:
    """Open an account for each role at each authority; the password of them all."""
    password = new_spoken(_GROUPS)
    for one in authorities:
        await _open(one, password)
    return password


def described(authorities: Sequence[Authority], password: str) -> list[str]:
    """What whoever can open the pages is told: three addresses, who signs in, and with what."""
    return [
        "Their pages, in a browser:",
        *(f"  {one.id}   http://{_HERE}:{one.desk}/" for one in authorities),
        f"Sign in at each as {', '.join(role.value for role in Role)}; the password of them all:",
        f"  {password}",
        "What the officer writes the supervisor releases, and the other way round.",
    ]


async def _open(authority: Authority, password: str) -> None:
    home = Home(authority.folder)
    with StoreLock.acquire(home.root, "tracer demo"):
        async with open_rooms(home, Config.load(home.root), SystemClock()) as rooms:
            desk, keeper = open_desk(rooms), authority.releaser
            await desk.teams.add(keeper, TEAM, name="Duty desk")
            for person in (authority.writer, Role.INVESTIGATOR.value):
                await desk.teams.join(keeper, TEAM, person)
            policy = account_policy(rooms.config.accounts)
            accounts = open_accounts(rooms.store, policy, Hasher(_CHEAP), authority=authority.id)
            for role in Role:
                await _account(accounts, keeper, role.value, password)


async def _account(accounts: Accounts, keeper: str, person: str, password: str) -> None:
    given = await accounts.passwords.give(keeper, person, command=True)
    opened = await accounts.sign_in.begin(
        person, given.password, address=_HERE, agent="tracer demo"
    )
    chosen = await accounts.passwords.choose(opened.token, password)
    await accounts.sessions.end(chosen.token)
