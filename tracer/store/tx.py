"""A transaction as its body sees it: the repositories, and the instant it began."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection, select

from tracer.store.accounts import Accounts, Hands, Sessions, Tries
from tracer.store.agenda import Agenda
from tracer.store.attachments import Attachments
from tracer.store.audit import Audit
from tracer.store.case_pages import CasePages
from tracer.store.cases import Cases
from tracer.store.clocks import Clocks
from tracer.store.cooperation import Cooperation
from tracer.store.courier import Courier
from tracer.store.declared import Declared
from tracer.store.dialect import execute_text, upsert
from tracer.store.disposals import Disposals
from tracer.store.drafts import Drafts
from tracer.store.failures import FAILURES, translated
from tracer.store.firearms import Firearms
from tracer.store.group import Group
from tracer.store.journal import Journal
from tracer.store.logs import Logs
from tracer.store.mail import Mail
from tracer.store.messages import Messages
from tracer.store.notices import Contacts, Notices
from tracer.store.outbox import Outbox
from tracer.store.peers import Peers
from tracer.store.people import People
from tracer.store.restores import Restores
from tracer.store.scans import Scans
from tracer.store.shared import Shared
from tracer.store.survey import Survey
from tracer.store.tables.exchange import meta
from tracer.store.terms import Agreements
from tracer.store.threads import Threads
from tracer.store.time_stamps import TimeStamps
from tracer.store.transcripts import Transcripts
from tracer.store.vault import Vault
from tracer.store.waiting import Waiting
from tracer.store.witness import Witness
from tracer.store.work import CaseNotes, Seen, Teams, Work

_PUT_META = upsert(meta, ("key",))


class Meta:
    """`tx.meta`: a few named values of the node itself."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def get(self, key: str) -> str | None:
        """A value."""
        return self._conn.execute(
            select(meta.c.value).where(meta.c.key == key)
        ).scalar_one_or_none()

    def put(self, key: str, value: str) -> None:
        """Write a value."""
        _PUT_META.run(self._conn, [(key, value)])


