"""The second factor: set up by its owner with a phone, taken away by a keeper when it is lost.

What it does not do: draw the picture a phone reads (`web` does, from `Enrolment.uri`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.proofs import (
    RECOVERY_CODES,
    RECOVERY_GROUPS,
    Proofs,
    Proved,
    kept_digest,
    known,
    recovery_digest,
    refused,
    usable,
)
from tracer.casework.accounts.tokens import Held, Opened, Stage, held, move, next_stage, over
from tracer.casework.roles import Act, acting, step_up
from tracer.casework.second import take_in_hand
from tracer.clock import instant
from tracer.errors import InputError
from tracer.store import Store, Tx
from tracer.store.account_rows import AccountRow
from tracer.trust import totp
from tracer.trust.spoken import new_spoken

RECOGNISED: Final = ("in-person", "by-voice")
"""How a keeper made sure who asks: saw the person, or called a number known before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What a phone needs; shown until it is confirmed."""

    secret: str = field(repr=False)
    """Base32, in groups of four, to be typed where no camera is."""
    uri: str = field(repr=False)
    """`otpauth://totp/...`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The factor counts from now on; the recovery codes are known only now."""

    opened: Opened
    recovery: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorState:
    """Whether a person has a second factor."""

    since: str | None
    """When it was set up; None: there is none."""
    recovery_left: int


class SecondFactor:
    """The verbs. `begin` and `confirm`: at `Stage.ENROL`, or at the desk with a fresh proof."""

    def __init__(self, *, store: Store, proofs: Proofs, policy: AccountPolicy, issuer: str) -> None:
        self._store = store
        self._proofs = proofs
        self._policy = policy
        self._issuer = issuer

    async def begin(self, token: str) -> Enrolment:
        """A new secret, or the one that waits to be confirmed; the factor of now counts till then.

        One that was begun with another token is not gone on with, in this session or another: who
        saw it then, with a cookie that is worth nothing by now, would know it for good.

        Raises:
            InputError: `session-over`, `step-up-needed`.
        """

        def body(tx: Tx) -> Enrolment:
            now, account = self._setting_up(tx, token)
            secret = _begun(account, now)
            if secret is None:
                secret = totp.new_secret()
                tx.accounts.put(replace(account, pending=f"{now.row.digest} {secret}"))
                tx.audit.write(now.person.name, "factor-begin", now.person.name)
            groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
            uri = totp.uri(secret, issuer=self._issuer, account=now.person.name)
            return Enrolment(secret=" ".join(groups), uri=uri)

        return await self._store.write(body)

    async def confirm(
        self,
        token: str,
        code: str,
        *,
        old: str = "",
        password: str = "",
        address: str = "",
        browser: str = "",
    ) -> Confirmed:
        """Take up the new secret by a code of it; other sessions end, the token is replaced.

        Args:
            token: Of the session.
            code: Of the new phone.
            old: Of the phone that counts till now, where there is one, or a recovery code.
            password: Of now, at the desk: another phone takes the whole proof anew, both factors
                (ASVS 7.5.1), and the first one the password, or whoever has the cookie of one who
                has no phone would take their account from them. At `Stage.ENROL` it was just typed.
            address: Where the person is.
            browser: As at signing in.

        Raises:
            InputError: `session-over`, `step-up-needed`, `factor-none`: nothing waits;
                `code-refused`; `proof-refused`, about `old` or `password` (its field);
                `sign-in-wait`.
        """
        instead = await self._store.read(lambda tx: self._setting_up(tx, token))
        whence: dict[str, str] = {"address": address, "browser": browser}
        proved = await self._password(*instead, password, whence)

        def body(tx: Tx) -> Confirmed | None:
            now, account = self._setting_up(tx, token)
            account = self._settled(tx, now, account, proved, whence)
            secret = _begun(account, now)
            if secret is None:
                raise _none("no second factor waits to be confirmed")
            step = totp.match(secret, "".join(code.split()), instant(tx.now))
            if step is None:  # any near one shows that the phone has the secret
                raise refused("code-refused")
            if not self._shown(tx, account, old, whence):
                return None
            return self._taken_up(tx, now, account, (secret, step))

        confirmed = await self._store.write(body)
        if confirmed is None:
            raise refused("proof-refused")
        return confirmed

    def _taken_up(self, tx: Tx, now: Held, account: AccountRow, new: tuple[str, int]) -> Confirmed:
        """The account with its new secret and the step of the code that was shown for it."""
        name, (secret, step) = now.person.name, new
        taken = replace(account, factor=secret, pending=None, factor_since=tx.now, factor_last=step)
        taken = replace(taken, factor_odd=None, factor_apart=None)
        tx.accounts.put(taken)
        codes = _new_codes(tx, name)
        ended = tx.sessions.end_all(name, but=now.row.number)
        kept = kept_digest(secret)
        detail = {"instead": account.factor is not None, "sessions": ended, "kept": kept}
        tx.audit.write(name, "factor-set", name, detail)
        stage = next_stage(taken, self._policy, coded=True)
        return Confirmed(opened=move(tx, now, stage, self._policy), recovery=codes)

    async def new_recovery(
        self, token: str, password: str, *, address: str, browser: str = ""
    ) -> tuple[str, ...]:
        """Ten new recovery codes; the old ones count no more. It takes the password, too.

        Raises:
            InputError: `session-over`, `step-up-needed`, `factor-none`, `proof-refused`,
                `sign-in-wait`.
        """
        having = await self._store.read(lambda tx: self._having(tx, token))
        whence: dict[str, str] = {"address": address, "browser": browser}
        proved = await self._password(*having, password, whence)

        def body(tx: Tx) -> tuple[str, ...]:
            now, account = self._having(tx, token)
            self._settled(tx, now, account, proved, whence)
            tx.audit.write(now.person.name, "recovery-new", now.person.name)
            return _new_codes(tx, now.person.name)

        return await self._store.write(body)

    async def state(self, token: str) -> FactorState:
        """Whether one has a second factor, and how many recovery codes are left.

        Raises:
            InputError: `session-over`.
        """

        def body(tx: Tx) -> FactorState:
            name = held(tx, token, self._policy).person.name
            account = tx.accounts.get(name)
            left = tx.accounts.recovery_left(name)
            return FactorState(since=account.factor_since if account else None, recovery_left=left)

        return await self._store.read(body)

    async def reset(self, actor: str, name: str, *, recognised: str, command: bool = False) -> None:
        """Take away a lost second factor; their sessions end, the next sign-in sets one up.

        Whoever takes it has the account in hand (`second`), but at the command line.

        Args:
            actor: Who keeps people.
            name: Whose phone is lost.
            recognised: How the actor made sure who asks, one of `RECOGNISED`: as sure as when the
                account was given out (ASVS 6.4.4). It is on record.
            command: Asked for at the command line.

        Raises:
            InputError: `person-self`, `person-unknown`, `person-unproved`, `factor-none`, or about
                the actor.
        """

        def body(tx: Tx) -> None:
            acting(tx, actor, Act.PEOPLE_CHANGE)
            if recognised not in RECOGNISED:
                raise InputError(
                    "person-unproved",
                    "it is not said how you made sure who asks",
                    advice="See them, or call a number that you knew before: in-person, by-voice.",
                    field="recognised",
                )
            if actor == name:
                raise InputError(
                    "person-self", "nobody takes away their own second factor", field="name"
                )
            known(tx, name)
            account = tx.accounts.get(name)
            if account is None or account.factor is None:
                raise _none(f"{name} has no second factor")
            bare = replace(account, factor=None, factor_since=None, factor_last=0, pending=None)
            bare = replace(bare, factor_odd=None, factor_apart=None)
            tx.accounts.put(bare)
            tx.accounts.set_recovery(name, ())
            ended = tx.sessions.end_all(name)
            told = take_in_hand(tx, actor, name, "factor-reset", command=command)
            detail = {"sessions": ended, "recognised": recognised, **told}
            tx.audit.write(actor, "factor-reset", name, detail)

        await self._store.write(body)

    async def _password(
        self, now: Held, account: AccountRow, typed: str, whence: Mapping[str, str]
    ) -> Proved | None:
        """The password, judged before anything is changed; None: it was typed to come here."""
        if not _asks_password(now, account):
            return None
        try:
            return await self._proofs.password(now.person.name, typed, kind="step-up", **whence)
        except InputError as error:
            raise InputError(
                error.code, error.message, advice=error.advice, field="password"
            ) from error

    def _settled(
        self,
        tx: Tx,
        now: Held,
        account: AccountRow,
        proved: Proved | None,
        whence: Mapping[str, str],
    ) -> AccountRow:
        """The account whose password was shown, where one was needed."""
        if proved is not None:
            return self._proofs.settle(tx, proved, **whence)
        if _asks_password(now, account):
            raise refused("proof-refused")  # set up meanwhile, by another session
        return account

    def _having(self, tx: Tx, token: str) -> tuple[Held, AccountRow]:
        now = _fresh(held(tx, token, self._policy))
        account = tx.accounts.get(now.person.name)
        if account is None or account.factor is None:
            raise _none("there is no second factor to recover")
        return now, account

    def _shown(self, tx: Tx, account: AccountRow, old: str, whence: Mapping[str, str]) -> bool:
        """Whether the factor that counts till now was shown; at the first there is none."""
        if account.factor is None:
            return True
        return self._proofs.code(tx, account, old, kind="code", **whence) is not None

    def _setting_up(self, tx: Tx, token: str) -> tuple[Held, AccountRow]:
        now = held(tx, token, self._policy, (Stage.ENROL, Stage.OPEN))
        account = usable(tx, now.person.name)
        if account is None:
            raise over()
        return (now if now.session.stage is Stage.ENROL else _fresh(now)), account


def _asks_password(now: Held, account: AccountRow) -> bool:
    """Always, but for the first factor of a sign-in that is under way."""
    return account.factor is not None or now.session.stage is not Stage.ENROL


def _begun(account: AccountRow, now: Held) -> str | None:
    """The secret that was shown to whoever has this very token, if one waits."""
    shown_to, _, secret = (account.pending or "").partition(" ")
    return secret if secret and shown_to == now.row.digest else None


def _fresh(now: Held) -> Held:
    if not now.session.fresh:
        raise step_up()
    return now


def _new_codes(tx: Tx, name: str) -> tuple[str, ...]:
    codes = tuple(new_spoken(RECOVERY_GROUPS) for _ in range(RECOVERY_CODES))
    tx.accounts.set_recovery(name, [recovery_digest(name, code) for code in codes])
    return codes


def _none(sentence: str) -> InputError:
    return InputError("factor-none", sentence)
