"""The details of an act are told in words, in every language, and none of them by its raw name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import pytest

from tests.desk.test_filters import speech
from tests.desk.world import World
from tests.rules.tree import modules
from tracer.casework.particulars import CHANGE, CODES, NAMES, VALUES
from tracer.casework.trail import ActFilter
from tracer.cli.particulars import more
from tracer.model.report.year import DECLARED
from tracer.store import AuditRow
from tracer.web.ui.particulars import CODED, told

DETAIL = 3
"""The place of the details among the arguments."""
TOLD_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "wanted.said()": ActFilter.__struct_fields__,
    "dict(totals)": DECLARED,
    "_ended(tx, name)": ("sessions",),
    "take_in_hand(tx, actor, name, 'password-give', command=command)": ("command",),
    "take_in_hand(tx, actor, name, 'factor-reset', command=command)": ("command",),
    "second.take_in_hand(tx, actor, name, 'person-roles', command=command)": ("command",),
    "second.take_in_hand(tx, actor, name, 'person-add', command=command)": ("command",),
    "second.take_in_hand(tx, actor, name, act, command=command)": ("command",),
    "made.detail": ("sent", "original", "original_size"),
    "_take_up(tx, row, sent.thread)": ("team", "restricted"),
    "{name: value for name, value in asdict(asked).items() if value}": (
        "state", "side", "peer", "urgency", "owes", "due_by", "search", "entered",
    ),
    "about": ("message", "n", "transcript"),
    "_why(one)": ("why", "id", "type", "since", "state", "answer"),
    "{name: gap[name] for name in ('reached', 'held')}": ("reached", "held"),
    "{name: {'from': old.get(name), 'to': new.get(name)} for name in names}": (),
}  # fmt: skip
"""Details that are no literals where they are written; of settings, each stands as code."""


def keys(given: ast.expr | None, names: Mapping[str, list[ast.expr]]) -> Iterator[str]:
    """The keys of what is given as the details of an act."""
    said = "" if given is None else ast.unparse(given)
    if given is None or said in {"None", "{}"}:
        return
    if said in TOLD_ELSEWHERE:
        yield from TOLD_ELSEWHERE[said]
    elif isinstance(given, ast.Dict):
        for key, value in zip(given.keys, given.values, strict=True):
            if key is None:
                yield from keys(value, names)
            else:
                assert isinstance(key, ast.Constant) or ast.unparse(key) == "FILES", said
                yield str(key.value) if isinstance(key, ast.Constant) else "files"
    elif isinstance(given, ast.IfExp):
        yield from keys(given.body, names)
        yield from keys(given.orelse, names)
    elif isinstance(given, ast.Name) and given.id in names:
        for one in names[given.id]:
            yield from keys(one, names)
    else:
        pytest.fail(f"say in TOLD_ELSEWHERE which details these are: {said}")


def bound(within: ast.AST) -> Mapping[str, list[ast.expr]]:
    """What each name of a function is given, also by `|=`."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(within):
        if isinstance(node, ast.Assign):
            targets: list[ast.expr] = node.targets
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        else:
            continue
        for one in targets:
            if isinstance(one, ast.Name) and node.value is not None:
                found.setdefault(one.id, []).append(node.value)
    return found


def written() -> Iterator[str]:
    """Every key of a detail that the code writes."""
    for module in modules():
        classes = (one.body for one in module.tree.body if isinstance(one, ast.ClassDef))
        for part in chain(module.tree.body, *classes):
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                for call in calls(part):
                    yield from keys(call.args[DETAIL], bound(part))


def calls(part: ast.AST) -> Iterator[ast.Call]:
    """Where an act with details is written."""
    for node in ast.walk(part):
        if isinstance(node, ast.Call) and len(node.args) > DETAIL:
            name = ast.unparse(node.func)
            yield from [node] if name.endswith(("audit.write", "self.write")) else []


def test_every_detail_that_an_act_writes_has_words() -> None:
    found = set(written())
    assert len(found) > 70
    assert found - set(NAMES) - CHANGE == set()


def test_the_command_line_and_the_desk_have_words_for_the_same_details_and_values() -> None:
    assert set(CODED) - {"act"} == set(VALUES) | CODES - {"urgency"}
    for name, values in CODED.items():
        for value in values:
            table = more("read-case", {name: value})
            assert table.startswith(f"{NAMES[name]}: "), name
            if name in VALUES and value in VALUES[name]:
                assert VALUES[name][value] in next(
                    iter(said("read-case", **{name: value}).values())
                )
                assert VALUES[name][value].lower() in table.lower()
            elif name != "act":
                assert not re.search(r"[a-z][-_][a-z]", table), table


