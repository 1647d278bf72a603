"""Build threads for tests and vectors: short names for messages, valid wire fields for the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from tracer.canonical import b64url
from tracer.model.thread import Author, Event
from tracer.model.wire import from_wire

PARTY = {"opener": "XA-NPOC", "other": "XB-NPOC"}
START = "2026-03-01T12:{:02d}:{:02d}.000Z"


def id_of(name: str) -> str:
    """A message id in the form of the wire, made from a short name."""
    return b64url(hashlib.sha256(name.encode()).digest())


def code(list_: str, value: str) -> dict[str, Any]:
    """A code of version 1."""
    return {"list": list_, "version": 1, "value": value}


def firearm(line: int, **fields: Any) -> dict[str, Any]:
    """A line of a request."""
    return {"line": line, **fields}


class Talk:
    """Two authors writing into one thread. Each message follows its author's previous one.

    It also follows the newest of the other side, unless `sees` names another (older) one, or is
    empty: then its author has seen nothing new.
    """

    def __init__(self, kind: str = "request", lines: Iterable[int] = (1,), **fields: Any) -> None:
        self.events: list[Event] = []
        self.clear: list[dict[str, Any]] = []
        self._last: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._kind = kind
        body: dict[str, Any] = {
            "reference": "XA-2026-000001",
            "firearms": [firearm(line) for line in lines],
            **fields,
        }
        if kind == "request":
            body["terms"] = id_of("terms")
        self._write("o0", "opener", kind, {}, body)

    def opener(self, type_: str, *, sees: str | None = None, **fields: Any) -> str:
        """The opener says something; the short name of the message is returned."""
        return self._say("opener", type_, sees, fields)

    def other(self, type_: str, *, sees: str | None = None, **fields: Any) -> str:
        """The other side says something; the short name of the message is returned."""
        return self._say("other", type_, sees, fields)

    def name(self, id_: str) -> str:
        """The short name of a message id."""
        return self._names.get(id_, id_)

    def _say(self, author: Author, type_: str, sees: str | None, fields: dict[str, Any]) -> str:
        counter: Author = "other" if author == "opener" else "opener"
        seen = self._last.get(counter, "") if sees is None else sees
        follows = {name for name in (self._last.get(author, ""), seen) if name}
        count = sum(1 for event in self.events if event.author == author)
        name = f"{'o' if author == 'opener' else 'p'}{count}"
        thread = {"thread": id_of("o0"), "follows": sorted(id_of(n) for n in follows)}
        return self._write(name, author, type_, thread, _named(fields))

    def _write(
        self, name: str, author: Author, type_: str, thread: dict[str, Any], body: dict[str, Any]
    ) -> str:
        count = len(self.events)
        at = START.format(count // 60, count % 60)
        counter = "other" if author == "opener" else "opener"
        clear = {
            "type": type_,
            "v": 1,
            "sender": PARTY[author],
            "recipient": PARTY[counter],
            "issued": at,
            "nonce": b64url(hashlib.sha256(name.encode()).digest()[:16]),
            "handling": {"code": code("handling-code", "H0")},
            "language": "en",
            "test": False,
            **thread,
            **body,
        }
        self.events.append(Event(id_of(name), author, from_wire(clear, {}), at))
        self.clear.append(clear)
        self._last[author] = name
        self._names[id_of(name)] = name
        return name


def _named(fields: dict[str, Any]) -> dict[str, Any]:
    """Short names in `about` become ids."""
    about = fields.get("about")
    if isinstance(about, str):
        return {**fields, "about": id_of(about)}
    if isinstance(about, list):
        return {**fields, "about": [id_of(name) for name in about]}
    return fields


# fields that many scenarios share


REFUSAL: dict[str, Any] = {"grounds": [code("ground", "ITI-22-NATIONAL-SECURITY")]}
DELAY: dict[str, Any] = {
    "review": "2026-06-01",
    "grounds": [code("ground", "ITI-22-INVESTIGATION")],
}
RECEIVED: dict[str, Any] = {"received": "2026-03-01T12:00:00.000Z"}


def result(*lines: int, outcome: str = "LAST_HOLDER", **fields: Any) -> dict[str, Any]:
    """The fields of a result for these lines."""
    answer = {"outcomes": [code("result-code", outcome)], **fields}
    return {"answers": [{"line": line, **answer} for line in lines]}


def step(n: int, kind: str, country: str, **fields: Any) -> dict[str, Any]:
    """One chain event."""
    return {"n": n, "kind": code("chain-event", kind), "country": country, **fields}
