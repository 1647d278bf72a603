"""The gate: closed while the node restores, or, for what comes in, at the disk reserve.

In restore mode nothing is appended to the log, so nothing is taken in and nothing is released; at
the disk reserve only intake stops, so that what we have to send and its receipts still find room.
"""

from __future__ import annotations

import shutil

from tracer.errors import OperatorError, PeerError
from tracer.log import get_logger
from tracer.node.home import Home

_log = get_logger("node.gate")


class Gate:
    """Asked before anything is taken in or released."""

    def __init__(self, *, home: Home, reserve: int) -> None:
        self._home = home
        self._mark = home.restoring
        self._reserve = reserve

    @property
    def restoring(self) -> bool:
        """Whether the node is in restore mode."""
        return self._mark.exists()

    def check(self) -> None:
        """Let a batch or an attachment of a peer in.

        Raises:
            PeerError: `restore-mode` or `disk-reserve`.
        """
        if self.restoring:
            raise PeerError("restore-mode", "this node is restoring and takes nothing in")
        if shutil.disk_usage(self._home.root).free < self._reserve:
            raise PeerError("disk-reserve", "intake stopped to keep the disk reserve")

    def sending(self) -> None:
        """Let a peer that collects have what waits for it; the disk reserve does not matter.

        Raises:
            PeerError: `restore-mode`.
        """
        if self.restoring:
            raise PeerError("restore-mode", "this node is restoring and sends nothing")

    def release(self) -> None:
        """Let a message of ours into the log.

        Raises:
            OperatorError: `restore-mode`.
        """
        if self.restoring:
            raise OperatorError(
                "restore-mode",
                "this node is in restore mode and releases nothing",
                advice="See `tracer status` for the cause; finish the restore first.",
            )

    def close(self, cause: str) -> None:
        """Enter restore mode, for a reason that people will read; the first reason stands."""
        if not self.restoring:
            self._home.restoring.touch(mode=0o600)
            self._home.restoring.write_text(f"{cause}\n", "utf-8")
            _log.error("restore.entered", cause=cause)
