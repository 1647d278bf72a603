"""Succession: a restored authority goes on with a new log, and its peers go on with it or do not.

    telling   both sides at work: a restored node tells, a peer answers and keeps what it was told
    form      what is told, and what of it a peer can check

What it does not do: decide to close a log (`casework.restoring`) or open the next (`node.restore`).
"""
