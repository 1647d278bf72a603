"""Witnesses: nodes that have seen each other's logs, and say so under their heads.

    cosign       our newest head goes to the witnesses we chose
    answer       a peer shows its head, and we cosign it if it continues what we signed before
    memory       what we have cosigned, once more outside the database and its backups
    witnessed    two nodes show each other the newest head that witnesses have signed
    to_witness   the way of a witness that opens no port
    view         how far our log has been seen

What it does not do: judge what may be signed (`evidence.witnessing`), or choose witnesses (the
entry names them, `trust`).
"""
