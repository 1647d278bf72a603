"""Checking what this node holds as a stranger would: from the bytes, trusting no stored result.

    whole      the steps in their order, and what came of them
    findings   faults, counts, the keys of everybody
    log        our logs hashed again, their nodes, every signed head, the high-water mark
    threads    messages, proofs, deliveries, files, and all that follows from messages
    closings   cases that are closed, and the acts that tell of it
    journal    acts of people against the journal, the journal against the exchange log
    books      entries, terms, memory of peers, people and their acts
    pool       the share of other processors

Every table is judged; `store.survey.JUDGED` says against what. What no node can see by itself: a
log that was cut and signed again with its own key, together with all that tells of the difference.
Then the memory of others tells: the heads of our log that peers show at each start
(`restore.check`), and those in evidence files of others (`tracer verify --data --against FILE`).

A finding is reported and the check goes on. What it does not do: repair, or ask anybody.
"""
