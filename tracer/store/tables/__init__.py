"""Every table of the node, in one metadata; whoever imports a part of this room has all of it.

    columns    columns of our few kinds, and the metadata
    exchange   logs, threads, messages, queue, peers, people, drafts, who did what
    clocks     terms, clocks, notices, mail, figures, firearms
    courier    what travels by hand
    restore    restores, successions, holds, what was erased and purged
    accounts   how people show who they are, teams, assignments, notes
    lists      what lists of cases are sorted and searched by
    scans      what a scanner for malware said of files
    witness    heads that were cosigned, here and elsewhere

Instants are text of the wire (`2026-03-01T12:00:00.000Z`): they sort as they read, on every
database. What can be personal is a blob, encrypted before it comes here; what is in the clear is
coded, an identifier or technical. `WITHOUT ROWID` is used where rows arrive in key order, so that
one B-tree is written instead of two; other databases ignore it.
"""

from tracer.store.tables import accounts, clocks, courier, exchange, lists, restore, scans, witness

__all__ = ["accounts", "clocks", "courier", "exchange", "lists", "restore", "scans", "witness"]
