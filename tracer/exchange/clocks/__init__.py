"""What falls due in threads, and what is kept of a thread whenever it is looked at.

    tick           the verb: threads that are due are looked at, what is due is done
    facts          the facts of cooperation of a thread, kept beside its case row
    fingerprints   what a thread asks about, kept so that the same firearm is found again

What is due, and when, is judged in `model.clocks`; who is told or written to are ports
(`tick.Acts`) that `casework` implements.

What it does not do: run by itself (`node.workers.clocks` does), or say anything to anybody.
"""
