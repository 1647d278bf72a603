"""What every worker needs: a bell that wakes it, and a round that may fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tracer.errors import TracerError
from tracer.log import get_logger

_log = get_logger("node.workers")


class Bell:
    """Wakes the worker of a peer; ringing before it waits is not lost."""

    def __init__(self) -> None:
        self._events: dict[str, asyncio.Event] = {}

    def ring(self, authority: str) -> None:
        """Wake the worker of `authority`."""
        self._event(authority).set()

    async def wait(self, authority: str, seconds: float) -> None:
        """Return when rung, or after `seconds`."""
        event = self._event(authority)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return
        finally:
            event.clear()

    def _event(self, authority: str) -> asyncio.Event:
        return self._events.setdefault(authority, asyncio.Event())


async def guarded(work: Callable[[], Awaitable[float]], *, otherwise: float) -> float:
    """Run one round; an error is logged and the round tried again after `otherwise` seconds."""
    try:
        return await work()
    except TracerError as error:
        _log.warning("worker.failed", code=error.code)
    except Exception:  # noqa: BLE001 - a worker is started again whatever it died of
        _log.error("worker.crashed", exc_info=True)
    return otherwise
