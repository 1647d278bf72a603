"""Where HTTP comes in: the listener for peers; pages and API have their place beside it.

Rules
-----
1. The peer is the digest of the public key in its channel certificate, looked up at each request in
   the directory as it is now; a change of directory needs no restart.
2. Sizes, counts and times are bounded before anything is decoded. No request compression.
3. What is wrong with a message is a signed refusal in the answer (status 200); what is wrong with
   the request as a whole is a problem document with a code and nothing else. No stack trace leaves.
4. This room holds no rule of the protocol; it hands bytes to `exchange`.
"""
