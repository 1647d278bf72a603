"""A known peer turns hostile: it holds its real keys, its channel and a place in the directory.

    enemy      its keys, its log, and every layer of a message built by hand, right or wrong
    wire       a raw line over TLS: bytes out, one parsed answer in, no client library between
    world      a real node under attack, with what is watched: rows, crashes, memory
    mutate     seeded changes of bytes, text and JSON;  corpus: the layers they are applied to

The oracle after every attack (`world.Watch`): no 5xx, no crash, nothing about our inside in an
answer, every refusal signed with a code of `errors.REFUSALS`, and no row more than before unless
a receipt says so.

What it does not do: errors of an honest network (`tests/faults`), keys that nobody knows.
"""
