"""The second person: when two accounts count as two people, and when one human may be both.

Four eyes count people, and a node knows accounts. Whoever keeps people could make a second account
and decide alone with both. So an account remembers in whose hands it was:

1. Whoever adds somebody at the desk, gives them roles or a password, takes away their second factor
   or lets them in again has that account *in hand*.
2. Behind an account may stand its owner, whoever has it in hand, and whoever had *their* account in
   hand when they took it, and so on.
3. Two accounts are two persons if nobody may stand behind both: not X and what X made, in whatever
   order they act, not two that X made, not X and somebody to whom X gave a new password.
4. It ends when a third person *confirms* the account, behind whom none of these may stand, once its
   owner has a password and a phone of their own. Its sessions end with it, so that whoever sat
   there shows both. What was done with it before stays as doubtful as it was. It counts
   for what they saw: if somebody takes it in hand between the look and the button, nothing is said.
5. At the command line nobody has anything in hand, and a confirmation needs no third person: it
   believes any name, so whoever is there can be two persons without any second account, and no rule
   here changes that (SECURITY.md). So the first accounts of a node count as soon as they are added.

6. A role that sees restricted cases does so while nobody has the account in hand (`sight`).

It holds wherever four eyes are asked for: `release` (release, review), `transcribing`, `disposing`,
`restoring`; and where nobody does something for themselves: `teams`, `assigning`, `people`. The
answer is `four-eyes-account`; where policy lets one person release, such a release is one person's.

For an authority of three, Sam who keeps people and two officers, all added at the command line:
nothing is asked of anybody. Ben forgets his password, Sam gives a new one: Ben and Eve are two
persons still, Ben and Sam are again when Eve has confirmed Ben, by a look and a button.

What it does not do: find out who sits there. Two humans who agree are two persons.

Decisions
---------
* Rejected: roles that keep people and release exclude each other. With three people nobody is left,
  and a keeper who does not release makes two accounts that do.
* Rejected: an account counts after so many days. Whoever plans it waits.
* Rejected: two keepers for every change. At three in the morning there is one, and an officer with
  a new telephone has to work; here only the pair of those two waits for a third.
* Rejected: only who made an account. A reset password is the same power over a better account.
* Rejected: what is done at the command line counts too. It closes nothing (rule 5), and the second
  person of a new node could never be added by the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from tracer.errors import InputError
from tracer.store import Tx
from tracer.store.account_rows import HandRow

CODE: Final = "four-eyes-account"
Done = tuple[str, str]
"""Who did something, and when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Somebody with a hand on it who may be the same human as whoever decides."""

    account: str
    behind: tuple[str, ...]
    """Who may stand behind both."""


@dataclass(frozen=True, slots=True)
class Standing:
    """In whose hands accounts are and were, as of the transaction."""

    rows: tuple[HandRow, ...]
    now: str

    def doubt(self, actor: str, done: Iterable[Done]) -> Doubt | None:
        """The first of those who did something who may be the human that acts now."""
        mine = self.behind(actor, self.now)
        for name, at in sorted(set(done)):
            both = mine & self.behind(name, at)
            if both:
                return Doubt(account=name, behind=tuple(sorted(both)))
        return None

    def behind(self, name: str, at: str) -> frozenset[str]:
        """Everybody who may stand behind an account at an instant, its owner among them."""
        found, seen, open_ = {name}, set[int](), [(name, at)]
        while open_:
            account, when = open_.pop()
            for row in self.rows:
                if row.person == account and row.number not in seen and _held(row, when):
                    seen.add(row.number)
                    found.add(row.by)
                    open_.append((row.by, row.at))
        return frozenset(found)

    def hand(self, name: str) -> int:
        """The number of the last hand that has an account now; 0: nobody has it in hand."""
        open_ = (row.number for row in self.rows if row.person == name and row.settled_at is None)
        return max(open_, default=0)

    def held_by(self, name: str) -> tuple[str, ...]:
        """Who has an account in hand now, each once."""
        return tuple(
            sorted({row.by for row in self.rows if row.person == name and row.settled_at is None})
        )


def standing(tx: Tx) -> Standing:
    """What is on record about accounts."""
    return Standing(tuple(tx.hands.all()), tx.now)


def check_second(tx: Tx, actor: str, done: Iterable[Done]) -> None:
    """Whether whoever acts counts as a second person beside those who did something.

    Raises:
        InputError: `four-eyes-account`.
    """
    doubt = standing(tx).doubt(actor, done)
    if doubt is not None:
        raise one_human(actor, doubt)


def check_not_behind(tx: Tx, actor: str, name: str) -> None:
    """Whether whoever is changed does not act here through an account that they had in hand.

    The other way round is no harm: whoever keeps people changes the accounts that they made.

    Raises:
        InputError: `four-eyes-account`.
    """
    if name in standing(tx).behind(actor, tx.now):
        raise one_human(actor, Doubt(account=name, behind=(name,)))


def one_human(actor: str, doubt: Doubt) -> InputError:
    """What is said where two accounts do not count as two persons."""
    behind = " and ".join(doubt.behind)
    return InputError(
        CODE,
        f"{actor} and {doubt.account} do not count as two persons: {behind} may stand behind both",
        advice="Somebody else decides, or a third person confirms the account that was made or "
        f"reset: tracer --actor OPERATOR user confirm {doubt.account}.",
    )


def take_in_hand(tx: Tx, actor: str, name: str, act: str, *, command: bool) -> dict[str, Any]:
    """Note that somebody has an account in hand; what their act says of it."""
    if command:
        return {"command": True}
    if actor != name:
        tx.hands.add(name, actor, act)
    return {}


def confirm(
    tx: Tx, actor: str, name: str, *, hand: int | None, factor: bool, command: bool
) -> tuple[str, ...]:
    """Settle in whose hands an account is; who they were.

    Args:
        tx: The transaction.
        actor: Who confirms.
        name: Whose account it is.
        hand: The last hand that they saw (`Standing.hand`): what somebody did to the account since
            is not confirmed with it. None, at the command line: the last of this instant.
        factor: Policy asks everybody for a second factor.
        command: It is done at the command line.

    Raises:
        InputError: `confirm-none`, `confirm-early`, `confirm-hand`, `confirm-changed`.
    """
    now = standing(tx)
    refusal = None if command else _no_third(tx, now, actor, name)
    refusal = _nobody(now, name) or refusal or _unfinished(tx, name, factor=factor)
    if refusal is not None:
        raise refusal
    last = now.hand(name)
    if last > (last if command and hand is None else hand or 0):
        raise InputError(
            "confirm-changed",
            f"somebody had the account of {name} in hand since you looked",
            advice="Look again, and speak to them again.",
            field="name",
        )
    tx.hands.settle(name, actor)
    return now.held_by(name)


def is_third(tx: Tx, now: Standing, actor: str, name: str) -> bool:
    """Whether somebody is the third person for an account, now or as soon as it is finished."""
    return _nobody(now, name) is None and _no_third(tx, now, actor, name) is None


def is_finished(tx: Tx, name: str, *, factor: bool) -> bool:
    """Whether an account has a password that its owner chose, and a second factor if needed."""
    return _unfinished(tx, name, factor=factor) is None


def _nobody(now: Standing, name: str) -> InputError | None:
    if now.held_by(name):
        return None
    return InputError("confirm-none", f"nobody has the account of {name} in hand", field="name")


def _unfinished(tx: Tx, name: str, *, factor: bool) -> InputError | None:
    """Whoever uses the one-time password first, or sets up the phone, would be confirmed unseen."""
    account = tx.accounts.get(name)
    if account is None:
        lacks = "no password yet"
    elif account.given:
        lacks = "a password that others know"
    elif factor and account.factor is None:
        lacks = "no second factor yet"
    else:
        return None
    return InputError(
        "confirm-early",
        f"{name} has {lacks}",
        advice="Confirm it when they have chosen their own password and set up their phone.",
        field="name",
    )


def _no_third(tx: Tx, now: Standing, actor: str, name: str) -> InputError | None:
    both = now.behind(actor, tx.now) & now.behind(name, tx.now)
    if not both:
        return None
    return InputError(
        "confirm-hand",
        f"{' and '.join(sorted(both))} may stand behind both accounts",
        advice="A third person confirms it, or the operator at the machine: "
        "tracer user confirm NAME.",
        field="name",
    )


def _held(row: HandRow, at: str) -> bool:
    return row.settled_at is None or row.at <= at <= row.settled_at
