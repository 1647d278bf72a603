"""Signing in: the password, then the code of the second factor.

What it does not do: keep sessions alive (`sessions`), change a password (`passwords`).
"""

from __future__ import annotations

from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.proofs import LONGEST_NAME, Proofs, Proved, known, refused, usable
from tracer.casework.accounts.tokens import Opened, Stage, begin, held, move, next_stage, over
from tracer.store import Store, Tx


class SignIn:
    """The two steps."""

    def __init__(self, *, store: Store, proofs: Proofs, policy: AccountPolicy) -> None:
        self._store = store
        self._proofs = proofs
        self._policy = policy

    async def begin(
        self, name: str, password: str, *, address: str, agent: str = "", browser: str = ""
    ) -> Opened:
        """Check name and password and open a session at its next stage.

        Args:
            name: As typed.
            password: As typed; one given once in any case, with or without dashes.
            address: Where the person comes from, for throttling and for their list of sessions.
            agent: Their program, in a few words, for their list of sessions.
            browser: A secret that only their browser has; once they have signed in with it, tries
                that show it are counted apart from everybody else's.

        Raises:
            InputError: `sign-in-refused`: name or password is wrong, or no sign-in is open to this
                person, which is not told apart; `sign-in-wait`: too many wrong tries of this
                account or from this address, `advice` says until when; `sign-in-busy`.
        """
        asked = name.strip()[: LONGEST_NAME + 1]
        proved = await self._proofs.password(asked, password, address=address, browser=browser)
        return await self._store.write(lambda tx: self._begun(tx, proved, address, agent, browser))

    async def code(self, token: str, code: str, *, address: str, browser: str = "") -> Opened:
        """Check the code of the second factor, or a recovery code; the token is replaced.

        Raises:
            InputError: `session-over`: sign in again; `code-refused`: wrong, used or not of now;
                `sign-in-wait`.
        """

        def body(tx: Tx) -> Opened | None:
            now = held(tx, token, self._policy, (Stage.CODE,))
            account = usable(tx, now.person.name)
            if account is None:
                raise over()
            found = self._proofs.code(tx, account, code, address=address, browser=browser)
            if found is None:
                return None
            stage = next_stage(found, self._policy, coded=True)
            detail = {"proof": "code", "next": stage, "address": address}
            tx.audit.write(now.person.name, "sign-in", now.person.name, detail)
            if stage is Stage.OPEN:
                self._proofs.at_home(tx, now.person.name, address, browser)
            return move(tx, now, stage, self._policy)

        opened = await self._store.write(body)
        if opened is None:
            raise refused("code-refused")
        return opened

    def _begun(self, tx: Tx, proved: Proved, address: str, agent: str, browser: str) -> Opened:
        account = self._proofs.settle(tx, proved, address=address, browser=browser)
        person = known(tx, account.person)
        stage = next_stage(account, self._policy, coded=False)
        detail = {"proof": "password", "next": stage, "address": address}
        tx.audit.write(person.name, "sign-in", person.name, detail)
        if stage is Stage.OPEN:
            self._proofs.at_home(tx, person.name, address, browser)
        return begin(tx, person, stage, self._policy, address=address, agent=agent)
