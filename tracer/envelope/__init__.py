"""The envelope: bytes in, signed and sealed bytes out, and back (profile `tracer-1`).

A message is signed first and sealed after, and each layer has exactly one spelling:

    sdjwt    members and groups -> JWS with disclosures; its id is the hash of the JWS
    content  that and the sender's log proof -> one canonical JSON object
    jwe      that -> a seal to one recipient's key (X-Wing, AES-256-GCM)

and beside them `jws` (every other signed object, one `typ` each), `jwk` (keys and their names),
`stream` (attachments), `rest` (our own disk), `limits` (sizes).

Rules that hold in every module:

1. One fixed profile. Headers are compared as bytes, never interpreted: there is nothing to
   negotiate, so nothing to downgrade. Another algorithm is another profile.
2. What is verified is what is parsed: the received bytes, never a re-encoding of them. JSON is
   read so that only one reading is possible.
3. A peer's fault is a `PeerError` with a code of `errors.REFUSALS`; whatever bytes came from
   outside, no other exception leaves this room.
4. A key is checked when it is read, not when it is used; private keys stay loaded.
5. `VerifiedMessage` is made by `sdjwt.verify` alone. What it says is had in one of two ways only:
   `members` reads it strictly; `pieces` is for a reader that writes it again and compares.
6. Cheap checks first: sizes and form cost microseconds, before a key is touched.

Two answers that the drafts and the protocol leave to us. The encapsulated secret stands in the JWE
header as its last member, `ek`, as draft-ietf-jose-hpke-encrypt requires. And one call, `verify`,
checks the signature and the match of digests and disclosures: a message that fails in both is told
of the signature, and one with wrong disclosures is refused before its log proof is looked at.

What it does not do: I/O, clocks, knowing what a message means, whose key a key is, or when it was
valid. It knows nothing about firearms.

Example:
    >>> signed = sdjwt.issue({"type": "request"}, {"narrative": "..."}, key=signing_key)
    >>> names = {"sender": "XA-NPOC", "recipient": "XB-NPOC", "message_id": signed.id}
    >>> sealed = jwe.seal(content.pack(signed.compact, proof), to=their_key, **names)
    >>> arrived, proof = content.unpack(jwe.open_(jwe.parse(sealed), key=seal_key))
    >>> sdjwt.verify(arrived, keys=their_verify_keys).members().groups
    {'narrative': '...'}
"""
