"""An account at a node's desk, with a password that costs little to check."""

from __future__ import annotations

from typing import Final

from tracer.node.desk import Accounts, account_policy, open_accounts
from tracer.node.rooms import Rooms
from tracer.node.serve import Running
from tracer.trust.password import Cost, Hasher

PASSWORD: Final = "the heron stood in the rain"
CHEAP: Final = Cost(passes=1, memory=8, lanes=1)


def cheap_accounts(rooms: Rooms) -> Accounts:
    """The accounts of a node, where a password costs a thousandth of what it costs a node.

    A hash names its own cost, so the node's desk verifies these at theirs.
    """
    policy = account_policy(rooms.config.accounts)
    return open_accounts(rooms.store, policy, Hasher(CHEAP), authority=rooms.authority)


async def account(node: Running, person: str, *, keeper: str) -> None:
    """Give somebody a password for one time, and let them choose `PASSWORD`."""
    accounts = cheap_accounts(node.rooms)
    given = await accounts.passwords.give(keeper, person, command=True)
    opened = await accounts.sign_in.begin(person, given.password, address="127.0.0.1")
    await accounts.passwords.choose(opened.token, PASSWORD)
