"""What a change of each table runs against, in the words that `tracer verify --data` shows.

*proved*: against a signature, a digest or a signed root, which whoever writes in the database
cannot make. *by acts*: against what the journal holds of people's acts, which is proved. *derived*:
computed again from what is proved. *held together*: against other rows only, so that whoever
changes all of them alike is not found. A table that is not in `JUDGED` fails a test, and so does a
column of one that can be changed unnoticed and is not in `LOOSE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

JUDGED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "log_origin": "proved: hashed again from its records",
        "log_record": "proved: each record is a leaf under a signed root",
        "log_node": "proved: hashed again from the records",
        "checkpoint": "proved: both signatures, and our own against our records; missed where a "
        "proof, a time stamp or a cosignature stands on it (over our records we can sign another)",
        "message": "proved: its signature, its id, its record in our log; of a purged thread "
        "its id, parties, direction and time only",
        "receipt": "proved: the record and path under the peer's signed head",
        "sender_proof": "proved: the record and path under the peer's signed head",
        "peer": "proved: the entry's signature, and the archive of entries",
        "peer_entry": "proved: signatures, the chain they stand in, the act that took each; ours "
        "from the first on",
        "remembered": "proved: both signatures, and no receipt under a later head",
        "terms": "proved: by their digest, and both signatures where they were agreed; those that "
        "an entry states or an act tells of are here",
        "audit": "proved: each act is a leaf of the journal under a signed head",
        "journal_entry": "proved: each head is a record of our log, and hashed again from the acts",
        "time_stamp": "proved: the token is over the signed head and says its instant; its "
        "signature where the roots of the authority are set (time.roots)",
        "succession": "proved: the first record of the log that it opened commits to it, a peer's "
        "by its announcement; that it was believed, or waits for a person, is an act",
        "reentry": "proved: the record where it says, of the message, with a time before that log",
        "witness_head": "proved: both signatures of its log; the file beside the database",
        "cosignature": "proved: the witness's signature over the head; one is missed where asking "
        "ended well last, and above each log link",
        "log_link": "proved: leads from one signed head to a cosigned one; if missing, asked again",
        "frozen": "proved: by its digest, which the act of purging holds",
        "person": "by acts: added, given roles, locked out",
        "contact": "by acts: the address that was given last; encrypted with its person",
        "draft": "by acts: written, submitted, released; numbered; content opens in its place only",
        "approval": "by acts: each stands in the audit trail at its instant; numbered",
        "hold": "by acts: the first hold since the last was lifted",
        "disposal": "by acts: asked, done or dropped under its number",
        "thread_link": "by acts: what was said of the two last; encrypted with its two threads",
        "declared": "by acts: what was declared last for the year",
        "thread": "derived: computed again from its messages",
        "case": "derived: computed again from the messages; of a purged thread, as it was frozen",
        "cooperation": "derived: computed again from the messages",
        "tally": "derived: added up again from the facts",
        "firearm": "derived: computed again from the messages",
        "attachment": "derived: what the messages announce, and the bytes by their digest",
        "outbox": "derived: each message of ours has its delivery, done where its receipt is",
        "clock": "derived: each thread that is followed has its clock; one that is due before the "
        "newest message excuses nothing",
        "fault": "by acts: each was found at its instant, with its digest; signed heads verify",
        "mail": "not evidence: letters to our own people; each opens in its place only",
        "waiting": "held together: encrypted with its peer and id",
        "waiting_parent": "held together: by what waits",
        "clock_act": "not evidence: which reminders were given",
        "notice": "not evidence: made again by the clocks",
        "peer_state": "not evidence: how the line was",
        "refusal": "not evidence: counts",
        "meta": "not evidence: marks and counters",
        "courier_file": "not evidence: which files were carried; each act is in the audit trail",
        "courier_load": "not evidence: what a file carried",
        "restoring": "not evidence: how far a restore is with each peer",
        "witness_state": "not evidence: how asking witnesses goes",
        "agenda": "not evidence: made again by the clocks",
        "case_word": "not evidence: made again by the clocks",
        "description_word": "not evidence: made again by the clocks",
        "case_description": "not evidence: made again by the clocks",
        "account": "by acts: what was set last, and when, by the digests of its secrets",
        "account_hand": "not evidence: who had an account in hand; each act is in the audit trail",
        "recovery_code": "not evidence: digests of codes that are left",
        "session": "not evidence: who is signed in; each beginning is in the audit trail",
        "sign_in_try": "not evidence: counts",
        "team": "by acts: made, closed and opened",
        "team_member": "by acts: who joined last and did not leave",
        "case_team": "by acts: given, restricted, opened; as it was released",
        "assignment": "by acts: who was assigned last and not taken off",
        "case_note": "by acts: each was written then; opens under its case's key in its place only",
        "transcript": "proved: our signature, its id; its original by digest; and by acts",
        "scan": "not evidence: what a scanner said of a file; a find is in the audit trail",
        "last_seen": "not evidence: who looked when; each reading is in the audit trail",
    }
)
"""What a change of each table runs against."""
_LINE: Final = "how the line was"
_POST: Final = "how the post went"
_CLOCK: Final = "a right code of another time, which opens nothing before one more has followed"
LOOSE: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "account": {"factor_odd": _CLOCK, "factor_apart": _CLOCK},
        "attachment": {
            "offset": _LINE,
            "state": "how far it is fetched; what is whole is checked",
            "path_name": "where it is put together",
            "next_attempt": _LINE,
            "error": _LINE,
        },
        "case": {"undelivered_since": _LINE},
        "clock": {
            "at": "when the thread is looked at next, which makes it again",
            "targets": "made again at the next look",
        },
        "journal_entry": {"hour dated back": "the hour that the clock showed"},
        "log_origin": {
            "at dated on": "no older than its last record",
        },
        "outbox": {
            "seq": "the order of sending",
            "attempts": _LINE,
            "first_attempt": _LINE,
            "next_attempt": _LINE,
            "lease_until": _LINE,
            "last_error": _LINE,
            "created": "when it was queued, or again after it had failed",
            "exchanged": "as their order",
        },
        "remembered": {"seen_at dated on": "when it was seen; no earlier than it was signed"},
        "tally": {"stale": "then it is added up anew"},
        "terms": {
            "at": "when it was kept; of agreed ones, when the later of the two signed",
        },
        "witness_head": {"at dated on": "no earlier than the head"},
        "time_stamp": {
            "deleted": "one that is missing proves less; that none is left is found. An act for "
            "each would make the log of an idle node grow, and be stamped, for ever"
        },
        "log_link": {
            "deleted": "heads come in any order, so that one without a link is no fault; it is "
            "asked for again"
        },
        "reentry": {
            "index": "a place that was lost, each once; which, only the peer's proof shows",
            "exchanged": "as their index",
        },
        "waiting": {"arrived": _LINE},
        "waiting_parent": {"parent": "what it waits for: it comes again with its peer's next try"},
    }
)
"""What of judged tables can be done unnoticed, and why that is borne: columns, or what is done."""
