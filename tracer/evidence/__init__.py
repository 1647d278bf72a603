"""Evidence: that something was sent or received, and when, for anyone and for decades.

Each authority keeps one append-only log. What it sends and what it receives is a *record*; the
record's digest is a leaf of a Merkle tree; the tree's head is signed as a *checkpoint*; a *proof*
is a record with its path to a checkpoint. A message travels with the proof of its `sent` record,
a receipt is the proof of a `received` record. This room is bytes in, values or errors out: it
has no clock, no disk and no network.

    record      the exact bytes behind a leaf, and its hash
    merkle      RFC 9162: growth, inclusion and consistency, addressed by complete subtrees
    checkpoint  the signed head: C2SP note, Ed25519 and ML-DSA-44, both required
    proof       the wire forms, `check_proof`, and `compare` for forks
    cosignature what a witness says of a head, and the quorum
    witnessing  what a witness is asked, and what it may sign
    note        signed notes, read strictly
    journal     who did what here: the bytes behind a leaf of the node's second log
    timestamp   a stranger's word for when a checkpoint existed (RFC 3161)

Rules:
    Verification raises and never returns a bool. What a peer sent badly is a `PeerError` with a
    code of `errors.REFUSALS`; what a caller here did wrong is a `ValueError`.
    Only `sign_checkpoint` and `verify_checkpoint` make a `Checkpoint` from something else than
    one that was verified before; `check_proof` and `compare` rely on it.
    A head is signed after the commit of what it covers, never before (`exchange` and `store`).

Decisions, with what was rejected:
    One log per authority with salted digests. Rejected: one signature per receipt (a deleted or
    backdated receipt leaves no trace); a shared log (somebody would have to run it, and its
    sizes would show everyone's traffic to everyone).
    Public formats: RFC 9162 and C2SP, so that tools of others can read a log of ours. Rejected:
    an own binary form (smaller, but nobody else can check it), RFC 6962 tree heads (no second
    algorithm, no witnesses).
    Hashing is SHA-256 throughout, named by the profile and not negotiated; a change is a new
    profile and a new log.
    Narrow reading: canonical base64, one order of members, no extension lines. Rejected: being
    liberal in what is accepted; two readers of one piece of evidence must not differ.

What it does not do: keep a log (`store`), decide when to sign or what to remember (`exchange`),
say which keys or witnesses are a State's (`trust`), or judge a time.

Example:
    >>> raw = new_record(kind=Kind.SENT, id=message_id, sender="XA-NPOC", recipient="XB-NPOC",
    ...                  at=now, salt=salt)
    >>> grown = append(size, [leaf_hash(raw)], nodes)
    >>> head = sign_checkpoint(origin=key.origin, size=grown.new_size, root=grown.root, at=now,
    ...                        key=key)
    >>> path = inclusion_path(size, head.size, nodes)
    >>> Proof(record=raw, index=size, size=head.size, path=path).to_wire()["index"] == size
    True
"""
