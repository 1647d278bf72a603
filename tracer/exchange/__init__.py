"""What nodes do with each other, one verb a file, each read top to bottom as numbered steps.

    out         submit, then deliver: parcel (claim, prove, sealing), batch (on the line), settle
                (verdicts, refusals); backoff, shown
    in          receive: checks, log/peerlog, then admit: threads, allowance, waiting, projection
    by collect  the same, where only one side can open a port
    files       uploads
    by hand     courier/
    logs        log/: ours at work, those of peers as we have seen them
    witnesses   witness/
    after loss  resync/ (what is lost comes back), succession/ (the next log)
    who         greetings, introduce, partner, inforce (which terms count); entries/ (the next entry
                of each side, by line)
    due         clocks/
    told        closings (of cases, as acts)

Rules
-----
1. A message is signed, stored, logged and queued in ONE transaction (`submit`); it leaves from the
   queue only (`deliver`), so a crash anywhere sends the same bytes, hence the same id, again.
2. No network call is made while a transaction is open.
3. What comes in passes the numbered checks of the protocol in their order (`checks`, then the
   thread rules in `threads`); before the last of them nothing is written but a counter.
4. `Candidate` (checked alone) and `Accepted` (fits its thread) are types: the store takes only what
   `threads.admit` returned.
5. A receipt is the proof of the `received` record, given after the commit, never before it.
6. One checkpoint serves all that was committed together (`ledger`): signatures are paid per batch.

What it does not do
-------------------
It does not decide what an officer may send (`casework`), does not know HTTP (`transport`,
`web.peer`), and does not judge whether an answer is a good one (`model`).

Decisions
---------
* The follow-up of a thread (`follows`) is set inside the transaction that signs, under the lock of
  the thread's row. Rejected: setting it in the draft; two officers would fork their own thread.
* The checks of one batch run outside the event loop, the thread rules inside the one write
  transaction. Rejected: one transaction per message; it pays one fsync and two signatures each.
"""
