"""Sentences, by code, of what is about no one case: authorities, figures, people, acts, the node.

The same rules as in `words`, which has those of cases: whole sentences, marked for the catalogues,
chosen by a code of casework; a code that is not here is shown as itself.

What it does not do: say anything in a language (`filters.Speech.say` does).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracer.exchange.accuse import DISPUTES
from tracer.web.ui.texts import N_

Words = Mapping[str, str]
Badged = Mapping[str, tuple[str, str]]
"""Words with the tone of their badge."""

# -- authorities -------------------------------------------------------------------------------

STANDINGS: Final[Badged] = {
    "active": (N_("In use"), "done"),
    "suspended": (N_("Suspended by us"), "stop"),
    "superseded": (N_("Replaced by a new identity"), "quiet"),
}
"""What we have decided about an authority."""
MODES: Final[Words] = {
    "reached": N_("Messages go to their system over the line."),
    "collects": N_("They fetch their messages from us."),
    "courier": N_("Messages go in files that are carried."),
}
OUT: Final[Badged] = {
    "ok": (N_("We reach them"), "done"),
    "failing": (N_("We do not reach them"), "stop"),
    "quiet": (N_("Not tried yet"), "wait"),
    "unused": (N_("Not in use"), "quiet"),
    "courier": (N_("Goes by courier"), "quiet"),
    "fetched": (N_("They fetch what we have for them"), "quiet"),
    "stopped": (N_("Stopped by us"), "stop"),
}
"""Our way to them, or what takes its place."""
BACK: Final[Badged] = {
    "ok": (N_("They reach us"), "done"),
    "failing": (N_("They do not reach us"), "stop"),
    "quiet": (N_("Silent for a week"), "act"),
    "unused": (N_("Nothing ever came"), "quiet"),
    "courier": (N_("Comes by courier"), "quiet"),
    "fetched": (N_("We fetch what they have for us"), "quiet"),
    "stopped": (N_("Stopped by us"), "stop"),
}
"""Their way to us, or what takes its place."""
SIDES: Final[Words] = {
    "ours": N_("The cause is on our side."),
    "theirs": N_("The cause is on their side."),
    "line": N_("The cause is on the line between us, or cannot be told from here."),
}
CAUSES: Final[Words] = {
    "line-certificate": N_("They show another certificate than their entry holds."),
    "line-timeout": N_("No answer in time: their system is slow or down, or a firewall drops it."),
    "line-broken": N_("The connection fails: their system or the network is down."),
    "no-endpoint": N_("Their entry names no address."),
    "answer-too-large": N_("Their answer is longer than allowed."),
    "answer-form": N_("Their answer has the wrong form."),
    "batch-form": N_("Their answer has the wrong form."),
    "peer-unknown": N_("They do not know our certificate: send them our newest entry file."),
    "peer-suspended": N_("They have suspended us: speak to them."),
    "quota": N_("We used up what they take at once; it goes on by itself."),
    "disk-reserve": N_("Their disk is full; it goes on by itself when they have space."),
    "restore-mode": N_("They are restoring from a backup; it goes on by itself."),
    "try-again": N_("Their system could not finish; it goes on by itself."),
    "seal-key": N_("We hold an old key of theirs: ask for their newest entry file."),
    "signing-key": N_("They hold an old entry of ours: send them our newest entry file."),
    "clock-ahead": N_("Our clock is ahead, or theirs is behind: check both."),
    "log-proof-needed": N_("Proof of our log is being exchanged."),
    "log-fork": N_("Statements they signed contradict each other: stop, and speak to them."),
}
"""Why something did not arrive, by the code of the last failure."""
FAULTS: Final[Words] = {
    "log-fork": N_(
        "They signed two statements of their log that contradict each other. The evidence is kept."
        " Speak to them before anything more is exchanged."
    ),
    "log-closed": N_(
        "They go on with a log that they had closed for ever. The evidence is kept. Somebody may"
        " hold an old copy of their system, or its keys: speak to them."
    ),
    "log-unproven": N_(
        "For more than a day they did not prove that their log goes on from what we saw of it."
        " What they send without that proof is refused. Speak to them."
    ),
    "witness-fork": N_(
        "They asked us to witness two statements of their log that contradict each other. The"
        " evidence is kept. Speak to them before anything more is exchanged."
    ),
    "thread-forked": N_(
        "They wrote two different messages in one place of a case. The first counts, the second"
        " was refused and is kept as long as the case. If they lost data, or we refused one of the"
        " two before, there may be a harmless cause: speak to them."
    ),
    "receipt-twice": N_(
        "They gave two different receipts for one message. The first counts, and both are kept."
        " Speak to them."
    ),
    "resync-quarantine": N_(
        "They returned a message that does not count as it came. It was put aside and is kept."
    ),
    "receipt-time": N_(
        "They gave a receipt whose time cannot be right: their clock or ours is off. The receipt"
        " is kept and shown as disputed; everything goes on."
    ),
    "entry-apart": N_(
        "Their system handed on an entry that does not follow from the one we hold. It was not"
        " taken. Speak to them on a known telephone number: if they made a new identity, compare"
        " its fingerprint; if not, somebody else holds a key of theirs."
    ),
    "key-revoked": N_(
        "They sent a message signed with a key that they have revoked, and nothing shows that it"
        " is older. It was refused. Ask them whether they wrote it, and to send it again."
    ),
}
"""What is held against an authority, by its kind (`exchange.accuse.FaultKind`)."""
DISPUTED: Final = frozenset(DISPUTES)
"""Those that hold nothing up."""
NEWS: Final[Words] = {
    "first": N_("This authority is new here."),
    "next": N_("It follows from the entry we hold; a key we know has signed it."),
    "new-log": N_("A key we know has signed it, but it closes their log and begins another."),
    "same": N_("We hold this entry already."),
    "new-identity": N_("It does not follow from the entry we hold: it is a new identity."),
}
"""What an entry file is to us."""
KEY_USES: Final[Words] = {
    "sign": N_("Signing messages"),
    "seal": N_("Sealing messages"),
    "log": N_("Signing the log"),
    "channel": N_("The line"),
    "witness": N_("Witnessing others"),
    "journal": N_("Who did what"),
    "rest": N_("What is kept here"),
}
KEY_STATES: Final[Badged] = {
    "current": (N_("In use"), "done"),
    "old": (N_("No longer used"), "quiet"),
    "revoked": (N_("Revoked"), "stop"),
    "destroyed": (N_("Destroyed"), "quiet"),
}

# -- figures -----------------------------------------------------------------------------------

FIGURES: Final[Words] = {
    "received": N_("Requests received"),
    "acknowledged.in-time": N_("Taken by a person in time"),
    "acknowledged.late": N_("Taken late"),
    "acknowledged.awaited": N_("Not taken yet, in time"),
    "acknowledged.passed": N_("Not taken, time passed"),
    "first-answer.in-time": N_("First answer in time"),
    "first-answer.late": N_("First answer late"),
    "first-answer.passed": N_("No first answer, time passed"),
    "answered.in-time": N_("Answered in time"),
    "answered.late": N_("Answered late"),
    "answered.awaited": N_("Not answered yet, in time"),
    "answered.paused": N_("Clock stands"),
    "answered.passed": N_("Not answered, time passed"),
    "answered.no-target": N_("No target for the answer"),
    "kind.result": N_("Answered with a result"),
    "kind.no-record": N_("No record found"),
    "kind.unidentifiable": N_("Firearm could not be identified"),
    "kind.restricted": N_("Answered, with something left out"),
    "kind.refused": N_("Settled by a refusal"),
    "kind.mixed": N_("Settled in different ways"),
    "refused": N_("Refused on a ground"),
    "delayed": N_("Postponed on a ground"),
    "restricted": N_("Something left out on a ground"),
    "withdrawn": N_("Withdrawn"),
    "lapsed": N_("Lapsed"),
    "reopened": N_("Opened again"),
    "open": N_("Still open"),
    "open.0-7": N_("Open up to 7 days"),
    "open.8-30": N_("Open 8 to 30 days"),
    "open.31-90": N_("Open 31 to 90 days"),
    "open.over-90": N_("Open more than 90 days"),
}
"""Figures in the order of the record; the others of the model are behind the file of receipts."""
TIMES: Final[Words] = {
    "acknowledge": N_("Until a person took it"),
    "first-answer": N_("Until the first answer"),
    "answer": N_("Until the answer"),
}
TRENDS: Final[Words] = {
    "received": N_("Requests received"),
    "answered.in-time": N_("Answered in time"),
    "answered.late": N_("Answered late"),
    "answered.passed": N_("Not answered, time passed"),
}
"""What is followed month by month."""
TERMS: Final[Words] = {
    "acknowledge": N_("A person takes it"),
    "first_answer": N_("First answer or interim reply"),
    "final_answer": N_("Final answer"),
}
"""What terms promise for each urgency."""

# -- the node ----------------------------------------------------------------------------------

LEVELS: Final[Badged] = {
    "act": (N_("Act now"), "stop"),
    "look": (N_("Look soon"), "act"),
    "off": (N_("Off"), "quiet"),
    "ok": (N_("Good"), "done"),
}
"""How a thing is, what is worst first."""
CHECKS: Final[Words] = {
    "disk": N_("Disk"),
    "clock": N_("Clock"),
    "signing key": N_("Signing key"),
    "sealing key": N_("Sealing key"),
    "channel key": N_("Key of the line"),
    "calendar": N_("Calendar"),
    "backup": N_("Backup"),
    "mail": N_("Letters to our people"),
    "scanner": N_("Scanner for malware"),
    "time": N_("Time from outside"),
    "witnesses": N_("Witnesses"),
    "witnessing": N_("Witnessing others"),
    "review": N_("Reviews"),
    "restore": N_("Restore"),
    "evidence": N_("Contradictions"),
    "restore of": N_("Restore of %(peer)s"),
    "entry of": N_("Entry of %(peer)s"),
    "entry at": N_("Our entry at %(peer)s"),
    "calendar of": N_("Calendar of %(peer)s"),
    "agreed with": N_("What is agreed with %(peer)s"),
    "witness": N_("Witness %(peer)s"),
}
"""What was looked at."""
QUEUE: Final[Badged] = {
    "queued": (N_("On its way"), "wait"),
    "held": (N_("Held back"), "act"),
    "undeliverable": (N_("Given up"), "stop"),
}

# -- people ------------------------------------------------------------------------------------

SIGNS_IN: Final[Badged] = {
    "never": (N_("No password yet"), "act"),
    "given": (N_("One-time password given"), "wait"),
    "over": (N_("One-time password too old"), "act"),
    "yes": (N_("Signs in"), "done"),
}

REFUSED: Final[Words] = {
    "entry-invalid": N_("This is no valid entry file. Ask the authority for it again."),
    "entry-old": N_("The authority has replaced this entry by a newer one. Ask for that."),
    "entry-shared": N_("It holds a key or certificate that another authority uses."),
    "exercise-peer": N_("An exercise knows invented States only."),
    "log-known": N_("Their log is known here with other keys. They must begin a new one."),
    "fingerprint-missing": N_("Have the fingerprint read out by telephone and type it here."),
    "fingerprint-differs": N_("This is not the fingerprint of the file. Do not use the file."),
    "file-missing": N_("Choose a file."),
    "succession-none": N_("No restore of this authority waits for a decision."),
    "person-unproved": N_("Say how you made sure that it is this person who asks."),
    "person-self": N_("Nobody does this for themselves. Ask another who keeps people."),
    "person-last": N_("Then nobody could add people any more."),
    "person-exists": N_("This name is taken, and names are never given twice."),
    "confirm-none": N_("Nobody has this account in hand; there is nothing to confirm."),
    "confirm-early": N_(
        "This account is not finished. Wait until they have chosen a password of their own and, "
        "where one is needed, set up a second factor."
    ),
    "confirm-hand": N_(
        "You cannot confirm it: the same person may stand behind both accounts. A third person "
        "does, or the operator at the machine."
    ),
    "confirm-changed": N_("Somebody had the account in hand since you looked. Look again."),
    "name-form": N_("A name is letters, digits and . _ @ -, at most 64 of them."),
    "role-unknown": N_("There is no such role."),
    "team-form": N_("Short names are small letters a to z, digits and -; a name is one line."),
    "team-exists": N_("There is a team of this short name already."),
    "team-member": N_("This person is not in the team."),
    "act-none": N_("Nothing on record is about it."),
    "report-year": N_("This is not a year of cases here."),
    "month-form": N_("Write a month as 2026-03."),
    "figure-unknown": N_("There is no such figure."),
    "declared-value": N_("A total is not negative."),
    "statement-months": N_("Give the first and the last month, in this order, not in the future."),
    "statement-unproven": N_("Not everything it counts can be proven yet. Try again later."),
    "statement-differs": N_("We count otherwise than they do. It was not signed."),
    "statement-parties": N_("This statement is not between them and us."),
    "statement-signed": N_("We have signed this statement already."),
    "message-unknown": N_("No message of this name was sent from here."),
}
"""What casework refuses here; `faults.refused` looks it up."""

TOLD: Final[Words] = {
    "authority-added": N_("The authority is known from now on."),
    "authority-suspended": N_("The authority is suspended. It is told so when it calls."),
    "authority-resumed": N_("The exchange with this authority goes on."),
    "succession-confirmed": N_("The new log of this authority is believed from now on."),
    "notices-seen": N_("Noted as seen."),
    "queued-again": N_("It is tried again now."),
    "person-locked": N_("The account is locked and its sessions have ended."),
    "person-let-in": N_("The account is open again."),
    "person-roles": N_("The roles are changed; the person signs in anew."),
    "person-confirmed": N_(
        "The account is confirmed: it counts as a person of its own. Its sessions have ended."
    ),
    "factor-reset": N_("The second factor is taken away. The next sign-in sets up another."),
    "person-session": N_("The session has ended."),
    "team-added": N_("The team is there."),
    "team-changed": N_("The team is changed."),
    "totals-declared": N_("The totals are kept for the year."),
}
"""What pages say at their top about the step before; with those of `words.TOLD`."""
