"""What is said of how the node is: sentences by code, their places filled from typed values.

`tracer status` says them in English; the desk says them in the reader's language, for the catalogue
takes them from here. A name of a value tells what it is: `..._bytes` a size, `..._day` a day,
`..._at` an instant, `n` a number that the sentence is inflected by; others stand as they are.

What it does not do: look at anything (`node.status` does).

Example:
    >>> said("mail.waits", {"n": 1}), said("calendar.complete", {"until_day": "2027-01-31"})
    ('1 letter waiting', 'complete until 2027-01-31')
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Values = Mapping[str, str | int]
Sentence = str | tuple[str, str]
"""One form, or that for one and that for several."""

_STEP: Final = 1000
SENTENCES: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "disk.free": "%(free_bytes)s free, %(reserve_bytes)s are kept in reserve",
        "clock.behind": "the clock is behind the newest record (%(newest_at)s)",
        "clock.good": "%(now_at)s, not behind the newest record",
        "key.unlisted": "is not in our entry",
        "key.revoked": "is revoked here, and the entry that others have does not say so",
        "key.ended": "ended on %(until_day)s",
        "key.used": "in use until %(until_day)s (%(days)s days)",
        "calendar.ended": "ended on %(until_day)s: holidays are not known",
        "calendar.complete": "complete until %(until_day)s",
        "backup.none": "there is none",
        "backup.fresh": "the newest is less than an hour old",
        "backup.hours": ("the newest is %(n)s hour old", "the newest is %(n)s hours old"),
        "backup.days": ("the newest is %(n)s day old", "the newest is %(n)s days old"),
        "review.waits": (
            "%(n)s message released by one person",
            "%(n)s messages released by one person",
        ),
        "restore.open": "the way back with %(peers)s is open",
        "restored.again": (
            "restored again within twelve months, %(n)s record lost: a person here decides",
            "restored again within twelve months, %(n)s records lost: a person here decides",
        ),
        "restored.partly": (
            "restored: %(n)s record lost; what we hold is not all back there yet",
            "restored: %(n)s records lost; what we hold is not all back there yet",
        ),
        "restored.whole": (
            "restored: %(n)s record lost; messages with us re-entered: %(back)s",
            "restored: %(n)s records lost; messages with us re-entered: %(back)s",
        ),
        "evidence.kept": (
            "%(n)s contradiction signed by other authorities is kept",
            "%(n)s contradictions signed by other authorities are kept",
        ),
        "entry.strange": "%(peer)s handed on an entry that does not follow from the one held here",
        "entry.apart": "%(peer)s holds our entry %(number)s and does not take the present one",
        "mail.lost": (
            "%(n)s letter could not be delivered: %(whose)s",
            "%(n)s letters could not be delivered: %(whose)s",
        ),
        "mail.off": "off, notices stay in Tracer (mail.host)",
        "mail.none": "nothing waits",
        "mail.waits": ("%(n)s letter waiting", "%(n)s letters waiting"),
        "mail.failing": ("%(n)s letter waiting, %(error)s", "%(n)s letters waiting, %(error)s"),
        "mail.refused": (
            "%(n)s letter waiting, the mail server does not take it",
            "%(n)s letters waiting, the mail server does not take them",
        ),
        "scanner.off": "files are not scanned for malware (scanner.socket)",
        "scanner.answers": "the scanner for malware answers",
        "scanner.down": "the scanner for malware does not answer: files that it has not seen stay "
        "closed",
        "time.off": "no time-stamp authority is asked (time.url)",
        "time.ahead": (
            "our clock is %(n)s minute ahead of the time-stamp authority's",
            "our clock is %(n)s minutes ahead of the time-stamp authority's",
        ),
        "time.behind": (
            "our clock is %(n)s minute behind the time-stamp authority's",
            "our clock is %(n)s minutes behind the time-stamp authority's",
        ),
        "time.none": "nothing is stamped yet",
        "time.all": "all is stamped, the newest at %(last_at)s",
        "time.late": "no token since %(last_at)s; what came later is dated by our clock alone",
        "time.newest": "the newest token is of %(last_at)s",
        "witnessing.no-key": "this node has no witness key: it can watch nobody's log",
        "witnessing.unlisted": "the key is not in our entry",
        "witnessing.forgot": "this node does not know what it has cosigned, and cosigns nothing",
        "witness.other-key": "%(peer)s has another witness key by now",
        "witnesses.none": "nobody watches our log",
        "witnesses.seen": "%(up)s of %(all)s answer, %(quorum)s are enough",
        "witnesses.unseen": "%(up)s of %(all)s answer, %(quorum)s are enough; "
        "%(left)s records are not seen yet",
        "witnesses.late": "%(up)s of %(all)s answer, %(quorum)s are enough; "
        "%(left)s records are not seen yet, the oldest for %(hours)s hours",
    }
)
"""How a thing is."""
ADVICE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "disk.full": "Intake has stopped; free or add disk.",
        "clock.set": "Set it right (chrony or systemd-timesyncd); other authorities refuse what is "
        "ten minutes off.",
        "entry.issue": "Run: tracer entry issue.",
        "key.rotate-seal": "Run: tracer key rotate-sealing.",
        "key.rotate-sign": "Run: tracer key rotate-signing.",
        "calendar.propose": "Run: tracer terms propose --country CC --zone ZONE, correct it, "
        "sign it.",
        "entry.ask": "Ask it for its newest entry file.",
        "entry.compare": "Speak to them on a known number. If they made a new identity, compare "
        "its fingerprint: tracer peer add FILE. If not, somebody holds a key of theirs.",
        "entry.hand": "Speak to them: they compare our fingerprint and take our entry file "
        "(tracer entry show).",
        "terms.again": "Agree again: tracer terms propose --to %(peer)s.",
        "backup.create": "Run: tracer backup create FOLDER.",
        "backup.daily": "Daily is enough: tracer backup create FOLDER.",
        "review.list": "A supervisor reviews them: tracer review list.",
        "restore.show": "See: tracer restore show.",
        "restored.confirm": "Speak to them, then: tracer peer confirm-succession %(peer)s.",
        "evidence.speak": "Speak to them before anything more is exchanged.",
        "mail.contact": "Correct the address, and they go again: tracer user contact NAME --mail "
        "ADDRESS.",
        "mail.section": "Mend section [mail].",
        "mail.later": "Is it up? They go later.",
        "mail-tls": "The server offers no encryption: another mail.port, or mail.tls implicit.",
        "mail-certificate": "Its certificate is not trusted: see mail.host and mail.ca_file.",
        "mail-ca": "mail.ca_file holds no certificates.",
        "mail-login": "It refuses mail.user or the password behind mail.password.",
        "mail-sender": "It refuses mail.sender.",
        "scanner.start": "Start clamd, or mend section [scanner].",
        "time.set": "Set it right (chrony or systemd-timesyncd).",
        "time.reached": "Is the authority reached? See the log: time.",
        "time.see": "See time.url and time.roots; nothing is delayed meanwhile.",
        "witnessing.make": "Make one: tracer key rotate-witness.",
        "witnessing.memory": "Put %(file)s back, or make a new key: tracer key rotate-witness.",
        "witness.again": "Choose again: tracer witness choose.",
        "witnesses.choose": "Choose some: tracer witness choose AUTHORITY...",
        "witnesses.speak": "Speak to them, or choose others: tracer witness list.",
    }
)
"""What to do."""


def said(code: str, values: Values) -> str:
    """A sentence in English."""
    held = SENTENCES[code]
    text = held if isinstance(held, str) else held[0 if values["n"] == 1 else 1]
    return filled(text, values)


def filled(text: str, values: Values) -> str:
    """A text with its places filled, in English."""
    return text % {name: _english(name, value) for name, value in values.items()}


def _english(name: str, value: str | int) -> str:
    if name.endswith("_bytes"):
        return _bytes(float(value))
    if name.endswith("_at"):
        return f"{str(value)[:16].replace('T', ' ')} UTC"
    return str(value)[:10] if name.endswith("_day") else str(value)


def _bytes(size: float) -> str:
    """In steps of a thousand, as the desk tells it and as disks are sold."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < _STEP:
            return f"{round(size, 1):g} {unit}"
        size /= _STEP
    return f"{round(size, 1):g} TB"
