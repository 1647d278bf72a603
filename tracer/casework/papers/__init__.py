"""A draft as a person writes it and as it is kept, and what it is held against.

    documents   a TOML or JSON file becomes a message, and back
    friendly    the words a person writes, and the plain data of a message
    paper       the draft as it is kept: versions, and every hand on it
    promise     what a request is written under, and what an acknowledgement says about it
    handling    may what another State told us go on to a third
    files       one told otherwise, one taken out, none named any more
    keyed       which mark of a firearm records key on
    alike       lines of other cases that may be of the same firearm

What it does not do: judge who may write (`drafts`), or let anything out (`release`).
"""
