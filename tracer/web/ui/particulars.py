"""The details of an act in words: what each is called, and how its value is told.

Rules
-----
1. A detail that an act of the code writes has words here; a test looks through the code for them.
   What is named by nobody here, a setting, stands as it is written: as code.
2. A value is told by what it is: yes or no, an instant, a list, a change (from X to Y), a coded
   value in its words. What proves or names something (digests, ids) stands as code.
3. What is empty is left out.

What it does not do: name the act itself (`acts` does), or decide who sees it.

Example:
    >>> told(speech, row)
    [(Markup('Roles'), Markup('from <bdi>Officer</bdi> to <bdi>Auditor</bdi>'))]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from markupsafe import Markup

from tracer.model.naming import label_of
from tracer.store import AuditRow
from tracer.web.ui import sayings, words
from tracer.web.ui.acts import ACTS
from tracer.web.ui.details import CONTEXT, names
from tracer.web.ui.filters import Speech, visible
from tracer.web.ui.texts import N_

NAMES: Final[Mapping[str, str]] = {
    "act": N_("Act"),
    "acts": N_("Number of acts"),
    "address": N_("From which address"),
    "agency": N_("Agency"),
    "alone": N_("Let go by one person alone"),
    "answer": N_("Answer that stands"),
    "answers": N_("Terms of"),
    "asked": N_("Who was asked"),
    "asked_by": N_("Who asked for it"),
    "at": N_("As of"),
    "attachments": N_("With its files"),
    "automatic": N_("Written by the system"),
    "behind": N_("Who may stand behind both accounts"),
    "beside": N_("Account that may be of the same person"),
    "by": N_("Who did it"),
    "cases": N_("Number of requests"),
    "closed": N_("Log that was closed"),
    "command": N_("At the command line"),
    "complete": N_("Everything was there"),
    "count": N_("How many"),
    "digest": N_("Digest"),
    "draft": N_("Draft"),
    "due_by": N_("Due until"),
    "ended": N_("Sessions that ended"),
    "entered": N_("Only what came or went by another way"),
    "evidence": N_("Digest of the evidence"),
    "faults": N_("Contradictions that they signed"),
    "file": N_("File"),
    "files": N_("Number of files"),
    "fingerprint": N_("Fingerprint"),
    "first": N_("The first password"),
    "found": N_("Firearms found"),
    "groups": N_("Which parts"),
    "hands": N_("Who had it in hand"),
    "held": N_("Length of the log here"),
    "highest": N_("Longest log that others have seen"),
    "id": N_("Message"),
    "instead": N_("In place of another"),
    "kept": N_("Digest of what is kept"),
    "key": N_("Key"),
    "kind": N_("What kind"),
    "left": N_("How many are left"),
    "lost": N_("Messages that were lost"),
    "message": N_("Message"),
    "messages": N_("Messages"),
    "n": N_("Number of the file"),
    "name": N_("Name"),
    "news": N_("What it is to us"),
    "next": N_("What came next"),
    "note": N_("Number of the note"),
    "notes": N_("Number of notes"),
    "number": N_("Number"),
    "origin": N_("Log"),
    "original": N_("Digest of the original"),
    "original_size": N_("Size of the original"),
    "other": N_("The other case"),
    "override": N_("Reason to send all the same"),
    "owes": N_("Who must act"),
    "peer": N_("The other authority"),
    "person": N_("Person"),
    "proof": N_("Shown as proof"),
    "reached": N_("Length the log had reached"),
    "reason": N_("Reason"),
    "recognised": N_("How they made sure who asks"),
    "remark": N_("Remark"),
    "restricted": N_("Only its team sees it"),
    "roles": N_("Roles"),
    "root": N_("Root of the log"),
    "rows": N_("Acts taken over"),
    "search": N_("Narrowed by words"),
    "seized": N_("Firearms seized"),
    "sent": N_("What was sent"),
    "sent_back": N_("Beside the version sent back"),
    "seq": N_("Number of the entry"),
    "session": N_("Number of the session"),
    "sessions": N_("Sessions that ended"),
    "sha256": N_("Digest of the file"),
    "side": N_("Whose requests"),
    "since": N_("Since"),
    "size": N_("Length of the log"),
    "stamped": N_("With a time from outside"),
    "state": N_("Status"),
    "subject": N_("To what"),
    "surrendered": N_("Firearms surrendered"),
    "team": N_("Team"),
    "terms": N_("Digest of the terms"),
    "transcript": N_("Number of the entry by hand"),
    "transcripts": N_("Entries by hand"),
    "type": N_("Kind of message"),
    "until": N_("Until"),
    "urgency": N_("Urgency"),
    "version": N_("Version"),
    "via": N_("How"),
    "way": N_("Way"),
    "why": N_("How it was closed"),
    "without": N_("Left out"),
}
"""What a detail is called."""
OF_ACT: Final[Mapping[tuple[str, str], str]] = {
    ("case-team", "from"): N_("Team"),
    ("file-found", "name"): N_("What the scanner found"),
    ("person-roles", "from"): N_("Roles"),
    ("release", "to"): N_("The other authority"),
    ("restore-approve", "without"): N_("Not waited for"),
    ("restore-finish", "without"): N_("Not waited for"),
    ("settings-change", "version"): N_("Version of the program"),
    ("transcribe", "sent"): N_("Message that was sent"),
    ("upload-found", "name"): N_("What the scanner found"),
}
"""The same, where it is something else in one act; a change is called as what it is `from`."""
OF_CONTACT: Final[Mapping[str, str]] = {
    "mail": N_("E-mail address"),
    "language": N_("Language of the letters"),
    "digest": N_("One letter a day"),
}
"""What may change of where a person is written to."""
PLAIN: Final = frozenset(
    {
        "agency", "asked", "asked_by", "behind", "beside", "by", "hands", "name", "override",
        "person", "reason", "remark", "subject", "team",
    }
)  # fmt: skip
"""Details that hold names or what somebody wrote."""
CODED: Final[Mapping[str, Mapping[str, str]]] = {
    "act": ACTS,
    "answer": words.TYPES,
    "kind": {
        **sayings.FAULTS,
        "erase": N_("Erasing of parts of a case"),
        "purge": N_("Destroying the content of a case"),
    },
    "news": sayings.NEWS,
    "next": {
        "code": N_("the code was asked for"),
        "change": N_("a password of their own had to be chosen"),
        "enrol": N_("a second factor had to be set up"),
        "open": N_("they were at the desk"),
    },
    "owes": {"ours": N_("Us"), "theirs": N_("The other side")},
    "proof": {
        "password": N_("Password"),
        "code": N_("Code of the second factor"),
        "step-up": N_("Password, to prove anew who they are"),
    },
    "recognised": {
        "in-person": N_("They saw the person"),
        "by-voice": N_("They called a number known before"),
    },
    "roles": words.ROLES,
    "side": {"sent": N_("Sent by us"), "received": N_("Received by us")},
    "state": {
        "open": N_("Still open"),
        "settled": N_("Settled"),
        **{code: one.badge for code, one in words.STATES.items()},
    },
    "type": words.TYPES,
    "via": {
        "attach": N_("Files were added"),
        "caption": N_("It was said what a file shows"),
        "detach": N_("Files were taken off"),
        "edit": N_("By hand"),
        "follow-on": N_("As a follow-on request"),
        "new": N_("As a new request"),
        "reply": N_("As a message in a case"),
    },
    "way": words.WAYS,
    "why": {
        "message": N_("By a message"),
        "time": N_("By itself, as nothing came in its time"),
    },
}
"""Details that are coded, with the words of each value."""
_GROUPS: Final = frozenset({*names(), "attachment_keys"})
_PARTS: Final = frozenset({"groups", "without"})
_PEERS: Final = frozenset({"peer", "answers"})
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+Z)?")
CHANGE: Final = frozenset({"from", "to"})
"""Details that are one: what was changed."""


def told(speech: Speech, row: AuditRow) -> list[tuple[Markup, Markup]]:
    """The details of an act: what each is called, and its value; empty ones are left out."""
    return list(_told(speech, row.act, row.detail))


def _told(speech: Speech, act: str, detail: Mapping[str, Any]) -> Iterator[tuple[Markup, Markup]]:
    if detail.keys() >= CHANGE:
        yield from _change(speech, act, detail["from"], detail["to"])
        detail = {name: value for name, value in detail.items() if name not in CHANGE}
    for name, value in detail.items():
        called = _called(speech, act, name)
        if isinstance(value, Mapping):
            if said := _from_to(speech, act, name, value.get("from"), value.get("to")):
                yield called, said
        elif not _empty(value):
            yield called, _value(speech, act, name, value)


def _change(speech: Speech, act: str, old: Any, new: Any) -> Iterator[tuple[Markup, Markup]]:
    """What an act changed as a whole: one thing, or several that have names of their own."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        name = "roles" if act == "person-roles" else "team"
        if said := _from_to(speech, act, name, old, new):
            yield _called(speech, act, "from"), said
        return
    for name in {**old, **new}:
        said = _from_to(speech, act, name, old.get(name), new.get(name))
        if said and old.get(name) != new.get(name):
            own = OF_CONTACT.get(name)
            yield speech.say(own) if own else _code(name), said


