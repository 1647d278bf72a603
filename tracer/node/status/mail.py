"""What `tracer status` says of mail: whether letters go out, and whose they are that do not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tracer.casework.condition import ADVICE
from tracer.clock import instant
from tracer.config import Config
from tracer.node.status.nouns import Check, check
from tracer.store import MailStats

WAITS_LONG: Final = timedelta(hours=1)
"""A letter that waits this long is mentioned to the operator."""


def mail_check(config: Config, stats: MailStats, now: datetime) -> Check:
    """How it stands with letters."""
    lost, waiting = stats.given_up, stats.queued
    if lost:
        whose = "; ".join(f"{person} ({code})" for person, code in stats.lost)
        return check("mail", "act", "mail.lost", "mail.contact", n=lost, whose=whose)
    if not config.mail.host:
        return check("mail", "off", "mail.off")
    if not waiting:
        return check("mail", "ok", "mail.none")
    if stats.error and stats.error not in {"mail-line", "mail-later"}:
        advised = stats.error if stats.error in ADVICE else "mail.section"
        return check("mail", "act", "mail.failing", advised, n=waiting, error=stats.error)
    if now - instant(stats.oldest) > WAITS_LONG:
        return check("mail", "look", "mail.refused", "mail.later", n=waiting)
    return check("mail", "ok", "mail.waits", n=waiting)
