"""Trust: whom to believe, with which keys, until when, and the custody of our own keys.

    nouns      what an authority's entry holds, and the rules of one entry
    entry      signing and verifying entries, their chain, the fingerprint read aloud
    agreement  terms between two authorities, signed by both
    validity   when a signing key speaks for its owner
    directory  an immutable snapshot of all peers with their keys loaded
    channel    mutual TLS 1.3 in which a peer is the digest of its key
    keyring    our private keys in one encrypted file (`ring_file`, `kek`, `private_files`)
    issue      our own next entry
    calendar_proposal   holidays and clock changes, for a person to correct before they are signed

Rules: nothing is believed because of where it came from, only because of who signed it. What a
key means is fixed when it is published. A key belongs to one authority. Rules are pure, take the
time as an argument, and raise; only `private_files`, `kek` and `channel` touch the machine.

What it does not do: fetch or store entries, talk to peers, or admit anybody: a person compares
eight groups of digits by voice and decides.

Example:
    >>> peer = Directory.of([Listing(verify_entry(data))]).by_channel(peer_spki(connection))
"""