class Tx:
    """One group of bodies, or one read; valid only inside the body it is given to."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group
        self._vault = Vault(conn, group)
        self.log = Logs(conn, group)

    @property
    def now(self) -> str:
        """The instant the transaction began, in the form of the wire."""
        return self._group.now

    def after_commit(self, tell: Callable[[], None]) -> None:
        """Call `tell` in the lane's thread once the COMMIT has succeeded; it must not raise."""
        self._group.after.append(tell)

    @contextmanager
    def part(self) -> Iterator[None]:
        """What is written inside stands or falls together; the rest of the body goes on.

        Raises:
            Exception: what was raised inside, after everything written inside is undone.
            OperatorError: `store-failed`: it could not be undone; the whole body is lost.
        """
        mark = self._group.mark()
        execute_text(self._conn, "SAVEPOINT part")
        try:
            yield
        except BaseException as error:
            self._group.back_to(mark)
            self._undo()
            found = translated(error)
            if found is error:
                raise
            raise found from error
        execute_text(self._conn, "RELEASE SAVEPOINT part")

    def _undo(self) -> None:
        try:
            execute_text(self._conn, "ROLLBACK TO SAVEPOINT part")
            execute_text(self._conn, "RELEASE SAVEPOINT part")
        except FAILURES as error:
            raise translated(error) from error

    @cached_property
    def meta(self) -> Meta:
        """Named values of the node."""
        return Meta(self._conn)

    @cached_property
    def threads(self) -> Threads:
        """Threads and their keys."""
        return Threads(self._conn, self._vault)

    @cached_property
    def messages(self) -> Messages:
        """Messages, receipts, proofs."""
        return Messages(self._conn, self._group, self._vault, self.log)

    @cached_property
    def time_stamps(self) -> TimeStamps:
        """Tokens over our heads."""
        return TimeStamps(self._conn)

    @cached_property
    def shared(self) -> Shared:
        """What both sides hold, and putting back what we lost."""
        return Shared(self._conn, self.messages)

    @cached_property
    def restores(self) -> Restores:
        """Successions of logs, and the way back with each peer."""
        return Restores(self._conn, self._group, self.log)

    @cached_property
    def disposals(self) -> Disposals:
        """What is to be erased or purged, what may not, and what is left of a purged thread."""
        return Disposals(self._conn, self._group, self._vault, self.case_notes, self.transcripts)

    @cached_property
    def outbox(self) -> Outbox:
        """What is to be delivered."""
        return Outbox(self._conn, self._group)

    @cached_property
    def courier(self) -> Courier:
        """What travels by courier."""
        return Courier(self._conn, self._group)

    @cached_property
    def waiting(self) -> Waiting:
        """What waits for its parents."""
        return Waiting(self._conn, self._vault)

    @cached_property
    def cases(self) -> Cases:
        """The case projection."""
        return Cases(self._conn)

    @cached_property
    def case_pages(self) -> CasePages:
        """Lists of cases, page by page."""
        return CasePages(self._conn)

    @cached_property
    def agenda(self) -> Agenda:
        """What is awaited first in each case, and the words that find it."""
        return Agenda(self._conn)

    @cached_property
    def clocks(self) -> Clocks:
        """When each thread is to be looked at again, and what was done about it."""
        return Clocks(self._conn, self._group)

    @cached_property
    def declared(self) -> Declared:
        """Totals that people declared, by year."""
        return Declared(self._conn, self._group)

    @cached_property
    def cooperation(self) -> Cooperation:
        """What became of requests, by month."""
        return Cooperation(self._conn)

    @cached_property
    def firearms(self) -> Firearms:
        """Which threads ask about one firearm, and what people said about that."""
        return Firearms(self._conn, self._group, self._vault)

    @cached_property
    def notices(self) -> Notices:
        """What our people are told about clocks."""
        return Notices(self._conn, self._group)

    @cached_property
    def contacts(self) -> Contacts:
        """Where and in which language our people are written to."""
        return Contacts(self._conn, self._vault)

    @cached_property
    def mail(self) -> Mail:
        """Letters to our people that are to be delivered."""
        return Mail(self._conn, self._group, self._vault)

    @cached_property
    def terms(self) -> Agreements:
        """Every set of terms that was ever in force, by digest."""
        return Agreements(self._conn, self._group)

    @cached_property
    def peers(self) -> Peers:
        """Peers, lines, faults."""
        return Peers(self._conn, self._group)

    @cached_property
    def witness(self) -> Witness:
        """What witnesses have signed, we among them."""
        return Witness(self._conn, self._group)

    @cached_property
    def people(self) -> People:
        """Local people."""
        return People(self._conn, self._group)

    @cached_property
    def accounts(self) -> Accounts:
        """How people sign in."""
        return Accounts(self._conn, self._vault)

    @cached_property
    def hands(self) -> Hands:
        """In whose hands accounts were."""
        return Hands(self._conn, self._group)

    @cached_property
    def sessions(self) -> Sessions:
        """Who is signed in."""
        return Sessions(self._conn, self._group, self._vault)

    @cached_property
    def tries(self) -> Tries:
        """Wrong tries to sign in."""
        return Tries(self._conn, self._vault)

    @cached_property
    def teams(self) -> Teams:
        """Teams and their people."""
        return Teams(self._conn, self._group)

    @cached_property
    def work(self) -> Work:
        """Whose case it is."""
        return Work(self._conn, self._group)

    @cached_property
    def case_notes(self) -> CaseNotes:
        """Local notes on cases."""
        return CaseNotes(self._conn, self._group, self._vault)

    @cached_property
    def transcripts(self) -> Transcripts:
        """What came or went by another way."""
        return Transcripts(self._conn, self._group, self._vault)

    @cached_property
    def seen(self) -> Seen:
        """What each person has looked at."""
        return Seen(self._conn, self._group)

    @cached_property
    def drafts(self) -> Drafts:
        """Messages in the making."""
        return Drafts(self._conn, self._group, self._vault)

    @cached_property
    def attachments(self) -> Attachments:
        """Ciphertexts and how far they are."""
        return Attachments(self._conn)

    @cached_property
    def scans(self) -> Scans:
        """What a scanner for malware said of files."""
        return Scans(self._conn, self._group)

    @cached_property
    def survey(self) -> Survey:
        """Every table as it lies there."""
        return Survey(self._conn, self._vault)

    @cached_property
    def audit(self) -> Audit:
        """Who did what."""
        return Audit(self._conn, self._group, self._vault, self.journal)

    @cached_property
    def journal(self) -> Journal:
        """The log of who did what."""
        return Journal(self._conn, self._group, self.log)
