"""What the node tells its people of itself: the port of `casework.upkeep`."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.casework.upkeep import Finding, Health, Journalled, KeyLine, SettingLine
from tracer.node.check.journal import journal_of
from tracer.node.rooms import Rooms
from tracer.node.status.facts import BACKUP_MARK
from tracer.node.status.whole import status


@dataclass(frozen=True, slots=True)
class NodeWatch:
    """Looks at the rooms of a running node."""

    rooms: Rooms

    async def health(self) -> Health:
        """How it is doing, as `tracer status` says it."""
        found = await status(self.rooms, running=True)
        backup = await self.rooms.store.read(lambda tx: tx.meta.get(BACKUP_MARK))
        return Health(
            version=found.version,
            at=found.at,
            mode=found.mode,
            fingerprint=found.fingerprint,
            restoring=found.restoring,
            findings=tuple(
                Finding(
                    what=one.what.removesuffix(f" {one.peer}") if one.peer else one.what,
                    level=one.level,
                    code=one.code,
                    advised=one.advised,
                    values=one.values,
                    peer=one.peer,
                )
                for one in found.checks
            ),
            backup=backup or "",
            log=found.log,
            refusals=found.refusals,
        )

    def keys(self) -> tuple[KeyLine, ...]:
        """Its keys, in the order they were made."""
        return tuple(KeyLine(**row._asdict()) for row in self.rooms.keyring.describe())

    def settings(self) -> tuple[SettingLine, ...]:
        """Its settings, in the order of the settings file."""
        return tuple(
            SettingLine(
                name=row.name,
                value=_written(row.value),
                default=_written(row.default),
                unit=row.unit,
                origin=row.origin,
                text=row.text,
                changed=row.value != row.default,
            )
            for row in self.rooms.config.describe()
        )

    async def journalled(self) -> Journalled:
        """The whole journal, checked beside the work of the node."""
        found = await journal_of(self.rooms, lambda _what, _done, _total: None)
        return Journalled(
            journals=found.journals,
            acts=found.acts,
            erased=found.erased,
            entries=found.entries,
            faults=tuple((one.where, one.what) for one in found.faults),
        )


def _written(value: object) -> str:
    """A value as the settings file writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
