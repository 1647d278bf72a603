"""Terms: what we promise, what others promise us, and what two authorities agreed on.

Our own terms stand in our entry; new ones come with its next number (`node.custody` issues it, this
room reads and checks them). Terms for the requests of one authority are agreed: one side signs an
offer, the other signs it too, and the file goes back to the first. They are in force

* where we answer: from when we hold both signatures, beside those of our entry;
* where we ask: from when a person here says, by taking the file, that the other side holds it too;
  until then its node would refuse what names them.

Old terms stay, by digest, for the requests written under them. A later agreement between the same
two replaces an earlier one; none is ended, but one with the times of the entry says as much.

What it does not do: hand files over, propose dates by itself (`trust.calendar_proposal`), compute
deadlines.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import msgspec
from msgspec import UNSET

from tracer.canonical import strict_json
from tracer.casework.drafts import find_peer
from tracer.casework.roles import Act, acting
from tracer.casework.terms.paper import read_terms
from tracer.casework.terms.views import (
    Drafted,
    Looked,
    Signed,
    TermsView,
    Wish,
    between,
    check_own,
    check_reach,
    drafted,
    looked,
    stated,
    view,
)
from tracer.clock import instant
from tracer.envelope.jwk import SigningKey
from tracer.errors import InputError, OperatorError, PeerError
from tracer.exchange.inforce import InForce, in_force
from tracer.exchange.partner import known
from tracer.model.terms import Terms, check_terms, terms_digest
from tracer.store import Store, Tx
from tracer.trust.agreement import (
    Offer,
    Parties,
    countersign,
    offer_terms,
    verify_agreement,
    verify_offer,
)
from tracer.trust.directory import Directory, Peer
from tracer.trust.entry import VerifiedEntry


class TermsWork:
    """The verbs on terms.

    Args:
        store: Where terms are kept.
        directory: Whom we know.
        entry: Our entry as it is now.
        key: The key we sign with.
        stands: Told, after the commit, which terms requests to us may name.
    """

    def __init__(
        self,
        *,
        store: Store,
        directory: Callable[[], Directory],
        entry: Callable[[], VerifiedEntry],
        key: Callable[[], SigningKey],
        stands: Callable[[InForce], None],
    ) -> None:
        self._store = store
        self._directory = directory
        self._entry = entry
        self._key = key
        self._stands = stands

    async def show(self, actor: str, authority: str = "") -> tuple[TermsView, ...]:
        """Our own terms and all that is agreed; or an authority's, and what is agreed with it.

        Raises:
            InputError: `peer-unknown`, or about the person.
        """

        def body(tx: Tx) -> tuple[TermsView, ...]:
            acting(tx, actor, Act.TERMS_READ)
            us = self._entry()
            if not authority or authority == us.authority:
                ours = stated(tx, us)
                return (ours, *(v for p in self._directory() for v in between(tx, us.authority, p)))
            peer = known(self._directory(), authority)
            return (stated(tx, peer.verified), *between(tx, us.authority, peer))

        return await self._store.read(body)

    async def propose(self, actor: str, wish: Wish) -> Drafted:
        """Write a draft of terms for a person to correct.

        Raises:
            InputError: `country-unknown`, `zone-unknown`, `peer-unknown`, `terms-parties`, or about
                the person.
        """

        def body(tx: Tx) -> tuple[Terms, datetime]:
            acting(tx, actor, Act.TERMS_READ)
            return self._base(tx, wish), instant(tx.now)

        base, now = await self._store.read(body)
        return await asyncio.to_thread(drafted, base, wish, now)

    async def look(self, actor: str, text: str, to: str = "") -> Looked:
        """Read a draft, or an offer of theirs, and say what changes if it is signed.

        Raises:
            InputError: what keeps it from being signed, or about the person.
        """

        def body(tx: Tx) -> Looked:
            acting(tx, actor, Act.TERMS_READ)
            now, us = instant(tx.now), self._entry()
            if is_agreement(text):
                offer, _ = self._offer(text, now)
                return looked(tx, offer.terms, self._now(tx, offer.terms), now, by=offer.by)
            terms = read_terms(text)
            if to:
                self._check_between(terms, to)
            else:
                check_own(terms, us)
            check_reach(terms, now)
            return looked(tx, terms, self._now(tx, terms), now)

        return await self._store.read(body)

    async def own(self, actor: str, text: str) -> Terms:
        """The terms of a draft, checked, for the next entry of ours.

        Raises:
            InputError: `terms-form`, `terms-parties`, `terms-nature`, `terms-same`,
                `terms-calendar-short`, or about the person.
        """

        def body(tx: Tx) -> Terms:
            acting(tx, actor, Act.TERMS_SIGN)
            terms = read_terms(text)
            check_own(terms, self._entry())
            check_reach(terms, instant(tx.now))
            return terms

        return await self._store.read(body)

    async def offer(self, actor: str, text: str, to: str) -> Signed:
        """Sign a draft as the first of the two.

        Raises:
            InputError: `terms-form`, `terms-parties`, `terms-calendar-short`, `terms-same`, or
                about the person and the peer.
        """

        def body(tx: Tx) -> Signed:
            acting(tx, actor, Act.TERMS_SIGN)
            terms, now = read_terms(text), instant(tx.now)
            peer = self._check_between(terms, to)
            check_reach(terms, now)
            held = tx.terms.in_force(terms.authority, terms.counterpart or "")
            if held is not None and held.digest == terms_digest(terms):
                raise InputError("terms-same", "these terms are agreed already", field="file")
            data = offer_terms(terms, key=self._key(), at=now)
            with _ours():
                made = verify_offer(data, parties=self._parties(peer), now=now)
            known = tx.terms.row(made.digest)
            if known is None or known.state != "agreed":
                tx.terms.put_agreement(terms, data, state="offered", at=made.at)
            self._note(tx, actor, "terms-offer", peer, terms)
            return Signed(view=view(terms, "offered", made.at), file=data.decode())

        return await self._store.write(body)

    async def countersign(self, actor: str, text: str) -> Signed:
        """Sign what the other side has offered.

        Raises:
            InputError: `agreement-invalid`, `terms-own-offer`, `terms-parties`,
                `terms-calendar-short`, or about the person and the peer.
        """

        def body(tx: Tx) -> Signed:
            acting(tx, actor, Act.TERMS_SIGN)
            now = instant(tx.now)
            offer, peer = self._offer(text, now)
            check_reach(offer.terms, now)
            data = countersign(offer, key=self._key(), at=now)
            with _ours():
                made = verify_agreement(data, parties=self._parties(peer), now=now)
            # Where we ask, the other side must hold both signatures before we use them.
            answering = offer.terms.authority == self._entry().authority
            self._keep(tx, offer.terms, data, at=made.at, agreed=answering)
            self._note(tx, actor, "terms-countersign", peer, offer.terms)
            return Signed(
                view=view(offer.terms, "agreed" if answering else "signed", made.at),
                file=data.decode(),
            )

        return await self._store.write(body)

    async def take(self, actor: str, text: str) -> Signed:
        """Put terms that both have signed in force here.

        Raises:
            InputError: `agreement-invalid`, `terms-parties`, or about the person and the peer.
        """

        def body(tx: Tx) -> Signed:
            acting(tx, actor, Act.TERMS_SIGN)
            peer = self._other(_read(text))
            with _theirs():
                made = verify_agreement(
                    text.encode(), parties=self._parties(peer), now=instant(tx.now)
                )
            self._keep(tx, made.terms, made.file, at=made.at, agreed=True)
            self._note(tx, actor, "terms-take", peer, made.terms)
            return Signed(view=view(made.terms, "agreed", made.at), file=made.file.decode())

        return await self._store.write(body)

    def _base(self, tx: Tx, wish: Wish) -> Terms:
        """What a draft starts from: what is in force now, for the requests it is about."""
        us = self._entry()
        if not wish.to:
            if wish.theirs:
                raise InputError("terms-parties", "whose terms? Name them: --to AUTHORITY")
            return us.entry.terms
        peer = find_peer(self._directory(), wish.to, us.authority)
        base = peer.terms if wish.theirs else us.entry.terms
        asker = us.authority if wish.theirs else peer.authority
        held = tx.terms.in_force(base.authority, asker)
        return held.terms if held else msgspec.structs.replace(base, counterpart=asker)

    def _now(self, tx: Tx, terms: Terms) -> Terms:
        """What stands where these terms would."""
        us = self._entry()
        held = tx.terms.in_force(terms.authority, terms.counterpart or "")
        if held is not None:
            return held.terms
        if terms.authority == us.authority:
            return us.entry.terms
        return find_peer(self._directory(), terms.authority, us.authority).terms

    def _check_between(self, terms: Terms, to: str) -> Peer:
        us = self._entry().authority
        peer = find_peer(self._directory(), to, us)
        if {terms.authority, terms.counterpart} != {us, to}:
            raise InputError(
                "terms-parties",
                f"these are not terms between {us} and {to}",
                advice=f"Start from: tracer terms propose --to {to}",
                field="counterpart",
            )
        return peer

    def _offer(self, text: str, now: datetime) -> tuple[Offer, Peer]:
        """An offer that the other side has signed."""
        peer = self._other(_read(text))
        with _theirs():
            offer = verify_offer(text.encode(), parties=self._parties(peer), now=now)
        if offer.by != peer.authority:
            raise InputError(
                "terms-own-offer",
                "this is our own offer",
                advice=f"Hand it to {peer.authority}; it signs and hands it back.",
                field="file",
            )
        return offer, peer

    def _other(self, terms: Terms) -> Peer:
        us = self._entry().authority
        others = {terms.authority, terms.counterpart} - {us}
        if len(others) != 1:
            raise InputError("terms-parties", "these are terms between others", field="file")
        return find_peer(self._directory(), str(others.pop()), us)

    def _parties(self, peer: Peer) -> Parties:
        us = self._entry()
        ours = {key.kid: key for key in us.entry.listed("sign")}
        return {us.authority: ours, peer.authority: peer.signing}

    def _keep(self, tx: Tx, terms: Terms, data: bytes, *, at: str, agreed: bool) -> None:
        """Keep a complete agreement; one that is in force already is not set back."""
        known = tx.terms.row(terms_digest(terms))
        if known is not None and known.state == "agreed" and (not agreed or known.at >= at):
            return
        tx.terms.put_agreement(terms, data, state="agreed" if agreed else "offered", at=at)
        now = in_force(tx, self._entry().entry.terms)
        tx.after_commit(lambda: self._stands(now))

    def _note(self, tx: Tx, actor: str, act: str, peer: Peer, terms: Terms) -> None:
        detail = {"terms": terms_digest(terms), "answers": terms.authority}
        tx.audit.write(actor, act, peer.authority, detail)


def is_agreement(text: str) -> bool:
    """Whether a file is an offer or agreement (JSON), not a draft (TOML)."""
    return text.lstrip("\ufeff \t\r\n").startswith("{")


def _read(text: str) -> Terms:
    """The terms in an agreement, not verified: enough to know between whom it is."""
    try:
        terms = msgspec.convert(strict_json(text)["terms"], Terms)
        check_terms(terms)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            "agreement-invalid", f"this is no agreement: {error}", field="file"
        ) from error
    if terms.counterpart is UNSET:
        raise InputError("terms-parties", "these are terms for everybody", field="file")
    return terms


@contextmanager
def _theirs() -> Iterator[None]:
    """What is wrong with a file that came is told to who brought it."""
    try:
        yield
    except PeerError as error:
        raise InputError(
            "agreement-invalid",
            f"this is no valid agreement: {error.message} ({error.code})",
            advice="Ask the other side for its newest entry file and for the agreement again.",
            field="file",
        ) from error


@contextmanager
def _ours() -> Iterator[None]:
    """What we signed ourselves and nobody would take is for the operator to mend."""
    try:
        yield
    except PeerError as error:
        raise OperatorError(
            error.code,
            f"the other side would refuse this: {error.message}",
            advice="Issue an entry that lists our present key: tracer entry issue.",
        ) from error
