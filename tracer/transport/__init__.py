"""The only way out of the package: lines to peers, mail server and time-stamp authority.

Beside them `scan`: a socket of this machine, over which files are shown to a scanner for malware.

Rules
-----
1. TLS 1.3, mutual. For each peer its own context whose only trust anchors are the certificates of
   that peer's entry (partial chain): whoever answers with another key fails the handshake, before a
   byte of a message is sent.
2. No redirect is followed, no proxy is used, no URL comes from anywhere but a verified entry.
3. Every body is bounded in size and every request in time; no compression.
4. What the line does is a `LineError`; what the body says is not looked at here.

What it does not do: retry (the queue does) or judge answers (the exchange does).
"""
