"""Telling systemd how we are: ready, alive, stopping. Without systemd it does nothing."""

from __future__ import annotations

import asyncio
import os
import socket


def notify(state: str) -> bool:
    """Send one state (`READY=1`) to the socket that systemd named; False if it named none."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.connect(address)
            channel.send(state.encode())
        except OSError:
            return False
    return True


async def watchdog() -> None:
    """Report from the event loop twice per interval, as long as it turns; never returns."""
    interval = int(os.environ.get("WATCHDOG_USEC", "0")) / 2_000_000
    while interval > 0:
        notify("WATCHDOG=1")
        await asyncio.sleep(interval)