def _from_to(speech: Speech, act: str, name: str, old: Any, new: Any) -> Markup:
    if _empty(old) and _empty(new):
        return Markup()
    if _empty(old):
        return speech.say(N_("now %(after)s"), after=_value(speech, act, name, new))
    if _empty(new):
        return speech.say(N_("no longer %(before)s"), before=_value(speech, act, name, old))
    return speech.say(
        N_("from %(before)s to %(after)s"),
        before=_value(speech, act, name, old),
        after=_value(speech, act, name, new),
    )


def _empty(value: Any) -> bool:
    return value is None or (not isinstance(value, bool | int | float) and not value)


def _called(speech: Speech, act: str, name: str) -> Markup:
    if act == "settings-change" and (act, name) not in OF_ACT:
        return _code(name)
    said = OF_ACT.get((act, name)) or NAMES.get(name)
    return speech.say(said) if said else _code(name)


def _value(speech: Speech, act: str, name: str, value: Any) -> Markup:
    if isinstance(value, bool):
        return speech.say_in(CONTEXT, "Yes") if value else speech.say(N_("No"))
    if isinstance(value, list | tuple):
        return speech.listed(_value(speech, act, name, one) for one in value)
    if isinstance(value, int | float):
        return Markup(speech.size(int(value)) if name == "original_size" else speech.number(value))  # noqa: S704 - figures
    text = str(value)
    return _code(text) if act == "settings-change" else _text(speech, act, name, text)


def _text(speech: Speech, act: str, name: str, text: str) -> Markup:
    if said := CODED.get(name, {}).get(text):
        return speech.say(said)
    if name in _PARTS and text in _GROUPS:
        return speech.say_in(CONTEXT, label_of(text))
    named = _named(speech, act, name, text)
    if named is not None:
        return Markup("<bdi>{}</bdi>").format(
            named if isinstance(named, Markup) else visible(named)
        )
    return _dated(speech, text) if _TIME.fullmatch(text) else _code(text)


def _dated(speech: Speech, text: str) -> Markup:
    """An instant or a day in words; what only looks like one, as somebody may write it, as code."""
    try:
        return speech.moment(text) if "T" in text else speech.day(text)
    except ValueError:
        return _code(text)


def _named(speech: Speech, act: str, name: str, text: str) -> str | None:
    """What is a name or somebody's words; None: it is neither."""
    if name == "urgency":
        return speech.coded(text, "urgency-level")
    if name == "language":
        return speech.language_name(text)
    if name in _PEERS or (act, name) == ("release", "to"):
        return speech.party(text)
    return text if name in PLAIN else None


def _code(text: str) -> Markup:
    return Markup('<code class="long" dir="ltr">{}</code>').format(visible(text))
