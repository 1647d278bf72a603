"""The tasks of a running node. State is in the database only: one that crashes is started again.

    bell         wakes a worker; a round that fails is logged and tried again
    peers        two tasks for each peer: messages, and attachments
    clocks       what is due in threads
    mail         letters to our own people
    journal      the head of who did what, once an hour
    stamping     our heads dated by a stranger
    witnessing   our heads to witnesses, and what others chose us for
    entries      our entry to every peer, and theirs to us
    restoring    the way back with each peer after a restore
    tidy         counters into the store, the waiting room kept short

What it does not do: decide what is sent or told (`exchange` and `casework` do).
"""
