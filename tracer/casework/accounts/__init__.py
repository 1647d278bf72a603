"""Accounts: how a person on record shows at the desk who they are.

An account hangs on the person record (`people`): a password, a second factor, sessions. It adds no
right; what a person may do stands in `roles` alone.

Rules
-----
1. A keeper of people gives a one-time password, shown once; the first sign-in with it leads to
   nothing but choosing a password of one's own, and then to the second factor.
2. A sign-in goes in stages, each under a token of its own: after the password the code; then,
   where due, a new password or enrolment; then the desk. A session that is not `Stage.OPEN` can do
   nothing but its next step.
3. An unknown name gets the answer and costs the work of a known one, and is throttled alike. What
   was typed as a name is written down nowhere.
4. Too many wrong tries, of one account or from one address, make the next one wait; the wait ends
   by itself and ends no session of somebody who is at work.
5. A session is a row here and a random token there; the row holds the token's hash. It ends when it
   was idle, when its time is over, when its owner or a keeper ends it, and with all others of that
   person at a new password, a lock-out and a change of roles.
6. What could give others power (keys, peers, people, a release by one person) takes a proof that
   is minutes old (`roles.STEP_UP`, `Sessions.check_fresh`): of the second factor, where they have
   one.
7. Everything is in the audit trail; no secret is, and nothing that was typed.

One verb a file: `sign_in`, `sessions`, `passwords`, `factor`. Beside them `rules` (which passwords
are taken), `throttle`, `policy` (times and limits).

What it does not do
-------------------
Cookies, forms and pages (`web`); commands ask as the operating system's user and have no session.
Passkeys and single sign-on have no place yet.

Decisions
---------
* The second factor is a code of RFC 6238; rejected: codes by mail or message, which travel outside.
* No composition rules and no ageing of passwords (NIST SP 800-63B): length, and a list of what is
  guessed first.

Example:
    >>> opened = await sign_in.begin("ada", password, address="192.0.2.7")
    >>> opened = await sign_in.code(opened.token, "492039", address="192.0.2.7")
    >>> (await sessions.resume(opened.token)).person
    'ada'
"""
