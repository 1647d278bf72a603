"""No form loses what was typed at a change of language, or takes a field that it does not have."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any, Final

import pytest

from tests.desk.visits import NOT_PAGES, path_of, token_for
from tests.desk.world import World
from tracer.web.ui.routes import TABLE, Route

pytestmark = pytest.mark.asyncio(loop_scope="session")
FORM: Final = "main-form"
FORMS: Final = [
    row for row in TABLE if {"GET", "POST"} <= set(row.methods) and row.name not in NOT_PAGES
]
TYPED: Final = {"date": "2026-03-01", "number": "7"}
"""What is typed, by the kind of the input; text in any other."""
UNKEPT: Final = frozenset({"password", "file", "submit", "hidden"})
"""Kinds of input that no page gives back, or that nobody types into."""
SECRET: Final = frozenset({"code", "old", "proof"})
"""Inputs for a code that works once: never given back."""


class Typing(HTMLParser):
    """The main form of a page: what it holds, and what somebody types into it."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.held: list[tuple[str, str]] = []
        self.typed: list[tuple[str, str]] = []
        self.sent: list[tuple[str, str]] = []
        self.action = ""
        self._inside, self._area, self._select = False, "", ""
        self._picked: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == FORM
            self.action = given.get("action", "") if self._inside else self.action
        elif self._inside and tag == "input" and given.get("name"):
            self._input(given)
        elif self._inside and tag == "textarea":
            self.held.append((given["name"], ""))
            self.typed.append((given["name"], f"Typed in {given['name']}"))
            self._area = given["name"]
        elif self._inside and tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select and given.get("value"):
            self._choice(self._select, given, once="selected")

    def handle_endtag(self, tag: str) -> None:
        """The end of one."""
        self._inside = self._inside and tag != "form"
        self._select = "" if tag == "select" else self._select
        self._area = "" if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        """What stands in an area."""
        if self._area:
            name, before = self.held.pop()
            self.held.append((name, before + data))

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"radio", "checkbox"}:
            self._choice(given["name"], given, once="checked")
        elif kind not in UNKEPT and "hidden" not in given and given["name"] not in SECRET:
            self.held.append((given["name"], given.get("value", "")))
            self.typed.append((given["name"], TYPED.get(kind, f"Typed in {given['name']}")))
        elif kind == "hidden":
            self.sent.append((given["name"], given.get("value", "")))

    def _choice(self, name: str, given: dict[str, str], *, once: str) -> None:
        if once in given:
            self.held.append((name, given["value"]))
        if name not in self._picked:
            self._picked.add(name)
            self.typed.append((name, given["value"]))


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.name)
async def test_a_form_holds_what_was_typed_after_a_change_of_language(
    made: World, reader: Any, row: Route
) -> None:
    path, who = path_of(row, made), reader(token_for(row, made.us))
    shown = await who.get(path)
    before = Typing(shown.text)
    assert shown.status == 200
    if not before.sent:  # there is nothing to fill in at present: the buttons send no form of it
        assert 'form="language-form"' in shown.text
        return
    answer = await who.post(
        before.action or path, [*before.sent, *before.typed, ("_language", "fr")]
    )
    assert '<html lang="fr"' in answer.text
    assert answer.status in {200, 422}
    after = dict(Typing(answer.text).held)
    lost = {
        name: (value, after.get(name))
        for name, value in dict(before.typed).items()
        if after.get(name, "").strip() != value
    }
    assert lost == {}


async def test_a_field_that_a_form_does_not_have_changes_nothing(made: World, reader: Any) -> None:
    store, ada = made.us.node.rooms.store, reader(made.us.tokens["ada"])

    async def kept() -> tuple[Any, ...]:
        draft, person = await store.read(
            lambda tx: (tx.drafts.get(made.drafts["ada"]), tx.people.get("ada"))
        )
        assert draft is not None
        assert person is not None
        return draft.author, draft.state, draft.peer, draft.thread, draft.type, person.roles

    before, path = await kept(), f"/drafts/{made.drafts['ada']}/found"
    form = Typing((await ada.get(path)).text)
    foreign = {
        "author": "eve", "state": "released", "peer": "XC-NPOC", "thread": made.threads["taken"],
        "type": "withdraw", "roles": "supervisor", "submitted_by": "ada", "released_by": "eve",
    }  # fmt: skip
    answer = await ada.post(path, [*form.sent, *form.held, *foreign.items()])
    assert answer.status in {200, 303}
    assert await kept() == before
