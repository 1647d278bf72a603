"""Resync: what both sides hold is compared with a peer, and what is lost here comes back.

    fetch      the verb: compare page by page, ask for what is missing, put it back
    returned   what a peer returns, judged like anything that comes, then put back or kept aside
    answer     the answering side: what we share with the asker, and nothing of anybody else
    form       the signed request and its pages on the wire

What it does not do: decide that something is lost (`node.restore`), or open a new log
(`succession`).
"""
