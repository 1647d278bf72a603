"""Errors as people read them: a sentence by code, a page by family.

Casework and the rooms below raise with a stable code; what a reader is told, and with which status
of HTTP, stands here. A code that has no sentence is told as such, with the code.

What it does not do: say anything in a language (`filters.Speech.say` does).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from tracer.errors import InputError, LineError, OperatorError, PeerError, TracerError
from tracer.web.ui import sayings, words
from tracer.web.ui.texts import N_

REFUSED: Final[Mapping[str, str]] = {
    "sign-in-refused": N_("Name or password is wrong, or this account may not sign in."),
    "sign-in-wait": N_("Too many wrong tries. Wait a while, then try again."),
    "sign-in-busy": N_("Too many people are signing in at this moment. Try again."),
    "code-refused": N_(
        "This code is wrong, already used or no longer shown. Type the next one. If none is taken, "
        "let the phone set its time by itself."
    ),
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
    "draft-twice": N_(
        "Somebody has written this already and it has not left. Go on with that draft."
    ),
    "draft-state": N_("The draft has moved on meanwhile. Nothing was done."),
    "marks-full": N_("No more marks fit into this request."),
    "draft-type": N_("This draft is no request."),
    "draft-changed": N_("Somebody changed it since you looked. Nothing was sent: look again."),
    "draft-incomplete": N_("Something that has to be in it is still missing; see below."),
    "recipient-missing": N_("Choose whom to ask."),
    "recipient-bound": N_("It continues another request and was written for this recipient only."),
    "peer-suspended": N_("There is no exchange with this authority at present."),
    "follow-on-own": N_(
        "Only a request of our own is continued, and not with the State that was asked already."
    ),
    "consent-none": N_("Nothing needs consent."),
    "file-empty": N_("The file is empty."),
    "file-too-large": N_("The file is too large."),
    "file-type": N_("It is neither a picture (JPEG, PNG, WebP, TIFF) nor a PDF."),
    "file-heic": N_(
        "This kind of picture (HEIC) is not taken. Set the telephone to JPEG, or send the picture "
        "to yourself by mail."
    ),
    "file-active": N_("The PDF holds a program or files. Print it to a new PDF."),
    "pace-busy": N_("Very many of yours are being opened at once. Try again in a few seconds."),
    "file-found": N_(
        "Something harmful was found in a file. It is never opened and never sent: take it off."
    ),
    "upload-found": N_(
        "Something harmful was found in this file, and it was not kept. Open it nowhere else; tell "
        "the operator."
    ),
    "photo-damaged": N_("The picture is damaged and cannot be opened."),
    "photo-dimensions": N_("The picture has too many pixels. Make it smaller."),
    "photo-frames": N_("The picture moves or has several pages. Send one at a time."),
    "photo-refused": N_("The picture cannot be opened safely."),
    "attachment-full": N_("No more files fit into this request."),
    "attachment-unknown": N_("There is no such file."),
    "attachment-not-here": N_("The file has not arrived yet."),
    "attachment-erased": N_("The content of this file was erased."),
    "attachment-none": N_("There is no file here."),
    "attachment-lost": N_("A file of the draft is gone. Take it off and attach it again."),
    "field-form": N_("This cannot be written so."),
    "field-missing": N_("This is needed."),
    "field-unknown": N_("This part is not known here."),
    "code-unknown": N_("Choose one of those that are offered."),
    "promise-late": N_("This is later than the terms of the request allow."),
    "thread-role": N_("This is for the other side to write."),
    "evidence-outside": N_("They are not in the exchange: nothing of theirs proves a message."),
    "thread-purged": N_("The content of this case was deleted."),
    "draft-unknown": N_("There is no such draft, or you may not see it."),
    "four-eyes": N_("Your own hand is on it: somebody else decides."),
    "four-eyes-account": N_(
        "These two accounts do not count as two persons: one was made or reset by the other, or "
        "both by the same person. Somebody else decides, or a third person confirms the account."
    ),
    "reason-missing": N_("Give a reason of at least 10 characters."),
    "agency-act": N_("You belong to an agency. The people of the authority do this."),
    "agency-release": N_("Officers of the authority release the requests of agencies."),
    "terms-stale": N_("They have new terms since it was written. It has to be written anew."),
    "peer-fault": N_("They contradict what they signed. It is sent with a written reason only."),
    "review-none": N_("This waits for no review any more."),
    "disposal-unknown": N_("Nothing waits under this number any more."),
    "thread-held": N_("A legal hold stops this."),
    "thread-open": N_(
        "It is not settled, or something of it is still on its way. Withdraw or answer it first."
    ),
    "thread-full": N_("No more messages fit here. Open a new request that names this one."),
    "group-absent": N_("This part is not in the message."),
    "transcript-original": N_("Attach the original. Only a telephone call leaves none."),
    "transcript-empty": N_("Say what it says, or attach the original."),
    "transcript-day": N_("This day is still to come, or is none."),
    "transcript-way": N_("Choose one of those that are offered."),
    "transcript-unsent": N_("Enter first on which day our request was sent to them."),
    "transcript-sent": N_("No message of ours waits here to be sent by hand."),
    "transcript-unknown": N_("Nothing was entered here under this number."),
    "transcript-checked": N_("Somebody has compared it already."),
    "state-unknown": N_("There is no such State."),
    "peer-self": N_("That is our own State."),
    "original-none": N_("No original is kept here."),
    "note-empty": N_("A note says something."),
    "note-long": N_("A note has at most 4000 characters."),
    "assign-role": N_("This person may not read cases."),
    "assign-self": N_("One of its team assigns you."),
    "assign-none": N_("This person is not assigned to it."),
    "team-unknown": N_("There is no such team."),
    "team-closed": N_("This team is closed."),
    "team-needed": N_("Give the case to a team first."),
    "link-self": N_("That is one and the same case."),
    "too-large": N_("It is too large to be handed out in one piece."),
    "group-unknown": N_("This part is not known here."),
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
HARMFUL: Final = Fault(
    422,
    N_("Not opened"),
    N_("Something harmful was found in this file. It is never opened here; it stays as evidence."),
    N_(
        "Ask the other authority to send it anew, and tell them what was found. Tell a supervisor "
        "and the operator, too."
    ),
)
UNSCANNED: Final = Fault(
    503,
    N_("Not opened yet"),
    N_("The scanner for malware has to see this file first, and it does not answer."),
    N_("Tell the operator to start the scanner. Then open the file again; nothing is lost."),
)
TOO_LARGE_TO_SCAN: Final = Fault(
    503,
    N_("Not opened yet"),
    N_("The scanner for malware has to see this file first, and takes none so large."),
    N_(
        "Tell the operator to raise the scanner's limits. Then open the file again; nothing is "
        "lost."
    ),
)
BUSY: Final = Fault(
    429,
    N_("In a moment"),
    N_("Very many of yours are being opened at once. Those come first."),
    N_("Wait a few seconds, then try this one again."),
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
    "mark-unknown": NOT_FOUND,
    "message-unknown": NOT_FOUND,
    "attachment-unknown": NOT_FOUND,
    "peer-unknown": NOT_FOUND,
    "person-unknown": NOT_FOUND,
    "team-unknown": NOT_FOUND,
    "disposal-unknown": NOT_FOUND,
    "role-missing": FORBIDDEN,
    "person-disabled": FORBIDDEN,
    "too-large": TOO_LARGE,
    "pace-busy": BUSY,
    "file-found": HARMFUL,
    "scanner-down": UNSCANNED,
    "scanner-size": TOO_LARGE_TO_SCAN,
}
"""Codes that are told otherwise than their family."""


def fault_of(error: TracerError) -> Fault:
    """What a reader is told of an error."""
    if error.code in STATUS:
        return STATUS[error.code]
    return next((fault for kind, fault in FAMILIES if isinstance(error, kind)), CRASHED)


def refused(error: InputError) -> str:
    """The sentence for what casework refused; of a message that it objects to, which is ours."""
    if error.code in words.OBJECTIONS:
        return words.OBJECTIONS[error.code].we
    held = (REFUSED, sayings.REFUSED)
    return next((one[error.code] for one in held if error.code in one), OTHERWISE)
