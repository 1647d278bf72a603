"""The evidence bundle: one file for the court, and its verifier. Pure.

A bundle is a zip of one thread: every message as it was signed, the proofs that it stands in both
logs, the checkpoints these lead to, the entries that say whose keys those are, and a manifest that
the exporting node signed. Whoever has the file checks it with no node, no network and no settings.

    archive     the zip, of which only one spelling is read
    forms       names, kinds and the JSON inside: manifest, proofs, what was left out
    write       facts to bytes: the same facts and instant give the same bytes
    findings    what a verifier says: proved, relied on, open, not judged, wrong
    window      bytes that lie somewhere, read piece by piece; contents: the files by name
    verify      the steps over the whole file
    entries     whose keys, the chains they stand in, and what a reader pinned
    logs        checkpoints, and whether those of one log stand in one history
    outside     what witnesses and time-stamp authorities say of these
    thread      messages, their proofs, their place in the thread, their files
    layer_forms, layers    what renewals put around a bundle: written, and judged

Rules:
    Verification names, it does not raise: a damaged file gets every finding it deserves, each with
    the file and what that file means. Only what is no bundle at all is one finding.
    A kind that is not known is reported as not judged, never passed over.
    Nothing is unpacked to disk, followed or run. The report inside is an explanation made by the
    exporter, not the evidence, and is said to be.

The twelve points by which evidence outlives its makers, and where each is answered:
     1 exact bytes signed        `messages/` holds each JWS as sent, never written anew
     2 routing and content       the signature covers parties, thread, `follows`, digests of groups
     3 keys of the time          `entries/` holds the entries with their chain; `trust.validity`
                                 judges each key at the time of its message, revocations included
     4 directory version         the entries are signed, numbered and named by digest; fingerprints
                                 are shown to the reader
     5 time from outside         `cosigned/` (witnesses), `tokens/` (RFC 3161), judged by `outside`;
                                 without them the times are those of the two authorities, and the
                                 verifier says so
     6 inclusion, consistency    `proofs/`, `consistency/`
     7 two signature families    every checkpoint carries Ed25519 and ML-DSA-44, both required. The
                                 messages carry Ed25519 alone; their digest stands in both logs
     8 renewal                   a later layer goes around the whole file (`layers`)
     9 salted commitments        a withheld or erased group leaves signature, id and proofs valid
    10 open formats              zip without compression, JSON, C2SP notes, SD-JWT
    11 verifier alone            `tracer verify FILE.zip`; chapter 28 of PROTOCOL.md and the vectors
                                 in schemas/vectors/bundle for a second one
    12 trust inputs named        findings of level `trust`; pinned by `--trust`, `--entry` and
                                 `--tsa-root`

Decisions, with what was rejected:
    A room of its own between `trust` and the store: it needs messages, proofs and entries, and no
    node. Rejected: inside `trust` (it knows nothing of messages) or `casework` (a verifier must not
    need a store).
    Members are stored, not compressed: what is large is ciphertext, no other program's compressor
    enters the bytes, and nothing can expand. Rejected: deflate (a third smaller without photos).
    Only the writer's own spelling of the zip is read. Rejected: a library's reader; zip has many
    spellings of one content, and two readers that differ see two files.
    The manifest is plain JSON beside a signature over its digest. Rejected: the manifest as payload
    of the JWS, which a person cannot read with an editor and which has a bound of 96 KiB.

    The entries of witnesses stay out: they name people who have nothing to do with the case. The
    reader gives those that he wants to compare. Rejected: a file that needs nothing else for that.

What it does not do: read a store (`casework.evidence` does), decide who may export, or say what a
court should think.
"""
