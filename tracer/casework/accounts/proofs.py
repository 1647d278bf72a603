"""Proofs of who is there: a password, a code. Counted, judged, and on record when they are wrong.

The password in two steps around the slow work, which no transaction waits for: `asked` counts the
try and fetches the hash; `settle` forgives it and opens whatever the proof was for, in the caller's
transaction. What is wrong is on record with where it came from, and under no name that is not one
of ours: people type their password where the name belongs.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final, NamedTuple

from msgspec.structs import replace

from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.throttle import Kind, Throttle
from tracer.casework.roles import POLICY
from tracer.clock import instant
from tracer.errors import InputError
from tracer.store import PersonRow, Store, Tx
from tracer.store.account_rows import AccountRow
from tracer.trust import totp
from tracer.trust.password import Hasher
from tracer.trust.spoken import heard

LONGEST_NAME: Final = 64
LONGEST_TYPED: Final = 1024
"""Characters of what is judged at all; longer than any password that is taken."""
RECOVERY_GROUPS: Final = 6
"""Groups of four signs in a recovery code: 120 bits, so that a plain hash keeps it (ASVS 6.5.2)."""
RECOVERY_CODES: Final = 10
_REFUSAL: Final = {"password": "sign-in-refused", "step-up": "proof-refused"}
_CODE: Final = re.compile(r"[0-9]{6}")


class Proved(NamedTuple):
    """A password that was right: whose, against which hash, and that hash anew if it is old."""

    name: str
    password: str
    anew: str | None
    kind: Kind


class Proofs:
    """The two proofs."""

    def __init__(self, *, store: Store, hasher: Hasher, policy: AccountPolicy) -> None:
        self._store = store
        self._hasher = hasher
        self._throttle = Throttle(policy)

    async def password(
        self,
        name: str,
        typed: str,
        *,
        address: str,
        browser: str = "",
        kind: Kind = "password",
    ) -> Proved:
        """Judge a password; an unknown name costs the same and is told the same.

        Raises:
            InputError: `sign-in-wait`, `sign-in-busy`, `sign-in-refused` (of a `step-up`:
                `proof-refused`).
        """
        account = await self._store.write(lambda tx: self._asked(tx, kind, name, address, browser))
        typed = typed if len(typed) <= LONGEST_TYPED else ""
        said = heard(typed) if account is not None and account.given else typed
        right = await self._hasher.verify(account.password if account else None, said)
        if account is None or not right:
            await self._store.write(lambda tx: _on_record(tx, name, address, kind))
            raise refused(_REFUSAL[kind])
        old = self._hasher.outdated(account.password)
        anew = await self._hasher.hash(said) if old else None
        return Proved(name, account.password, anew, kind)

    def settle(self, tx: Tx, proved: Proved, *, address: str, browser: str = "") -> AccountRow:
        """Count the try no more; the account, if it is still the one that was judged.

        Raises:
            InputError: as `password`.
        """
        account = usable(tx, proved.name)
        if account is None or account.password != proved.password:
            raise refused(_REFUSAL[proved.kind])
        self._throttle.forgive(tx, proved.kind, proved.name, address, browser)
        if proved.anew is not None:
            account = replace(account, password=proved.anew)
            tx.accounts.put(account)
            detail = {"kept": kept_digest(proved.anew)}
            tx.audit.write(POLICY, "password-renew", proved.name, detail)
        return account

    def at_home(self, tx: Tx, name: str, address: str, browser: str) -> None:
        """A person has signed in from there, with all that takes."""
        self._throttle.at_home(tx, name, address, browser)

    def code(
        self,
        tx: Tx,
        account: AccountRow,
        typed: str,
        *,
        address: str,
        browser: str = "",
        kind: Kind = "code",
    ) -> AccountRow | None:
        """Judge a code of the phone or of the paper; each counts once. None: wrong, on record.

        Raises:
            InputError: `sign-in-wait`.
        """
        self._throttle.take(tx, kind, account.person, address, browser)
        found = _by_phone(tx, account, typed) or _by_paper(tx, account, typed)
        if found is None:
            _on_record(tx, account.person, address, kind)
        else:
            self._throttle.forgive(tx, kind, account.person, address, browser)
        return found

    def _asked(
        self, tx: Tx, kind: Kind, name: str, address: str, browser: str
    ) -> AccountRow | None:
        self._throttle.take(tx, kind, name, address, browser)
        return usable(tx, name)


def usable(tx: Tx, name: str) -> AccountRow | None:
    """The account of somebody who may sign in with what they have; None if nobody may."""
    person, account = tx.people.get(name), tx.accounts.get(name)
    if person is None or person.disabled or account is None:
        return None
    late = account.given_until is not None and instant(account.given_until) <= instant(tx.now)
    return None if account.given and late else account


def refused(code: str) -> InputError:
    """A refusal that tells nothing but itself."""
    said = {
        "sign-in-refused": "name and password do not go together",
        "code-refused": "this code does not count",
    }
    advice = {"code-refused": "Wait for the next one; each counts once."}
    return InputError(
        code, said.get(code, "this proves nothing"), advice=advice.get(code, "Try again.")
    )


def recovery_digest(person: str, code: str) -> str:
    """What is kept of a recovery code."""
    return sha256(f"recovery\n{person}\n{heard(code)}".encode()).hexdigest()


def kept_digest(secret: str) -> str:
    """What acts tell of a secret that was set: the hash of a password, or a key of 160 bits.

    Neither can be guessed from it: the hash has a salt that is told nowhere.
    """
    return sha256(f"kept\n{secret}".encode()).hexdigest()


def known(tx: Tx, name: str) -> PersonRow:
    """A person on record.

    Raises:
        InputError: `person-unknown`.
    """
    found = tx.people.get(name)
    if found is None:
        raise InputError("person-unknown", f"there is no {name} on record", field="name")
    return found


def _by_phone(tx: Tx, account: AccountRow, typed: str) -> AccountRow | None:
    code = "".join(typed.split())
    if account.factor is None or _CODE.fullmatch(code) is None:
        return None
    now = instant(tx.now)
    step = totp.match(account.factor, code, now)
    if step is None or step <= account.factor_last:
        return None
    apart = step - totp.step_of(now)
    before = {"odd": account.factor_odd, "before": account.factor_apart}
    if apart and not totp.goes_on(step, apart, **before):
        tx.accounts.put(replace(account, factor_odd=step, factor_apart=apart))
        return None
    used = replace(account, factor_last=step, factor_odd=None, factor_apart=None)
    tx.accounts.put(used)
    return used


def _by_paper(tx: Tx, account: AccountRow, typed: str) -> AccountRow | None:
    if account.factor is None or len(typed) > LONGEST_TYPED:
        return None
    if not tx.accounts.use_recovery(account.person, recovery_digest(account.person, typed)):
        return None
    left = tx.accounts.recovery_left(account.person)
    tx.audit.write(account.person, "recovery-used", account.person, {"left": left})
    return account


def _on_record(tx: Tx, name: str, address: str, kind: Kind) -> None:
    """A wrong try, by nobody of whom we know; of a name that is not ours the name is left out."""
    subject = name if tx.people.get(name) is not None else ""
    tx.audit.write(POLICY, "sign-in-refused", subject, {"proof": kind, "address": address})
