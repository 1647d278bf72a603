"""The details of an act: what each is called and what its coded values mean, in English.

The desk says these words in the reader's language (its catalogue takes them from here), and
`tracer audit list` as they stand. A detail that an act of the code writes has words here; a test
looks through the code for them. What is named by nobody here, a setting, stands as it is written.

What it does not do: say anything of a value that is not coded, or decide who sees it.

Example:
    >>> called("release", "to"), called("settings-change", "desk.port")
    ('The other authority', None)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SETTINGS: Final = "settings-change"
"""The act whose details are settings: they stand by the names that its writer knows."""
NAMES: Final[Mapping[str, str]] = {
    "act": "Act",
    "acts": "Number of acts",
    "address": "From which address",
    "agency": "Agency",
    "alone": "Let go by one person alone",
    "answer": "Answer that stands",
    "answers": "Terms of",
    "asked": "Who was asked",
    "asked_by": "Who asked for it",
    "at": "As of",
    "attachments": "With its files",
    "automatic": "Written by the system",
    "behind": "Who may stand behind both accounts",
    "beside": "Account that may be of the same person",
    "by": "Who did it",
    "cases": "Number of requests",
    "closed": "Log that was closed",
    "command": "At the command line",
    "complete": "Everything was there",
    "count": "How many",
    "digest": "Digest",
    "draft": "Draft",
    "due_by": "Due until",
    "ended": "Sessions that ended",
    "entered": "Only what came or went by another way",
    "evidence": "Digest of the evidence",
    "faults": "Contradictions that they signed",
    "fields": "What differed",
    "file": "File",
    "files": "Number of files",
    "fingerprint": "Fingerprint",
    "first": "The first password",
    "found": "Firearms found",
    "groups": "Which parts",
    "hands": "Who had it in hand",
    "held": "Length of the log here",
    "highest": "Longest log that others have seen",
    "id": "Message",
    "instead": "In place of another",
    "kept": "Digest of what is kept",
    "key": "Key",
    "kind": "What kind",
    "left": "How many are left",
    "lost": "Messages that were lost",
    "message": "Message",
    "messages": "Messages",
    "n": "Number of the file",
    "name": "Name",
    "news": "What it is to us",
    "next": "What came next",
    "note": "Number of the note",
    "notes": "Number of notes",
    "number": "Number",
    "origin": "Log",
    "original": "Digest of the original",
    "original_size": "Size of the original",
    "other": "The other case",
    "override": "Reason to send all the same",
    "owes": "Who must act",
    "peer": "The other authority",
    "person": "Person",
    "proof": "Shown as proof",
    "reached": "Length the log had reached",
    "reason": "Reason",
    "recognised": "How they made sure who asks",
    "remark": "Remark",
    "restricted": "Only its team sees it",
    "roles": "Roles",
    "root": "Root of the log",
    "rows": "Acts taken over",
    "search": "Narrowed by words",
    "seized": "Firearms seized",
    "sent": "What was sent",
    "sent_back": "Beside the version sent back",
    "seq": "Number of the entry",
    "session": "Number of the session",
    "sessions": "Sessions that ended",
    "sha256": "Digest of the file",
    "side": "Whose requests",
    "since": "Since",
    "size": "Length of the log",
    "stamped": "With a time from outside",
    "state": "Status",
    "subject": "To what",
    "surrendered": "Firearms surrendered",
    "team": "Team",
    "terms": "Digest of the terms",
    "transcript": "Number of the entry by hand",
    "transcripts": "Entries by hand",
    "type": "Kind of message",
    "until": "Until",
    "urgency": "Urgency",
    "version": "Version",
    "via": "How",
    "way": "Way",
    "why": "How it was closed",
    "without": "Left out",
}
"""What a detail is called."""
OF_ACT: Final[Mapping[tuple[str, str], str]] = {
    ("case-team", "from"): "Team",
    ("file-found", "name"): "What the scanner found",
    ("person-roles", "from"): "Roles",
    ("release", "to"): "The other authority",
    ("restore-approve", "without"): "Not waited for",
    ("restore-finish", "without"): "Not waited for",
    ("settings-change", "version"): "Version of the program",
    ("transcribe", "sent"): "Message that was sent",
    ("upload-found", "name"): "What the scanner found",
}
"""The same, where it is something else in one act; a change is called as what it is `from`."""
OF_CONTACT: Final[Mapping[str, str]] = {
    "mail": "E-mail address",
    "language": "Language of the letters",
    "digest": "One letter a day",
}
"""What may change of where a person is written to."""
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": {
        "erase": "Erasing of parts of a case",
        "purge": "Destroying the content of a case",
    },
    "next": {
        "code": "the code was asked for",
        "change": "a password of their own had to be chosen",
        "enrol": "a second factor had to be set up",
        "open": "they were at the desk",
    },
    "owes": {"ours": "Us", "theirs": "The other side"},
    "proof": {
        "password": "Password",
        "code": "Code of the second factor",
        "step-up": "Password, to prove anew who they are",
    },
    "recognised": {
        "in-person": "They saw the person",
        "by-voice": "They called a number known before",
    },
    "side": {"sent": "Sent by us", "received": "Received by us"},
    "state": {"open": "Still open", "settled": "Settled"},
    "via": {
        "attach": "Files were added",
        "caption": "It was said what a file shows",
        "detach": "Files were taken off",
        "edit": "By hand",
        "follow-on": "As a follow-on request",
        "new": "As a new request",
        "reply": "As a message in a case",
    },
    "why": {
        "message": "By a message",
        "time": "By itself, as nothing came in its time",
    },
}
"""Coded details that no other room has words for, with the words of each value."""
CODES: Final = frozenset({"answer", "kind", "news", "roles", "state", "type", "urgency", "way"})
"""Details whose values are codes of the model or the store; a page has its own words for them."""
PARTS: Final = frozenset({"groups", "without"})
"""Details that list parts of a message."""
CHANGE: Final = frozenset({"from", "to"})
"""Details that are one: what was changed."""


def called(act: str, name: str) -> str | None:
    """What a detail is called; None: nobody has a name for it, so it stands as it is written."""
    own = OF_ACT.get((act, name))
    return own if own or act == SETTINGS else NAMES.get(name)


def changed(act: str) -> str:
    """Which detail an act changed that only says from what to what."""
    return "roles" if act == "person-roles" else "team"
