"""Our log at work, and the logs of peers as we have seen them.

    ledger       our log: committed heads are signed, proofs handed out
    journal      the head of who did what, entered once an hour
    time_stamp   a stranger dates what we signed
    peerlog      a peer's log: each checkpoint it shows is held against the one we remember
    history      a peer is asked to join the heads of its log that we hold
    closed       what a peer signs for a log that it has closed for ever

What it does not do: know the form of a head or a proof (`tracer.evidence`), or keep them (`store`).
"""
