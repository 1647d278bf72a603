"""The demonstration: three authorities, three processes, one pistol traced across States.

Every step is what people do with a real node: drafts, a second person's release, TLS between
processes, receipts, answers. Nothing is simulated but the people. Messages are marked as tests,
every page of the desks as an exercise, and the States XA, XB and XC do not exist.

`cast` makes the three nodes, `desks` gives each role an account at their pages, `stage` runs their
processes, `papers` holds what is written, `photos` draws the pictures, `story` tells it, `timeline`
prints it.
"""
