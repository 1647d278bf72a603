"""`tracer status`: how this node and its peers are doing, in plain words and as data.

    nouns      what is said: checks, peers, settings, all of it
    facts      what one read of the store gives
    checks     disk, clock, keys, calendars, backup, restores: each how it is and what to do
    mail       the same of letters
    stamps     the same of time from outside
    witnesses  the same of those who watch our log
    whole      the verb: all of it, from the facts and a few looks at the folder; nobody is called

What it does not do: mend anything, or know how a page looks (`cli`).
"""
