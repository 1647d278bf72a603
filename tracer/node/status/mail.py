"""What `tracer status` says of mail: whether letters go out, and whose they are that do not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tracer.clock import instant
from tracer.config import Config
from tracer.node.status.nouns import Check, Level
from tracer.store import MailStats

WAITS_LONG: Final = timedelta(hours=1)
"""A letter that waits this long is mentioned to the operator."""


def mail_check(config: Config, stats: MailStats, now: datetime) -> Check:
    """How it stands with letters."""
    return Check("mail", *_judged(config, stats, now))


def _judged(config: Config, stats: MailStats, now: datetime) -> tuple[Level, str, str]:
    lost = stats.given_up
    if lost:
        named = "; ".join(f"{person} ({code})" for person, code in stats.lost)
        return (
            "act",
            f"{lost} letter{'' if lost == 1 else 's'} could not be delivered: {named}",
            "Correct the address, and they go again: tracer user contact NAME --mail ADDRESS.",
        )
    if not config.mail.host:
        return "ok", "off, notices stay in Tracer (mail.host)", ""
    waiting = f"{stats.queued} letter{'' if stats.queued == 1 else 's'} waiting"
    if not stats.queued:
        return "ok", "nothing waits", ""
    if stats.error and stats.error not in {"mail-line", "mail-later"}:
        return "act", f"{waiting}, {stats.error}", ADVICE.get(stats.error, "Mend section [mail].")
    if now - instant(stats.oldest) > WAITS_LONG:
        return "look", f"{waiting}, the mail server does not take them", "Is it up? They go later."
    return "ok", waiting, ""


ADVICE: Final = {
    "mail-tls": "The server offers no encryption: another mail.port, or mail.tls implicit.",
    "mail-certificate": "Its certificate is not trusted: see mail.host and mail.ca_file.",
    "mail-ca": "mail.ca_file holds no certificates.",
    "mail-login": "It refuses mail.user or the password behind mail.password.",
    "mail-sender": "It refuses mail.sender.",
}
"""What the operator does about an error of the settings."""
