"""What people do: write, approve, release, answer, read; keep people and peers.

Rules
-----
1. Every act names a person on record. Who may do what stands in one table (`roles`); it is looked
   up inside the transaction that carries the act out, and what the table does not name is refused.
2. One door leads out: `release`. No other verb of this room can make a message be sent, with one
   exception that nobody chooses case by case: `reminding` releases what the policy of the node,
   set by its operator, says beforehand and the same for everybody: reminders and progress
   enquiries, marked `automatic`, which hold no content of the case, a bounded number a thread.
3. Four eyes: whoever has a hand on a draft does not release it. Where policy allows one person, it
   takes a reason, and the release stands on the list for review until somebody else has looked.
   A person is a human, not an account: what one made or reset is no second one (`second`).
4. What is released is the version that was submitted; any change makes a new version that has to be
   submitted again.
5. Reading personal data is on record before anything is shown (`reads`, `attach`, `notes`), and a
   person is shown the cases they need to know: every verb that names a case asks `sight`. Of a case
   they read the groups that their roles read (`roles.GROUPS_READ`).
6. What another State told us goes on to a third only as its handling or its consent allows
   (`papers.handling`, `follow_on`).

One verb a file:

    out         drafts (write), guided (step by step, with profile and completeness), attach
                (files), release (submit, release, reject, review), follow_on, duplicates;
                reminding is the policy's
    by hand     transcribing (enter what came or went by another way)
    seen        reads, lists, owed (what is awaited), witnessed, changes (since one last looked),
                notices and mail/ (our people are told)
    counted     figures/: what became of requests, proved, signed by both, reported; overview (what
                is late and ahead, with whom it lies), table_files (tables that leave)
    looked up   authorities, reach (how the line to each is), upkeep (what waits, health, settings)
    decided     people, teams, assigning, notes; accounts/ (how people show who they are); peers,
                terms/, courier, restoring, disposing (erase and purge)
    proved      evidence/ (a case for a court), trail (who did what)

Beside them: papers/ (the draft as a person writes it and as it is kept), `leaving` (the queue),
`begun` (what a person has to go on with), `looking` (pictures shown with the page of their case),
`effect` (whether a reply would count), `entered` (what came by another way, as it is shown),
`placed` (where a message of ours is), `destroying`, `pace` (very many in an hour), `scanning` (what
a scanner for malware said of files), `roles` (who may do what), `second` (who is another person),
`sight` and `acts_seen` (who sees which case and act), `reasons`, `threads`, `condition` (how the
node is), `particulars` (what the details of acts are called), `words`.

What it does not do
-------------------
It does not sign, seal or send (`exchange` does), does not know how commands or pages look, and does
not judge whether an answer is right.

Decisions
---------
* A draft's content is destroyed at release; the message under its thread's key is all that is
  left, so that a purge reaches everything. Rejected: keeping drafts beside messages.
* Everybody who wrote on any version counts for the four eyes. Rejected: the author alone; an
  officer could rewrite a draft and release it under another's name.

Example:
    >>> draft = await drafts.new("ada", read_file(Path("request.toml")), "XB-NPOC")
    >>> await release.submit_for_release("ada", draft.id)
    >>> (await release.release("ben", draft.id)).thread
"""
