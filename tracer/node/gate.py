"""The gate before intake: closed while the node restores, or when the disk reserve is reached."""

from __future__ import annotations

import shutil

from tracer.errors import PeerError
from tracer.node.home import Home


class Gate:
    """Checked before a batch or an attachment is read; our own sending does not pass it."""

    def __init__(self, *, home: Home, reserve: int) -> None:
        self._home = home
        self._reserve = reserve

    def check(self) -> None:
        """Let the request in.

        Raises:
            PeerError: `restore-mode` or `disk-reserve`.
        """
        if self._home.restoring.exists():
            raise PeerError("restore-mode", "this node is restoring and takes nothing in")
        if shutil.disk_usage(self._home.root).free < self._reserve:
            raise PeerError("disk-reserve", "intake stopped to keep the disk reserve")
