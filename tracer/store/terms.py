"""Terms by digest: what entries stated, and what two authorities agreed on.

Nothing is ever deleted: a request names the digest of the terms it was written under, and its
clocks are computed from them as long as the case is kept.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, select

from tracer.canonical import canonical_json
from tracer.errors import OperatorError
from tracer.model.terms import Terms, terms_digest
from tracer.store.dialect import upsert
from tracer.store.group import Group
from tracer.store.rows import TermsRow
from tracer.store.tables.clocks import terms

_PUT = upsert(terms, ("digest",), update=())
_decoder = msgspec.json.Decoder(Terms)


class Agreements:
    """`tx.terms`."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def put_entry(self, stated: Terms) -> str:
        """Keep the terms of an entry; their digest."""
        return self._put(stated, "entry", None)

    def get(self, digest: str) -> Terms | None:
        """The terms of this digest."""
        body = self._conn.execute(
            select(terms.c.body).where(terms.c.digest == digest)
        ).scalar_one_or_none()
        return None if body is None else _decoded(digest, body)

    def row(self, digest: str) -> TermsRow | None:
        """The terms of this digest with how they came about."""
        found = self._conn.execute(select(terms).where(terms.c.digest == digest)).first()
        return _row(found) if found else None

    def between(self, authority: str, counterpart: str) -> list[TermsRow]:
        """Offered or agreed: what `authority` answers `counterpart` under, newest first."""
        found = self._conn.execute(
            select(terms)
            .where(terms.c.authority == authority, terms.c.counterpart == counterpart)
            .order_by(terms.c.at.desc(), terms.c.digest.desc())
        )
        return [_row(one) for one in found]

    def in_force(self, authority: str, counterpart: str) -> TermsRow | None:
        """What the two agreed on last about the requests of `counterpart`."""
        return next((r for r in self.between(authority, counterpart) if r.state == "agreed"), None)

    def agreed(self) -> list[Terms]:
        """Everything that is in force between us and anybody, in either direction."""
        found = self._conn.execute(
            select(terms).where(terms.c.state == "agreed").order_by(terms.c.at, terms.c.digest)
        )
        last = {(one.authority, one.counterpart): one for one in map(_row, found)}
        return [one.terms for one in last.values()]

    def agreed_by(self, authority: str) -> dict[str, str]:
        """Digests of what is in force for each counterpart that `authority` answers."""
        found = self._conn.execute(
            select(terms.c.counterpart, terms.c.digest)
            .where(terms.c.authority == authority, terms.c.state == "agreed")
            .order_by(terms.c.at, terms.c.digest)
        )
        return {one.counterpart: one.digest for one in found}

    def put_agreement(self, stated: Terms, agreement: bytes, *, state: str, at: str) -> str:
        """Keep terms between two authorities: `offered` (one signature) or `agreed` (both)."""
        digest = terms_digest(stated)
        body = canonical_json(msgspec.to_builtins(stated))
        row = (digest, stated.authority, stated.counterpart or None, state, body, agreement, at)
        _REPLACE.run(self._conn, [row])
        return digest

    def _put(self, stated: Terms, state: str, agreement: bytes | None) -> str:
        digest = terms_digest(stated)
        body = canonical_json(msgspec.to_builtins(stated))
        counterpart = stated.counterpart or None
        row = (digest, stated.authority, counterpart, state, body, agreement, self._group.now)
        _PUT.run(self._conn, [row])
        return digest


_REPLACE = upsert(terms, ("digest",), update=("state", "agreement", "at"))


def _row(found: Any) -> TermsRow:
    digest, authority, counterpart, state, body, agreement, at = found
    return TermsRow(digest, authority, counterpart, state, _decoded(digest, body), agreement, at)


def _decoded(digest: str, body: bytes) -> Terms:
    try:
        return _decoder.decode(body)
    except msgspec.DecodeError as error:
        raise OperatorError("store-failed", f"terms {digest} are damaged: {error}") from error
