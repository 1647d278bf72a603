"""Figures of cooperation: counted, proved, signed by both, reported.

    cooperation   what became of our requests, what we did with theirs
    proving       the records of receipt behind each request that a figure counts
    statement     figures of a span that two authorities sign together
    report        the year's report, with small cells hidden

What it does not do: say how facts and figures follow from messages (`model.cooperation`).
"""