def said(name: str, *, language: str = "en", **detail: Any) -> dict[str, str]:
    """The details of an act as a reader sees them."""
    row = AuditRow(1, "2026-03-01T12:00:00.000Z", "ada", name, "x", detail)
    return {key.striptags(): str(value) for key, value in told(speech(language), row)}


def test_a_closing_says_in_words_how_it_came_and_how_the_case_ended() -> None:
    time = {"why": "time", "since": "2026-03-01T12:00:00.000Z", "state": "CLOSED", "answer": ""}
    told_ = said("case-closed", **time)
    assert told_.keys() == {"How it was closed", "Since", "Status"}
    assert told_["How it was closed"] == "By itself, as nothing came in its time"
    message = {"why": "message", "type": "feedback", "state": "CLOSED", "answer": "no-record"}
    assert said("case-closed", **message) == {
        "How it was closed": "By a message",
        "Kind of message": "What became of it",
        "Status": "Closed",
        "Answer that stands": "No record",
    }
    assert said("case-closed", language="ru", why="message") == {"Как оно закрыто": "Сообщением"}


def test_empty_details_are_left_out_and_no_is_a_word() -> None:
    assert said("read-case", groups=[], notes=0) == {"Number of notes": "0"}
    assert said("release", alone=False, behind=[], reason="") == {
        "Let go by one person alone": "No"
    }


def test_parts_of_a_case_and_roles_are_listed_in_words() -> None:
    groups = ["attachment_keys", "chain_parties"]
    told_ = said("read-case", groups=groups)
    assert told_ == {"Which parts": "Attachment keys and People and companies in the chain"}
    assert said("person-add", roles=["officer", "auditor"]) == {"Roles": "Officer and Auditor"}
    assert "Officier" in said("person-add", language="fr", roles=["officer"]).popitem()[1]


def test_a_change_is_told_as_from_what_to_what() -> None:
    detail: dict[str, Any] = {"from": ["officer"], "to": ["auditor"], "sessions": 2}
    assert said("person-roles", **detail) == {
        "Roles": "from Officer to Auditor",
        "Sessions that ended": "2",
    }
    detail = {"from": "", "to": "desk"}
    assert said("case-team", **detail) == {"Team": "now <bdi>desk</bdi>"}
    detail = {"from": {}, "to": {"mail": "ada@xa.example", "language": "fr", "digest": True}}
    assert said("person-contact", **detail)["Language of the letters"] == "now <bdi>French</bdi>"
    detail = {"accounts.second_factor": {"from": None, "to": "optional"}}
    assert said("settings-change", **detail) == {
        "accounts.second_factor": 'now <code class="long" dir="ltr">optional</code>'
    }


def test_what_has_no_words_is_code_and_what_somebody_wrote_is_text_that_hides_nothing() -> None:
    kept = "3be8ec" * 7
    assert said("password-change", kept=kept) == {
        "Digest of what is kept": f'<code class="long" dir="ltr">{kept}</code>'
    }
    reason = said("peer-suspend", reason="<b>\u202e")["Reason"]
    assert reason == "<bdi>&lt;b&gt;⟨U+202E⟩</bdi>"


@pytest.mark.asyncio(loop_scope="session")
async def test_the_audit_shows_no_raw_name_and_no_value_of_the_program(
    made: World, reader: Any
) -> None:
    aud = reader(made.us.tokens["aud"])
    for language in ("en", "ar"):
        text = (await aud.get("/audit", **{"Accept-Language": language})).text
        names = re.findall(r"<dt>(?:<code[^>]*>|<bdi>)([^<]+)", text)
        assert [name for name in names if "." not in name] == []  # settings have a dot
        assert re.findall(r"<dd>(?:<[^>]*>)*(?:\[|\{|True|False|None)", text) == []
        assert "<dl class" in text


def test_what_only_looks_like_a_day_or_an_instant_is_shown_as_it_was_written() -> None:
    for text in ("2026-99-99", "2026-13", "2026-01-01T99:00:00.000Z"):
        (shown,) = said("audit-export", act=text).values()
        assert text in shown
