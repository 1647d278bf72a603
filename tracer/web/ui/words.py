"""Sentences that are chosen by a code: states, clocks, deliveries, errors, what was done.

Facts come from casework as codes; each has a whole sentence here, marked for the catalogues, so
that a translator never meets half of one. `%(peer)s` is the other authority. A code that is not
here is shown as itself, in the one sentence that says so.

What it does not do: say anything in a language (`filters.Speech.say` does).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from tracer.errors import InputError, LineError, OperatorError, PeerError, TracerError
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
INFORMED: Final = Stands(N_("Delivered"), "done", N_("The information was delivered."))
"""Information without a question, once it is there: nothing is awaited."""


class Owes(NamedTuple):
    """Who owes what, as a sentence for each side."""

    we: str
    they: str


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

THEN: Final[Mapping[str, str]] = {
    "question-drops": N_("Then the question counts as dropped, and what it held lapses."),
    "closes": N_("Then the case closes by itself."),
    "goes-on": N_("It goes on when what was asked for is there."),
    "remind": N_("Then our people are told and a reminder is due; it is no refusal."),
    "reminded": N_("Our people are told and a reminder is due; it is no refusal."),
    "they-see": N_("Then %(peer)s sees it as passed."),
    "they-saw": N_("%(peer)s sees it as passed."),
    "they-see-head": N_("Then %(peer)s sees it as passed, and our head steps in %(head)s."),
    "they-saw-head": N_("%(peer)s sees it as passed, and our head steps in %(head)s."),
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

PLACES: Final[Mapping[str, str]] = {
    "delivered": N_("Delivered to their system %(at)s; their receipt is kept."),
    "courier": N_("With the courier since %(at)s."),
    "on-its-way": N_("On its way to their system."),
    "held": N_("Held back (%(code)s)."),
    "undeliverable": N_("Could not be delivered (%(code)s)."),
}
"""Where a message of ours is."""

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
    "no-such-choice": N_("Choose one of those that are offered."),
    "not-a-number": N_("Write a whole number."),
    "not-a-date": N_("Write a date."),
    "not-the-same": N_("The two are not the same."),
    "no-statement": N_("This is no statement that holds, or it is damaged."),
    "no-text": N_("This is no text file. Choose the file that they sent."),
}
"""What is wrong with one field."""

REFUSED: Final[Mapping[str, str]] = {
    "sign-in-refused": N_("Name or password is wrong, or this account may not sign in."),
    "sign-in-wait": N_("Too many wrong tries. Wait a while, then try again."),
    "sign-in-busy": N_("Too many people are signing in at this moment. Try again."),
    "code-refused": N_("This code is wrong, already used or too old. Wait for the next one."),
    "proof-refused": N_("That is not right."),
    "session-over": N_("Your session is over. Sign in again."),
    "session-unknown": N_("This session has ended already."),
    "step-up-needed": N_("Prove once more who you are."),
    "factor-none": N_("There is no second factor to confirm. Start again."),
    "password-short": N_("A password has at least 12 characters."),
    "password-long": N_("A password has at most 128 characters."),
    "password-common": N_("This password is guessed easily. Choose another one."),
    "person-unknown": N_("Nobody of this name is on record here."),
    "person-disabled": N_("This account is locked."),
    "role-missing": N_("Your role does not allow this."),
    "thread-unknown": N_("There is no such request, or you may not see it."),
    "thread-ambiguous": N_("Several requests fit. Give more of the number."),
    "peer-unknown": N_("No authority of this name is known here."),
    "authority-ambiguous": N_("Several authorities fit. Give the whole name."),
    "attachment-unknown": N_("There is no such file."),
    "attachment-missing": N_("The file has not arrived yet."),
}
"""What casework refuses, by code; others are told by `OTHERWISE` with their code."""


class Fault(NamedTuple):
    """An error page: status of HTTP, heading, sentence, what to do."""

    status: int
    heading: str
    sentence: str
    advice: str


OTHERWISE: Final = N_("This is not possible as it stands.")

NOT_FOUND: Final = Fault(
    404,
    N_("Not found"),
    N_("There is no such page, or you may not see what it is about."),
    N_("Go back to the list and choose again."),
)
FORBIDDEN: Final = Fault(
    403,
    N_("Not allowed"),
    N_("Your role does not allow this."),
    N_("Ask a supervisor if you need it for your work."),
)
FOREIGN: Final = Fault(
    403,
    N_("Not sent"),
    N_("This form did not come from a page of ours, or the page was open too long."),
    N_("Go back, load the page again and send it once more. Nothing was done."),
)
TOO_LARGE: Final = Fault(
    413,
    N_("Too large"),
    N_("What was sent is larger than this page takes."),
    N_("Send less at once, or a smaller picture."),
)
BAD: Final = Fault(
    400,
    N_("Not understood"),
    N_("The browser sent something that this page cannot read."),
    N_("Go back and try again. Nothing was done."),
)
CRASHED: Final = Fault(
    500,
    N_("Something went wrong here"),
    N_("It is a fault of this system, not of what you did. Nothing was kept of the last step."),
    N_("Try again. If it comes back, give the operator the code and the time below."),
)
FAMILIES: Final[tuple[tuple[type[TracerError], Fault], ...]] = (
    (
        InputError,
        Fault(
            422,
            N_("Not possible"),
            OTHERWISE,
            N_("Go back, change it and try again. Nothing was done."),
        ),
    ),
    (
        PeerError,
        Fault(
            409,
            N_("The other side's message is not in order"),
            N_("What the other authority sent breaks a rule of the exchange."),
            N_("Nothing is lost. Give the operator the code below."),
        ),
    ),
    (
        LineError,
        Fault(
            502,
            N_("The line broke"),
            N_("The other authority could not be reached."),
            N_("It is tried again by itself. You need not do anything."),
        ),
    ),
    (
        OperatorError,
        Fault(
            503,
            N_("The operator must act"),
            N_("This system cannot do it until its operator has put something right."),
            N_("Give the operator the code and the time below. Nothing is lost."),
        ),
    ),
)
"""The four families of errors, and what a reader is told of each."""
STATUS: Final[Mapping[str, Fault]] = {
    "thread-unknown": NOT_FOUND,
    "draft-unknown": NOT_FOUND,
    "message-unknown": NOT_FOUND,
    "attachment-unknown": NOT_FOUND,
    "peer-unknown": NOT_FOUND,
    "person-unknown": NOT_FOUND,
    "team-unknown": NOT_FOUND,
    "role-missing": FORBIDDEN,
    "person-disabled": FORBIDDEN,
    "too-large": TOO_LARGE,
}
"""Codes that are told otherwise than their family."""

TOLD: Final[Mapping[str, str]] = {
    "signed-out": N_("You are signed out."),
    "session-over": N_("Your session is over. Sign in again; what was saved is still there."),
    "password-changed": N_("Your password is changed. All your other sessions have ended."),
    "sessions-ended": N_("The session has ended."),
    "proved": N_("Thank you. You can go on for a few minutes."),
    **sayings.TOLD,
}
"""What a page says at its top about the step before; the key travels in a cookie."""


def fault_of(error: TracerError) -> Fault:
    """What a reader is told of an error."""
    if error.code in STATUS:
        return STATUS[error.code]
    return next((fault for kind, fault in FAMILIES if isinstance(error, kind)), CRASHED)


def refused(error: InputError) -> str:
    """The sentence for what casework refused."""
    return REFUSED.get(error.code) or sayings.REFUSED.get(error.code, OTHERWISE)
