"""The gate: closed while the node restores, or, for what comes in, at the disk reserve.

In restore mode nothing is appended to the log, so nothing is taken in and nothing is released; at
the disk reserve only intake stops, so that what we have to send and its receipts still find room.
When the log's successor is open the gate opens peer by peer: with each, once the way back with it
is gone and its threads are what they were.
"""

from __future__ import annotations

import shutil

from tracer.errors import OperatorError, PeerError
from tracer.log import get_logger
from tracer.node.home import Home
from tracer.trust.private_files import write_private

_log = get_logger("node.gate")


class Gate:
    """Asked before anything is taken in or released."""

    def __init__(self, *, home: Home, reserve: int) -> None:
        self._home = home
        self._mark = home.restoring
        self._reserve = reserve
        self._waiting: frozenset[str] = frozenset()

    def expect(self, peers: frozenset[str]) -> None:
        """With these peers the way back is not gone yet; the gate is open to all others."""
        self._waiting = peers

    def waits(self, peer: str) -> bool:
        """Whether the log's successor is open and the way back with this peer is not gone."""
        return peer in self._waiting and not self.restoring

    @property
    def restoring(self) -> bool:
        """Whether the node is in restore mode."""
        return self._mark.exists()

    def check(self, peer: str = "") -> None:
        """Let a batch or an attachment of a peer in.

        Raises:
            PeerError: `restore-mode` or `disk-reserve`.
        """
        if self.restoring or peer in self._waiting:
            raise PeerError("restore-mode", "this node is restoring and takes nothing in")
        if shutil.disk_usage(self._home.root).free < self._reserve:
            raise PeerError("disk-reserve", "intake stopped to keep the disk reserve")

    def sending(self, peer: str) -> None:
        """Let a peer that collects have what waits for it; the disk reserve does not matter.

        Raises:
            PeerError: `restore-mode`.
        """
        if self.restoring or peer in self._waiting:
            raise PeerError("restore-mode", "this node is restoring and sends nothing")

    def release(self, peer: str) -> None:
        """Let a message of ours to this peer into the log.

        Raises:
            OperatorError: `restore-mode`.
        """
        if peer in self._waiting and not self.restoring:
            raise OperatorError(
                "restore-mode",
                f"after the restore it is not yet known what was exchanged with {peer}",
                advice="It goes on by itself when they are reached. See `tracer restore show`.",
            )
        if self.restoring:
            raise OperatorError(
                "restore-mode",
                "this node is in restore mode and releases nothing",
                advice="See `tracer status` for the cause; finish the restore first.",
            )

    def close(self, cause: str) -> None:
        """Enter restore mode, for a reason that people will read; the first reason stands.

        When it returns, the disk has it: what made us close may not show itself again.

        Raises:
            OperatorError: `private-file-write`.
        """
        if not self.restoring:
            write_private(self._home.restoring, f"{cause}\n".encode(), replace=True)
            _log.error("restore.entered", cause=cause)
