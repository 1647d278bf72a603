"""Entries: two authorities bring each other's entry up to date by line, without a person.

    form      what is posted and answered, and which of our entries the other lacks
    taking    what of it is believed, and what is kept against the peer
    handing   both sides at work: handing on, and answering

What it does not do: issue an entry (`node.custody`), follow a log to its successor (`succession`),
or believe a break of the chain: that takes a person (`casework.peers`).
"""
