"""Passwords: given once by a keeper, chosen and changed by their owner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec.structs import replace

from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.proofs import Proofs, kept_digest, known, usable
from tracer.casework.accounts.rules import check_password
from tracer.casework.accounts.tokens import Held, Opened, Stage, held, move, next_stage, over
from tracer.casework.people import add_within, checked, may_add
from tracer.casework.roles import Act, acting, step_up
from tracer.casework.second import take_in_hand
from tracer.clock import instant, stamp
from tracer.errors import InputError
from tracer.store import Store, Tx
from tracer.store.account_rows import AccountRow
from tracer.store.rows import PersonRow
from tracer.trust.password import Hasher
from tracer.trust.spoken import heard, new_spoken

GROUPS = 4
"""Groups of four signs in a password for one time: 80 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPassword:
    """A one-time password, which is known only now; `until` is wire text."""

    name: str
    password: str = field(repr=False)
    until: str


class _Made(NamedTuple):
    """A new password and its hash, which is made before anything is locked."""

    password: str
    hashed: str


class Passwords:
    """The verbs. `about` are words that stand near: the authority's id and name."""

    def __init__(
        self,
        *,
        store: Store,
        hasher: Hasher,
        proofs: Proofs,
        policy: AccountPolicy,
        about: Iterable[str] = (),
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._proofs = proofs
        self._policy = policy
        self._about = tuple(about)

    async def give(self, actor: str, name: str, *, command: bool = False) -> GivenPassword:
        """Give somebody a one-time password; the one they had and their sessions end.

        Nobody gives one to themselves who has an account already. Whoever gives it has the account
        in hand (`second`), but at the command line.

        Raises:
            InputError: `person-self`, `person-unknown`, or about the actor.
        """
        await self._store.read(lambda tx: _may_give(tx, actor, name))
        made = await self._made()
        return await self._store.write(
            lambda tx: self._give(tx, actor, name, made, command=command)
        )

    async def give_new(
        self, actor: str, name: str, roles: Iterable[str], *, command: bool = False
    ) -> tuple[PersonRow, GivenPassword]:
        """Put a person on record together with their first password: both, or neither.

        Rejected: the one, then the other. A node that dies in between leaves somebody of whom the
        page says that they exist and nobody knows that they have no password.

        Raises:
            InputError: those of `checked`, `add_within` and `give`.
        """
        given = checked(name, roles)
        await self._store.read(lambda tx: may_add(tx, actor, given))
        made = await self._made()

        def body(tx: Tx) -> tuple[PersonRow, GivenPassword]:
            first = tx.people.get(actor) is None
            row = add_within(tx, actor, name, given, command=command)
            by = name if first else actor  # the first of all is added by nobody on record
            return row, self._give(tx, by, name, made, command=command)

        return await self._store.write(body)

    async def _made(self) -> _Made:
        password = new_spoken(GROUPS)
        return _Made(password, await self._hasher.hash(heard(password)))

    def _give(self, tx: Tx, actor: str, name: str, made: _Made, *, command: bool) -> GivenPassword:
        _may_give(tx, actor, name)
        until = stamp(instant(tx.now) + self._policy.given)
        had = tx.accounts.get(name)
        row = had or AccountRow(person=name, password="", changed="")
        tx.accounts.put(
            replace(row, password=made.hashed, given=True, given_until=until, changed=tx.now)
        )
        ended = tx.sessions.end_all(name)
        detail = {"first": had is None, "until": until, "sessions": ended}
        detail |= {"kept": kept_digest(made.hashed)}
        detail |= take_in_hand(tx, actor, name, "password-give", command=command)
        tx.audit.write(actor, "password-give", name, detail)
        return GivenPassword(name=name, password=made.password, until=until)

    async def choose(self, token: str, new: str) -> Opened:
        """At `Stage.CHANGE`: choose a password; the token is replaced, the next stage follows.

        Raises:
            InputError: `session-over`, or one of those of `rules.check_password`.
        """
        now = await self._store.read(lambda tx: held(tx, token, self._policy, (Stage.CHANGE,)))
        hashed = await self._hashed(now, new)

        def body(tx: Tx) -> Opened:
            now = held(tx, token, self._policy, (Stage.CHANGE,))
            return self._changed(tx, now, hashed)

        return await self._store.write(body)

    async def change(
        self, token: str, old: str, new: str, *, address: str, browser: str = ""
    ) -> Opened:
        """Change one's own password at the desk; all other sessions end, the token is replaced.

        Whoever has a second factor has shown it within minutes (ASVS 7.5.1).

        Raises:
            InputError: `session-over`, `step-up-needed`, `proof-refused` (about `old`),
                `sign-in-wait`, or one of those of `rules.check_password`.
        """
        now = await self._store.read(lambda tx: self._ready(tx, token))
        whence: dict[str, str] = {"address": address, "browser": browser}
        proved = await self._proofs.password(now.person.name, old, kind="step-up", **whence)
        hashed = await self._hashed(now, new)

        def body(tx: Tx) -> Opened:
            now = self._ready(tx, token)
            self._proofs.settle(tx, proved, **whence)
            return self._changed(tx, now, hashed)

        return await self._store.write(body)

    async def may_change(self, token: str) -> None:
        """Whether the password may be changed now, before anybody types a new one.

        Raises:
            InputError: `session-over`, `step-up-needed`.
        """
        await self._store.read(lambda tx: self._ready(tx, token))

    def _ready(self, tx: Tx, token: str) -> Held:
        now = held(tx, token, self._policy)
        account = tx.accounts.get(now.person.name)
        if account is not None and account.factor is not None and not now.session.fresh:
            raise step_up()
        return now

    async def _hashed(self, now: Held, new: str) -> str:
        about = (now.person.name, *self._about)
        return await self._hasher.hash(check_password(new, about=about))

    def _changed(self, tx: Tx, now: Held, hashed: str) -> Opened:
        name = now.person.name
        account = usable(tx, name)
        if account is None:
            raise over()
        account = replace(account, password=hashed, given=False, given_until=None, changed=tx.now)
        tx.accounts.put(account)
        ended = tx.sessions.end_all(name, but=now.row.number)
        tx.audit.write(
            name, "password-change", name, {"sessions": ended, "kept": kept_digest(hashed)}
        )
        return move(tx, now, next_stage(account, self._policy, coded=True), self._policy)


def _may_give(tx: Tx, actor: str, name: str) -> None:
    acting(tx, actor, Act.PEOPLE_CHANGE)
    known(tx, name)
    if actor == name and tx.accounts.get(name) is not None:
        raise InputError(
            "person-self",
            "nobody gives a password to themselves",
            advice="Change it at the desk, or ask another who keeps people.",
            field="name",
        )
