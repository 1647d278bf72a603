"""People: who is on record here and as what. Nobody is ever deleted, so that acts keep their names.

The first person may be added while nobody is on record, and must be one who can add others. From
then on a supervisor or operator adds and changes; nobody changes their own roles or locks
themselves out, and nobody else can do it to the last one who could add people. Nor does anybody
get roles, or in again, through an account that they had in hand; to lock somebody out such a one
counts, for it gives nobody anything. Where a person is written to is theirs to say, or that of
those who keep people.

Whoever changes an account has it in hand, at the desk, until a third person confirms it (`second`);
`command` says that it is done at the command line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from msgspec.structs import replace

from tracer.casework import second
from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.proofs import known
from tracer.casework.mail.language import LANGUAGES
from tracer.casework.roles import POLICY, Act, Role, acting, may, may_here, read_roles
from tracer.clock import instant, stamp
from tracer.errors import InputError
from tracer.store import Store, Tx
from tracer.store.rows import ContactRow, PersonRow
from tracer.transport.letter import check_address

AGAIN: Final = timedelta(days=3)
"""Letters given up for longer are not sent to a new address."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


class People:
    """The verbs on people."""

    def __init__(self, *, store: Store, policy: AccountPolicy) -> None:
        self._store = store
        self._policy = policy

    async def add(
        self, actor: str, name: str, roles: Iterable[str], *, command: bool = False
    ) -> PersonRow:
        """Put a person on record.

        Raises:
            InputError: `name-form`, `person-exists`, `role-unknown`, `role-missing`,
                `first-person`, or about the actor.
        """
        given = checked(name, roles)
        return await self._store.write(
            lambda tx: add_within(tx, actor, name, given, command=command)
        )

    async def list(self, actor: str) -> tuple[PersonRow, ...]:
        """Everybody on record, by name, the locked out included."""

        def body(tx: Tx) -> tuple[PersonRow, ...]:
            acting(tx, actor, Act.PEOPLE_LIST)
            return tuple(tx.people.all())

        return await self._store.read(body)

    async def set_roles(
        self, actor: str, name: str, roles: Iterable[str], *, command: bool = False
    ) -> PersonRow:
        """Replace a person's roles; their sessions end.

        Raises:
            InputError: `person-self`, `person-last`, `person-unknown`, `four-eyes-account`, or
                about roles and actor.
        """
        given = read_roles(roles)

        def body(tx: Tx) -> PersonRow:
            before = _other(tx, actor, name)
            second.check_not_behind(tx, actor, name)
            if not may(given, Act.PEOPLE_CHANGE):
                _check_not_last(tx, before)
            tx.people.set_roles(name, given)
            told = second.take_in_hand(tx, actor, name, "person-roles", command=command)
            changed = {"from": list(before.roles), "to": list(given), **_ended(tx, name), **told}
            tx.audit.write(actor, "person-roles", name, changed)
            return known(tx, name)

        return await self._store.write(body)

    async def disable(self, actor: str, name: str) -> PersonRow:
        """Lock a person out, at once; their sessions end.

        Raises:
            InputError: `person-self`, `person-last`, `person-unknown`, or about the actor.
        """
        return await self._lock(actor, name, disabled=True)

    async def enable(self, actor: str, name: str, *, command: bool = False) -> PersonRow:
        """Let a person in again.

        Raises:
            InputError: `person-self`, `person-unknown`, `four-eyes-account`, or about the actor.
        """
        return await self._lock(actor, name, disabled=False, command=command)

    async def confirm(
        self, actor: str, name: str, *, hand: int | None = None, command: bool = False
    ) -> PersonRow:
        """Say that an account is held by its owner alone; nobody has it in hand, its sessions end.

        `hand` is the last hand that the actor saw (`PersonView.hand`); it may be left out at the
        command line only.

        Raises:
            InputError: `confirm-none`, `confirm-early`, `confirm-hand`, `confirm-changed`,
                `person-unknown`, or about the actor.
        """

        def body(tx: Tx) -> PersonRow:
            acting(tx, actor, Act.PEOPLE_CONFIRM)
            person = known(tx, name)
            factor = self._policy.second_factor
            held = second.confirm(tx, actor, name, hand=hand, factor=factor, command=command)
            told = {"hands": list(held), **({"command": True} if command else {})}
            told |= _ended(tx, name)
            tx.audit.write(actor, "person-confirm", name, told)
            return person

        return await self._store.write(body)

    async def contact(self, actor: str, name: str) -> ContactRow | None:
        """Where a person is written to; None: nowhere.

        Raises:
            InputError: `person-unknown`, or about the actor.
        """

        def body(tx: Tx) -> ContactRow | None:
            _own_or_keeper(tx, actor, name)
            return tx.contacts.get(name)

        return await self._store.read(body)

    async def set_contact(
        self,
        actor: str,
        name: str,
        *,
        mail: str | None = None,
        language: str | None = None,
        digest: bool | None = None,
    ) -> ContactRow | None:
        """Say where and in which language a person is written to, and if once a day.

        What is None stays; an empty `mail` ends it. Letters of the last days that could not be
        delivered go again to a new address.

        Raises:
            InputError: `address-form`, `address-missing`, `language-unknown`, `person-unknown`, or
                about the actor.
        """
        if mail:
            check_address(mail)
        if language is not None and language not in LANGUAGES:
            raise InputError(
                "language-unknown",
                f"there are no letters in {language!r}",
                advice=f"Languages are {', '.join(LANGUAGES)}.",
                field="language",
            )

        def body(tx: Tx) -> ContactRow | None:
            _own_or_keeper(tx, actor, name)
            before = tx.contacts.get(name)
            given = {"mail": mail, "language": language, "digest": digest}
            _write_contact(tx, name, before, given)
            after = tx.contacts.get(name)
            changed = {"from": _shown(before), "to": _shown(after)}
            tx.audit.write(actor, "person-contact", name, changed)
            return after

        return await self._store.write(body)

    async def _lock(
        self, actor: str, name: str, *, disabled: bool, command: bool = False
    ) -> PersonRow:
        def body(tx: Tx) -> PersonRow:
            before = _other(tx, actor, name)
            if disabled:
                _check_not_last(tx, before)
            elif not before.disabled:
                return before  # nobody takes in hand an account that was never shut
            else:
                second.check_not_behind(tx, actor, name)
            tx.people.disable(name, disabled=disabled)
            act = "person-disable" if disabled else "person-enable"
            told = {} if disabled else second.take_in_hand(tx, actor, name, act, command=command)
            tx.audit.write(actor, act, name, {**_ended(tx, name), **told})
            return known(tx, name)

        return await self._store.write(body)


