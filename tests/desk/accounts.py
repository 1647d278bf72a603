"""An account at a node's desk, with a password that costs little to check."""

from __future__ import annotations

from typing import Final

from tracer.node.desk import account_policy, open_accounts
from tracer.node.serve import Running
from tracer.trust.password import Cost, Hasher

PASSWORD: Final = "the heron stood in the rain"
CHEAP: Final = Cost(passes=1, memory=8, lanes=1)


async def account(node: Running, person: str, *, keeper: str) -> None:
    """Give somebody a password for one time, and let them choose `PASSWORD`."""
    rooms = node.rooms
    policy = account_policy(rooms.config.accounts)
    accounts = open_accounts(rooms.store, policy, Hasher(CHEAP), authority=rooms.authority)
    given = await accounts.passwords.give(keeper, person, command=True)
    opened = await accounts.sign_in.begin(person, given.password, address="127.0.0.1")
    await accounts.passwords.choose(opened.token, PASSWORD)
