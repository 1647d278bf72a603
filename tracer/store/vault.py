"""Encryption at rest: one random key per thread, wrapped by the keyring's key.

A blob is bound to its place: its associated data is the id of its row and the name of its column,
so that no ciphertext can be moved to another row unnoticed. Destroying the wrapped key of a thread
makes all its blobs unreadable (purge).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from sqlalchemy import Connection, select

from tracer.envelope import rest
from tracer.errors import OperatorError
from tracer.store.dialect import Prepared, chunks, listed
from tracer.store.group import Group
from tracer.store.tables import exchange as tables

_SEPARATOR: Final = "~"
_KEYS: Final = Prepared(
    select(tables.thread.c.id, tables.thread.c.key).where(
        tables.thread.c.id.in_(listed("threads")), tables.thread.c.key.is_not(None)
    )
)


class Vault:
    """Encrypts and decrypts within one transaction."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group
        self._rest_key = group.shared.rest_key

    def new_key(self, thread: str) -> bytes:
        """Make the key of a new thread; returns it wrapped."""
        key = rest.new_key()
        self._group.keys[thread] = key
        return rest.wrap(key, self._rest_key, thread.encode())

    def drop_key(self, thread: str) -> None:
        """Forget the key of a purged thread."""
        self._group.keys.pop(thread, None)
        self._group.dropped.append(thread)

    def keys(self, threads: Iterable[str]) -> dict[str, bytes]:
        """The keys of threads; those that are purged or unknown are left out."""
        found: dict[str, bytes] = {}
        missing = []
        pending, cache = self._group.keys, self._group.shared.keys
        for thread in set(threads):
            key = pending.get(thread) or cache.get(thread)
            if key is None or thread in self._group.dropped:
                missing.append(thread)
            else:
                found[thread] = key
        if missing:
            found |= self._load(missing)
        return found

    def opening(self, threads: Iterable[str]) -> dict[str, bytes]:
        """The keys of threads as they are stored now; those that do not open are left out."""
        found: dict[str, bytes] = {}
        for part in chunks(list(threads)):
            for thread, wrapped in _KEYS.rows(self._conn, threads=part):
                with suppress(OperatorError):
                    found[thread] = self._open(wrapped, thread)
        return found

    def _load(self, threads: list[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for part in chunks(threads):
            for thread, wrapped in _KEYS.rows(self._conn, threads=part):
                found[thread] = self._open(wrapped, thread)
        committed = {thread: key for thread, key in found.items() if thread not in self._group.keys}
        self._group.shared.keys.put(committed)
        return found

    def _open(self, wrapped: bytes, thread: str) -> bytes:
        return rest.unwrap(wrapped, self._rest_key, thread.encode())

    def seal_message(
        self, key: bytes, message_id: str, jws: str, disclosures: tuple[str, ...]
    ) -> tuple[bytes, bytes]:
        """The two blobs of a message: the signed token and its disclosures."""
        return (
            rest.encrypt(key, jws.encode(), f"{message_id}:jws".encode()),
            self.seal_disclosures(key, message_id, disclosures),
        )

    def seal_disclosures(self, key: bytes, message_id: str, disclosures: tuple[str, ...]) -> bytes:
        """The blob of the disclosures; base64url holds no `~`."""
        plain = _SEPARATOR.join(disclosures).encode()
        return rest.encrypt(key, plain, f"{message_id}:disclosures".encode())

    def open_message(
        self, key: bytes | None, message_id: str, jws: bytes | None, disclosures: bytes | None
    ) -> tuple[str | None, tuple[str, ...]]:
        """Decrypt the two blobs; nothing is left of a purged message."""
        if key is None or jws is None or disclosures is None:
            return None, ()
        token = rest.decrypt(key, jws, f"{message_id}:jws".encode()).decode()
        plain = rest.decrypt(key, disclosures, f"{message_id}:disclosures".encode()).decode()
        return token, tuple(plain.split(_SEPARATOR)) if plain else ()

    def seal_under(self, key: bytes, plain: bytes, place: str) -> bytes:
        """Encrypt what belongs to a thread under its key; `place` is row and column."""
        return rest.encrypt(key, plain, place.encode())

    def open_under(self, key: bytes, blob: bytes, place: str) -> bytes:
        """Decrypt what `seal_under` made with the same key for the same place."""
        return rest.decrypt(key, blob, place.encode())

    def mark(self, text: str, place: str) -> str:
        """A mark of a text that is recognised again and not read (`envelope.rest.mark`)."""
        return rest.mark(self._rest_key, text.encode(), place.encode())

    def seal(self, plain: bytes, place: str) -> bytes:
        """Encrypt what belongs to no thread under the keyring's key; `place` is row and column."""
        return rest.encrypt(self._rest_key, plain, place.encode())

    def open(self, blob: bytes, place: str) -> bytes:
        """Decrypt what `seal` made for the same place."""
        return rest.decrypt(self._rest_key, blob, place.encode())