def checked(name: str, roles: Iterable[str]) -> tuple[Role, ...]:
    """The roles of somebody who is to be put on record under a name.

    Raises:
        InputError: `name-form`, `role-unknown`, `role-missing`.
    """
    if _NAME.fullmatch(name) is None or name == POLICY:
        raise InputError(
            "name-form",
            "a name is a short login name",
            advice=f"Letters, digits, and . _ @ -; at most 64 characters; not {POLICY}.",
            field="name",
        )
    return read_roles(roles)


def may_add(tx: Tx, actor: str, given: Iterable[Role]) -> None:
    """Whether the actor adds somebody with these roles; the first of all is added by anybody.

    Raises:
        InputError: `first-person`, or about the actor.
    """
    if tx.people.all():
        acting(tx, actor, Act.PEOPLE_CHANGE)
    elif not may(given, Act.PEOPLE_CHANGE):
        raise InputError(
            "first-person",
            "the first person must be able to add others",
            advice="Add the role supervisor (or operator).",
            field="roles",
        )


def add_within(tx: Tx, actor: str, name: str, given: Sequence[Role], *, command: bool) -> PersonRow:
    """Put a person on record in the caller's transaction; what is given is `checked`.

    Raises:
        InputError: `person-exists`, or those of `may_add`.
    """
    may_add(tx, actor, given)
    tx.people.add(name, given, by=actor)
    told = second.take_in_hand(tx, actor, name, "person-add", command=command)
    tx.audit.write(actor, "person-add", name, {"roles": list(given), **told})
    return known(tx, name)


def _own_or_keeper(tx: Tx, actor: str, name: str) -> None:
    """Everybody minds their own address; those who keep people mind everybody's."""
    acting(tx, actor, Act.CONTACT_OWN if actor == name else Act.PEOPLE_CHANGE)
    known(tx, name)


def _write_contact(tx: Tx, name: str, before: ContactRow | None, given: Mapping[str, Any]) -> None:
    if given["mail"] == "":
        tx.contacts.drop(name)
        return
    row = before or ContactRow(name, "", "en", digest=True)
    row = replace(row, **{key: value for key, value in given.items() if value is not None})
    if not row.mail:
        raise InputError(
            "address-missing", f"it is not known where {name} is written to", field="mail"
        )
    tx.contacts.put(row)
    if before is None or before.mail != row.mail:
        tx.mail.again(name, stamp(instant(tx.now) - AGAIN))


def _shown(row: ContactRow | None) -> dict[str, Any]:
    return {} if row is None else {"mail": row.mail, "language": row.language, "digest": row.digest}


def _ended(tx: Tx, name: str) -> dict[str, Any]:
    """End a person's sessions, and say how many if there were some."""
    ended = tx.sessions.end_all(name)
    return {"sessions": ended} if ended else {}


def _other(tx: Tx, actor: str, name: str) -> PersonRow:
    acting(tx, actor, Act.PEOPLE_CHANGE)
    if actor == name:
        raise InputError("person-self", "nobody changes their own account", field="name")
    return known(tx, name)


def _check_not_last(tx: Tx, person: PersonRow) -> None:
    keepers: Sequence[str] = [
        one.name
        for one in tx.people.all()
        if not one.disabled and may_here(tx, one, Act.PEOPLE_CHANGE)
    ]
    if keepers == [person.name]:
        raise InputError("person-last", f"nobody but {person.name} could add people", field="name")
