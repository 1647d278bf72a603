"""Letters to our own people: what they say, in six languages, and how they get on their way.

Rules
-----
1. A letter carries references, never case content: the reference of the case, the other authority,
   what kind of thing is awaited and until when, all from codes. The subject carries no more than
   the reference. Nothing a peer wrote in words can get into one.
2. One data file a language, complete, with the plural forms of that language (CLDR); English is the
   measure of keys and places. Instants stand in UTC and in the local time of our own terms.
3. What is urgent (life at risk, urgent requests, escalation) goes at once, in a letter of its own;
   the rest waits for the digest, one a person and day at a set local hour. Nothing to tell, no
   letter.
4. What has been settled meanwhile, or was looked at, is not written about any more.
5. Each letter is a row, under a key that stands once for a person; made in a transaction, sent with
   none open. A locked out person gets nothing, not even what was queued before.

The way through: `notices` tells people; `writing` makes rows of what is to be written; `text` puts
a letter together from `language`; `post` carries the rows.

What it does not do
-------------------
Reach the network (`transport.mail`), decide when somebody is told (the schedule of the clocks), or
take answers.

Decision: letters are written when they are queued and not when they are sent, so that a letter that
goes twice is the same letter. Rejected: writing at each attempt; a reader could not tell a second
copy from a second notice.
"""
