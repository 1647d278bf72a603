"""What came or went by another way, on paper or by telephone; and States with no node.

Purpose
-------
No officer keeps two books. An answer in an envelope, a request over a telephone or a channel of a
police organisation is entered by an officer, with the original beside it; a request to a State that
runs no node is written, released and printed here, and stands in the same list.

What a transcription is
-----------------------
*In evidence*: a statement that our own authority signs (`statement`): how and when it came, from
whom, with which number, who entered it, the digest of the original, and what it says in the codes
of a message where its kind is known. It is an SD-JWT of its own `typ`, so that it can be taken for
a message of nobody, least of all of the other State. The act of entering it, with its id, is a leaf
of the journal, whose heads stand in our log: `tracer verify --data` finds a change of any of it. It
has no record in the log and no receipt: nobody else ever had it.

*In the fold*: of a thread that is exchanged it is no part; the fold is the same on both nodes, and
only one of them has the paper. Clocks, state and figures stay what the messages say. A thread with
a State that has no node (`model.ids.outside`) is folded here alone, from our messages and from what
was entered (`course`): a message of ours counts from the entry that it was sent, as another counts
from its receipt. It has no terms, so no clocks, and no reminder is ever written to it.

*In lists and figures*: cases of such States stand in the list of requests with the others and can
be narrowed to. They are in no figure: cooperation, tally, year's report leave them out.

*After a restore*: it is in the backup. What was entered after the backup is lost like local notes,
as nobody can give it back; the original on paper is entered once more.

*Under erase, purge, legal hold*: it opens under its thread's key only. Erasing a group takes the
group out of the statement, whose signature and id stay, and destroys the original, out of which
nothing can be cut. A purge leaves its id, who entered it and when. A hold keeps it.

Rules
-----
1. Our messages to such a State go through the one door (`casework.release`): signed, logged, kept;
   not queued. Nothing of them is transported by the node.
2. What is entered counts at once; a second person compares it with the original afterwards, and
   until then it is marked. Rejected: holding it back until then. A telephone call at night about a
   life at risk has to be seen by whoever works on the case.
3. No authority may be called `CC-OUTSIDE` (`trust.entry` refuses it).

Decisions
---------
* A table of its own beside the thread. Rejected: rows of `message`, with a record of a kind of its
  own in our log; whatever reads messages (receipts, proofs, resync, bundles, other implementations)
  would have to know that these are none, and one that forgot would show a State's answer that the
  State never signed.
* The original in the database. Rejected: the shelf of files; what lies there is announced by a
  message, and backup, purge and check go by that.
"""
