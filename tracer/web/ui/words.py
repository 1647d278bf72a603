"""Sentences that are chosen by a code: states, clocks, deliveries, errors, what was done.

Facts come from casework as codes; each has a whole sentence here, marked for the catalogues, so
that a translator never meets half of one. `%(peer)s` is the other authority. A code that is not
here is shown as itself, in the one sentence that says so.

What it does not do: say anything in a language (`filters.Speech.say` does).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from tracer.casework.placed import STUCK, Placed
from tracer.web.ui import sayings
from tracer.web.ui.texts import N_


class Stands(NamedTuple):
    """Where a case stands: one or two words for a badge with its tone, and a sentence."""

    badge: str
    tone: str
    sentence: str


STATES: Final[Mapping[str, Stands]] = {
    "SENT": Stands(N_("On its way"), "quiet", N_("It is on its way to their system.")),
    "DELIVERED": Stands(
        N_("Delivered"), "wait", N_("Delivered to their system; nobody has taken it yet.")
    ),
    "ACKNOWLEDGED": Stands(N_("Taken"), "wait", N_("A person has taken it.")),
    "IN_PROGRESS": Stands(N_("Being worked on"), "wait", N_("It is being worked on.")),
    "INFO_REQUESTED": Stands(
        N_("More information needed"), "act", N_("More information was asked for.")
    ),
    "CONDITIONS": Stands(N_("Conditions"), "act", N_("Conditions are being agreed.")),
    "DELAYED": Stands(N_("Postponed"), "wait", N_("The answer was postponed on a ground.")),
    "REOPENED": Stands(N_("Opened again"), "wait", N_("It was opened again.")),
    "ANSWERED": Stands(N_("Answered"), "done", N_("It was answered.")),
    "REFUSED": Stands(N_("Refused"), "stop", N_("It was refused on a ground.")),
    "LAPSED": Stands(N_("Lapsed"), "stop", N_("It lapsed: a question was not answered.")),
    "WITHDRAWN": Stands(N_("Withdrawn"), "quiet", N_("It was withdrawn.")),
    "CLOSED": Stands(N_("Closed"), "quiet", N_("It is closed.")),
    "PURGED": Stands(N_("Deleted"), "quiet", N_("It was deleted after its time of keeping.")),
}
"""By the state of a case."""
RECEIVED: Final = Stands(
    N_("Received"), "act", N_("It has reached our system; nobody here has taken it yet.")
)
"""A request of another authority, once it is here: that it was delivered is no news to us."""
OUTSIDE: Final[Mapping[str, Stands]] = {
    "ours SENT": Stands(
        N_("To be sent"), "act", N_("It is signed and waits to be printed and sent.")
    ),
    "ours DELIVERED": Stands(
        N_("Sent"), "wait", N_("It was sent by another way; no answer has been entered yet.")
    ),
    "theirs DELIVERED": Stands(
        N_("Came"), "act", N_("It came by another way; it is for us to answer.")
    ),
}
"""The same of States that are not in the exchange, where it is told otherwise."""
INFORMED: Final = Stands(N_("Delivered"), "done", N_("The information was delivered."))
"""Information without a question, once it is there: nothing is awaited."""


def stands_of(
    state: str,
    *,
    ours: bool,
    informed: bool = False,
    outside: bool = False,
    placed: Placed | None = None,
) -> Stands | None:
    """The words of a state.

    Args:
        state: Its code.
        ours: We opened the case.
        informed: It is told, not asked.
        outside: The other State is not in the exchange.
        placed: Where the message is that opens it; one that stays is not on its way.
    """
    if state == "SENT" and placed is not None and placed.where in STUCK:
        badge, tone = sayings.QUEUE[placed.where]
        return Stands(badge, tone, PLACES[placed.where])
    told = OUTSIDE.get(f"{'ours' if ours else 'theirs'} {state}") if outside else None
    if state == "DELIVERED" and informed:
        return INFORMED
    if state == "DELIVERED" and not ours:
        return told or RECEIVED
    return told or STATES.get(state)


class Owes(NamedTuple):
    """Who owes what, as a sentence for each side."""

    we: str
    they: str


class Whose(NamedTuple):
    """A sentence about a message of ours, and one about a message of the other side."""

    we: str
    they: str


def either(text: str) -> Whose:
    """A sentence that is the same for both."""
    return Whose(text, text)


OWES: Final[Mapping[str, Owes]] = {
    "acknowledge": Owes(
        N_("We owe %(peer)s word that a person has taken it."),
        N_("%(peer)s owes us word that a person has taken it."),
    ),
    "first-answer": Owes(
        N_("We owe %(peer)s a first answer or an interim reply."),
        N_("%(peer)s owes us a first answer or an interim reply."),
    ),
    "final-answer": Owes(
        N_("We owe %(peer)s the final answer."), N_("%(peer)s owes us the final answer.")
    ),
    "review": Owes(
        N_("We owe %(peer)s the answer we postponed."),
        N_("%(peer)s owes us the answer it postponed."),
    ),
    "information": Owes(
        N_("We owe %(peer)s the information it asked for."),
        N_("%(peer)s owes us the information we asked for."),
    ),
    "decision": Owes(
        N_("We owe %(peer)s a decision on the conditions."),
        N_("%(peer)s owes us a decision on the conditions."),
    ),
    "clarification": Owes(
        N_("We owe %(peer)s an explanation of our ground."),
        N_("%(peer)s owes us an explanation of its ground."),
    ),
    "consent": Owes(
        N_("We owe %(peer)s a decision on consent."), N_("%(peer)s owes us a decision on consent.")
    ),
    "erasure": Owes(
        N_("We owe %(peer)s a decision on erasing."), N_("%(peer)s owes us a decision on erasing.")
    ),
    "progress": Owes(
        N_("We owe %(peer)s word on where it stands."),
        N_("%(peer)s owes us word on where it stands."),
    ),
    "feedback": Owes(
        N_("We owe %(peer)s word on what became of the case."),
        N_("%(peer)s owes us word on what became of the case."),
    ),
    "acknowledgement": Owes(
        N_("We owe %(peer)s word that a person has taken it."),
        N_("%(peer)s owes us word that a person has taken it."),
    ),
    "answer": Owes(N_("We owe %(peer)s an answer."), N_("%(peer)s owes us an answer.")),
}
"""By the clock that runs; where none does, by what is awaited."""

UNTIL: Final[Mapping[tuple[str, str], str]] = {
    ("target", "pending"): N_("Target: %(when)s, %(distance)s."),
    ("target", "due-soon"): N_("Target: %(when)s, %(distance)s."),
    ("target", "passed"): N_("The target was %(when)s; it passed %(distance)s."),
    ("deadline", "pending"): N_("Deadline: %(when)s, %(distance)s."),
    ("deadline", "due-soon"): N_("Deadline: %(when)s, %(distance)s."),
    ("deadline", "passed"): N_("The deadline was %(when)s; it passed %(distance)s."),
    ("target", "paused"): N_("The clock stands since %(since)s; %(left)s are left."),
    ("deadline", "paused"): N_("The clock stands since %(since)s; %(left)s are left."),
}
"""Until when, by what its end is called and how the clock stands."""

ACTS: Final[Mapping[str, str]] = {
    "ours": N_("It is for us to act; no clock runs."),
    "theirs": N_("It is for them to act; no clock runs."),
}
"""Who must act where the other side is not in the exchange."""

THEN: Final[Mapping[str, str]] = {
    "question-drops": N_("Then the question counts as dropped, and what it held lapses."),
    "closes": N_("Then the case closes by itself."),
    "goes-on": N_("It goes on when what was asked for is there."),
    "remind": N_("Then our people are told and a reminder is due; it is no refusal."),
    "reminded": N_("Our people are told and a reminder is due; it is no refusal."),
    "they-see": N_("Then %(peer)s sees it as passed."),
    "they-saw": N_("%(peer)s sees it as passed."),
    "they-see-head": N_(
        "Then %(peer)s sees it as passed. If it is not done by %(head)s, the people in charge of "
        "our office are told and asked to step in."
    ),
    "they-saw-head": N_(
        "%(peer)s sees it as passed. If it is not done by %(head)s, the people in charge of our "
        "office are told and asked to step in."
    ),
    "head-told": N_(
        "%(peer)s sees it as passed. The people in charge of our office have been asked to step in "
        "since %(head)s."
    ),
}
"""What happens then."""

BADGES: Final[Mapping[str, tuple[str, str]]] = {
    "pending": (N_("In time"), "quiet"),
    "due-soon": (N_("Due soon"), "act"),
    "passed": (N_("Passed"), "stop"),
    "paused": (N_("Clock stands"), "wait"),
    "met": (N_("Done in time"), "done"),
    "met-late": (N_("Done late"), "wait"),
    "waived": (N_("No longer awaited"), "quiet"),
}
"""How a clock stands, with its tone."""

CLOCKS: Final[Mapping[str, str]] = {
    "acknowledge": N_("A person takes it"),
    "first-answer": N_("First answer"),
    "final-answer": N_("Final answer"),
    "review": N_("Postponed answer"),
    "information": N_("Information asked for"),
    "decision": N_("Decision on conditions"),
    "clarification": N_("Explanation of a ground"),
    "consent": N_("Decision on consent"),
    "erasure": N_("Decision on erasing"),
    "progress": N_("Where it stands"),
    "feedback": N_("What became of it"),
}
"""What a clock is about, in a table."""

SAID: Final[Mapping[str, str]] = {
    "request": N_("%(who)s asked for a trace"),
    "spontaneous-information": N_("%(who)s gave information without being asked"),
    "amend": N_("%(who)s changed or completed the request"),
    "withdraw": N_("%(who)s withdrew the request"),
    "reminder": N_("%(who)s sent a reminder"),
    "progress-enquiry": N_("%(who)s asked where the request stands"),
    "clarify-ground": N_("%(who)s asked about the ground that was given"),
    "feedback": N_("%(who)s told what became of the case"),
    "acknowledgement": N_("%(who)s confirmed that a person has taken it"),
    "more-info": N_("%(who)s asked for more information"),
    "interim": N_("%(who)s gave a first, partial answer"),
    "result": N_("%(who)s answered"),
    "no-record": N_("%(who)s found no record"),
    "unidentifiable": N_("%(who)s could not identify the firearm"),
    "delayed": N_("%(who)s postponed the answer"),
    "restricted": N_("%(who)s left something out of the answer"),
    "refused": N_("%(who)s refused"),
    "conditions-proposed": N_("%(who)s proposed conditions"),
    "conditions-accepted": N_("%(who)s accepted the conditions"),
    "conditions-declined": N_("%(who)s declined the conditions"),
    "referral": N_("%(who)s named another State that holds the record"),
    "disclosure-notice": N_("%(who)s gave notice that information must be disclosed"),
    "correction": N_("%(who)s corrected an earlier message"),
    "recall": N_("%(who)s took back an earlier message"),
    "consent-asked": N_("%(who)s asked for consent to a further use"),
    "consent-given": N_("%(who)s gave consent"),
    "consent-declined": N_("%(who)s declined consent"),
    "ground-clarified": N_("%(who)s explained the ground"),
}
"""What an authority did by a message, by the type of the message."""

TYPES: Final[Mapping[str, str]] = {
    "request": N_("Request"),
    "spontaneous-information": N_("Information without a question"),
    "amend": N_("Change of the request"),
    "withdraw": N_("Withdrawal"),
    "reminder": N_("Reminder"),
    "progress-enquiry": N_("Question where it stands"),
    "clarify-ground": N_("Question about a ground"),
    "feedback": N_("What became of it"),
    "acknowledgement": N_("Acknowledgement"),
    "more-info": N_("Question for more information"),
    "interim": N_("Interim reply"),
    "result": N_("Answer"),
    "no-record": N_("No record"),
    "unidentifiable": N_("Not identifiable"),
    "delayed": N_("Postponement"),
    "restricted": N_("Restriction"),
    "refused": N_("Refusal"),
    "conditions-proposed": N_("Conditions"),
    "conditions-accepted": N_("Acceptance of conditions"),
    "conditions-declined": N_("Decline of conditions"),
    "referral": N_("Referral to another State"),
    "disclosure-notice": N_("Notice of a disclosure"),
    "correction": N_("Correction"),
    "recall": N_("Recall"),
    "consent-asked": N_("Question for consent"),
    "consent-given": N_("Consent"),
    "consent-declined": N_("Consent declined"),
    "ground-clarified": N_("Explanation of a ground"),
}
"""What a message is called, by its type."""

WAYS: Final[Mapping[str, str]] = {
    "POST": N_("By post"),
    "EMAIL": N_("By e-mail"),
    "TELEPHONE": N_("By telephone"),
    "FAX": N_("By fax"),
    "HAND": N_("Handed over"),
    "EMBASSY": N_("Through an embassy"),
    "IARMS": N_("Through INTERPOL iARMS"),
    "SIENA": N_("Through Europol SIENA"),
    "OTHER": N_("By another way"),
}
"""How something came or went outside the exchange."""

DRAFTS: Final[Mapping[str, tuple[str, str]]] = {
    "draft": (N_("Draft"), "quiet"),
    "submitted": (N_("Waits to be released"), "act"),
    "rejected": (N_("Sent back"), "stop"),
    "released": (N_("Released"), "done"),
    "deleted": (N_("Destroyed"), "quiet"),
}
"""Where a draft stands, with the tone of its badge."""

HANDS: Final[Mapping[str, str]] = {
    "write": N_("%(who)s wrote on it"),
    "submit": N_("%(who)s put it before a second person"),
    "reject": N_("%(who)s sent it back"),
    "release": N_("%(who)s let it go"),
    "review": N_("%(who)s looked it over"),
}
"""Who did what with a draft."""

LEVELS: Final[Mapping[str, str]] = {
    "ERROR": N_("Missing"),
    "WARN": N_("Look again"),
    "HINT": N_("Would help"),
}
"""How much a finding of the linter weighs."""

PLACES: Final[Mapping[str, str]] = {
    "delivered": N_("Delivered to their system %(at)s; their receipt is kept."),
    "courier": N_("With the courier since %(at)s."),
    "on-its-way": N_("On its way to their system."),
    "held": N_("Held back (%(code)s)."),
    "undeliverable": N_("Could not be delivered (%(code)s)."),
    "to-be-sent": N_("To be printed and sent: they are not in the exchange."),
    "by-hand": N_("Sent by another way, entered %(at)s."),
}
"""Where a message of ours is."""

NO_REFERENCE: Final = N_("Request without a reference")
"""What a case is called that has no reference."""

ROLES: Final[Mapping[str, str]] = {
    "investigator": N_("Investigator"),
    "officer": N_("Officer"),
    "supervisor": N_("Supervisor"),
    "auditor": N_("Auditor"),
    "operator": N_("Operator"),
}

WRONG: Final[Mapping[str, str]] = {
    "missing": N_("This is needed."),
    "too-long": N_("At most %(n)s characters."),
    "hidden-characters": N_("It holds characters that cannot be seen. Type it again."),
    "firearms-full": N_("A request is about no more firearms than these. Write another one."),
    "no-such-choice": N_("Choose one of those that are offered."),
    "not-a-number": N_("Write a whole number."),
    "not-a-date": N_(
        "Write a day, a month or a year, with all four figures of the year: 20.05.2014, 05.2014 "
        "or 2014."
    ),
    "no-such-day": N_("The calendar has no such day. Look at the day and the month again."),
    "not-a-day": N_(
        "The whole day is needed, with all four figures of its year: 24.11.2026 or 2026-11-24."
    ),
    "two-dates": N_(
        "This can be two days. Write %(first)s if the day stands first, %(second)s if the month "
        "does."
    ),
    "no-such-country": N_("Choose a State from the list, or write its code of two letters."),
    "not-the-same": N_("The two are not the same."),
    "no-statement": N_("This is no statement that holds, or it is damaged."),
    "no-text": N_("This is no text file. Choose the file that they sent."),
    "changed-meanwhile": N_(
        "%(who)s changed this draft while you were writing (%(at)s). What you typed stands below "
        "and is not saved. Look at what the draft says now; if you save once more, yours takes its "
        "place."
    ),
    "try-again": N_("It was being changed at the same moment. Save once more."),
    "mark-brackets": N_("Write [8B] for a character that is one of these: two to eight, no blank."),
    "not-a-year": N_("Write a year of four digits."),
    "not-a-picture": N_("Choose one or more pictures."),
    "no-original": N_("Attach the original. Only a telephone call leaves none."),
}
"""What is wrong with one field."""

OBJECTIONS: Final[Mapping[str, Whose]] = {
    "role": Whose(
        N_("In this case it is not for us to send this."),
        N_("In this case it is not for %(who)s to send this."),
    ),
    "not-in-this-thread": either(N_("Where information was sent unasked, this has no place.")),
    "second-opening": either(N_("A case is opened once.")),
    "after-withdrawal": Whose(
        N_("When we wrote it, we had seen that nothing is asked any more."),
        N_("When %(who)s wrote it, they had seen that nothing is asked any more."),
    ),
    "after-closing": Whose(
        N_("When we wrote it, we had seen that the case is closed."),
        N_("When %(who)s wrote it, they had seen that the case is closed."),
    ),
    "unknown-line": either(N_("It names a firearm that was not described before.")),
    "about-unknown": either(
        N_("It names a message that was not there before, or that changed nothing.")
    ),
    "about-mismatch": either(N_("It cannot be about the message that it names.")),
    "about-recalled": either(N_("The message that it names had been taken back.")),
    "already-acknowledged": either(N_("That a person has taken a request is said once.")),
    "already-answered": either(N_("What it answers had been answered already.")),
    "nothing-answered": either(N_("There was no answer yet that it could be about.")),
}
"""Why a message changes nothing, by the objections of `model.thread`: ours, and one of `who`."""

TOLD: Final[Mapping[str, str]] = {
    "signed-out": N_("You are signed out."),
    "session-over": N_("Your session is over. Sign in again; what was saved is still there."),
    "password-changed": N_("Your password is changed. All your other sessions have ended."),
    "sessions-ended": N_("The session has ended."),
    "draft-kept": N_("The draft is saved. You can go on with it whenever you like."),
    "draft-submitted": N_(
        "Submitted. An officer looks at it; you will find it among your drafts, under Waiting for "
        "an officer."
    ),
    "draft-discarded": N_("The draft is gone, with its photos."),
    "mark-removed": N_("The mark is taken off."),
    "firearm-removed": N_("The firearm is taken off the request."),
    "file-removed": N_("The file is taken off and destroyed."),
    "file-told": N_("Saved what the file shows."),
    "files-added": N_("The files are there. Pictures were drawn anew; the originals stay here."),
    "photos-cleared": N_("All photos are taken off and destroyed."),
    "follow-on-made": N_(
        "A new request is begun with what we recorded ourselves. Nothing has been sent."
    ),
    "consent-drafted": N_("The question for consent is written and waits for an officer."),
    "proved": N_("Thank you. You can go on for a few minutes."),
    **sayings.TOLD,
    "submitted": N_("It waits for a second person, who lets it go."),
    "incomplete": N_("It is kept as a draft: something is still missing before it can go."),
    "look-again": N_(
        "It is kept as a draft. Read below what the second person will be told; you can change it "
        "or put it before them as it is."
    ),
    "kept": N_("It is kept as a draft. Nobody has been asked to let it go."),
    "released": N_("It is on its way to their system."),
    "released-alone": N_("It is on its way, and on the list for review: you let it go alone."),
    "sent-back": N_("It went back to its author with your reason."),
    "discarded": N_("The draft is destroyed."),
    "reviewed": N_("You have looked it over."),
    "entered": N_("It is entered. Somebody else compares it with the original."),
    "sent-by-hand": N_("It counts as sent from now on."),
    "compared": N_("It is on record that you compared it with the original."),
    "released-on-paper": N_("It is signed. Print it, send it, and enter on which day."),
    "noted": N_("Your note is kept; it is never sent."),
    "case-changed": N_("It is changed."),
    "said-of-two": N_("What you said of the two cases is kept."),
    "disposed": N_("It is destroyed for good."),
    "disposal-dropped": N_("It is not done."),
}
"""What a page says at its top about the step before; the key travels in a cookie."""
