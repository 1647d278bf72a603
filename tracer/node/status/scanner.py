"""What `tracer status` says of the scanner for malware: whether it answers."""

from __future__ import annotations

from tracer.errors import OperatorError
from tracer.node.status.nouns import Check, check
from tracer.transport.scan import Scanner


async def scanner_check(scanner: Scanner | None) -> Check:
    """Ask it."""
    if scanner is None:
        return check("scanner", "off", "scanner.off")
    try:
        await scanner.ping()
    except OperatorError:
        return check("scanner", "act", "scanner.down", "scanner.start")
    return check("scanner", "ok", "scanner.answers")
