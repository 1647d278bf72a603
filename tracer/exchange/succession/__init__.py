"""Succession: a restored authority goes on with a new log, and its peers go on with it or do not.

    telling   the restored side at work: it tells a peer
    hearing   the peer's side at work: it goes on with the new log, or waits for a person
    form      what is told, and what of it a peer can check

What it does not do: decide to close a log (`casework.restoring`) or open the next (`node.restore`).
"""
