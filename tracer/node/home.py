"""The data folder of a node: where everything lies. Mode 0700, files 0600."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracer.errors import OperatorError


@dataclass(frozen=True, slots=True)
class Home:
    """Paths of one data folder."""

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite database; its WAL lies beside it."""
        return self.root / "tracer.db"

    @property
    def attachments(self) -> Path:
        """Ciphertexts of attachments, one file per digest."""
        return self.root / "attachments"

    @property
    def courier(self) -> Path:
        """Where files for a courier are written, and laid to be taken in; empty in between."""
        return self.root / "courier"

    @property
    def evidence(self) -> Path:
        """Where exported evidence is written for the command to carry away; empty in between."""
        return self.root / "evidence"

    @property
    def entry(self) -> Path:
        """Our own current entry file, to hand to peers."""
        return self.root / "entry.json"

    @property
    def high_water(self) -> Path:
        """The highest signed log head, outside the database and its backups."""
        return self.root / "high-water.json"

    @property
    def witnessed(self) -> Path:
        """The heads of others' logs that were cosigned here, outside the database and backups."""
        return self.root / "witnessed.json"

    @property
    def journal_mark(self) -> Path:
        """How far the journal has come, outside the database and its backups."""
        return self.root / "journal-high-water.json"

    @property
    def socket(self) -> Path:
        """The control socket of the running node."""
        return self.root / "control.sock"

    @property
    def restoring(self) -> Path:
        """Present while the node is in restore mode; says why."""
        return self.root / "restore-mode"

    def require(self) -> None:
        """Check that a node lives here.

        Raises:
            OperatorError: `no-node`.
        """
        if not self.entry.exists():
            raise OperatorError(
                "no-node",
                f"there is no node in {self.root}",
                advice="Make one with: tracer init, or name another folder with --data-dir.",
            )
