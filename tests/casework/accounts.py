"""People who sign in, for tests: a real store, real hashes that cost little, phones that work."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.casework.desks import PEOPLE, US
from tests.trust.makers import NOW
from tracer.casework.accounts.factor import Confirmed, SecondFactor
from tracer.casework.accounts.passwords import Passwords
from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.proofs import Proofs
from tracer.casework.accounts.sessions import Opened, Sessions
from tracer.casework.accounts.sign_in import SignIn
from tracer.casework.people import People
from tracer.clock import FixedClock
from tracer.errors import InputError
from tracer.store import AuditRow, FaultPoint, Store, Tx
from tracer.trust import totp
from tracer.trust.password import Cost, Hasher

CHEAP = Cost(passes=1, memory=8, lanes=1)
PASSWORD = "the heron stood in the rain"
OFFICE, OUTSIDE = "192.0.2.7", "198.51.100.9"


@dataclass
class House:
    """Everything about accounts over one store."""

    store: Store
    clock: FixedClock
    policy: AccountPolicy
    hasher: Hasher
    people: People
    sign_in: SignIn
    sessions: Sessions
    passwords: Passwords
    factor: SecondFactor
    phones: dict[str, str] = field(default_factory=dict)
    paper: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**time))

    def code(self, name: str, *, steps: int = 0) -> str:
        """What this person's phone shows, or did or will show so many steps away."""
        return code_of(self.phones[name], self.clock, steps=steps)

    async def first(self, name: str, *, by: str = "sam") -> Opened:
        """Sign in with a password given for one time, as far as that leads."""
        given = await self.passwords.give(by, name)
        return await self.sign_in.begin(name, given.password, address=OFFICE, agent="Browser")

    async def enrolled(self, name: str, *, by: str = "sam") -> Opened:
        """The whole first sign-in: a password of one's own, a phone, and the desk."""
        opened = await self.passwords.choose((await self.first(name, by=by)).token, PASSWORD)
        return (await self.set_up(opened)).opened

    async def set_up(self, opened: Opened) -> Confirmed:
        """Take up a phone."""
        name = opened.session.person
        self.phones[name] = (await self.factor.begin(opened.token)).secret.replace(" ", "")
        done = await self.factor.confirm(
            opened.token, self.code(name), password=PASSWORD, address=OFFICE
        )
        self.paper[name] = done.recovery
        self.later(seconds=totp.STEP)
        return done

    async def again(self, name: str, *, address: str = OFFICE, browser: str = "") -> Opened:
        """Sign in once more, with password and phone."""
        whence = {"address": address, "browser": browser}
        opened = await self.sign_in.begin(name, PASSWORD, **whence)
        opened = await self.sign_in.code(opened.token, self.code(name), **whence)
        self.later(seconds=totp.STEP)
        return opened

    async def holds(self, opened: Opened) -> bool:
        """Whether a token still leads somewhere; asking keeps it alive."""
        try:
            await self.sessions.resume(opened.token)
        except InputError as error:
            if error.code != "session-over":
                raise
            return False
        return True

    async def acts(self) -> list[AuditRow]:
        """What is on record, oldest first."""
        return (await self.store.read(lambda tx: tx.audit.list(1000)))[::-1]


@asynccontextmanager
async def open_house(
    root: Path,
    policy: AccountPolicy | None = None,
    *,
    cost: Cost = CHEAP,
    faults: FaultPoint | None = None,
) -> AsyncIterator[House]:
    """Accounts of the people of the desk's tests, none of whom has a password yet."""
    clock, given = FixedClock(NOW), policy or AccountPolicy()
    store = await Store.open(root / "house.db", rest_key=b"r" * 32, clock=clock, faults=faults)
    async with store:
        await store.write(_fill)
        hasher = Hasher(cost)
        proofs = Proofs(store=store, hasher=hasher, policy=given)
        yield House(
            store=store,
            clock=clock,
            policy=given,
            hasher=hasher,
            people=People(store=store, policy=given),
            sign_in=SignIn(store=store, proofs=proofs, policy=given),
            sessions=Sessions(store=store, proofs=proofs, policy=given),
            passwords=Passwords(
                store=store, hasher=hasher, proofs=proofs, policy=given, about=(US,)
            ),
            factor=SecondFactor(store=store, proofs=proofs, policy=given, issuer=US),
        )


def _fill(tx: Tx) -> None:
    tx.log.open_origin(f"{US}/log/1")
    for name, roles in PEOPLE.items():
        tx.people.add(name, roles, by="test")


def code_of(secret: str, clock: FixedClock, *, steps: int = 0) -> str:
    """The code of a secret at the instant of a clock, or so many steps from it."""
    step = int(clock.now().timestamp()) // totp.STEP + steps
    return totp.code_at(base64.b32decode(secret), step)


async def code_from(action: Awaitable[object]) -> str:
    """The code that an action is refused with; "" if it is not."""
    try:
        await action
    except InputError as error:
        return error.code
    return ""


async def wrong(
    house: House, name: str = "ben", address: str = OUTSIDE, *, browser: str = ""
) -> str:
    """How a sign-in with a wrong password is refused."""
    return await code_from(house.sign_in.begin(name, "wrong", address=address, browser=browser))


async def signed_in(house: House, steps: int) -> str:
    """What comes of Ben's code of so many steps from now: empty, or how it is refused."""
    opened = await house.sign_in.begin("ben", PASSWORD, address=OFFICE)
    code = house.code("ben", steps=steps)
    return await code_from(house.sign_in.code(opened.token, code, address=OFFICE))
