import json
import re
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.example_parts import digest
from tests.examples import EXAMPLES, PHOTO, PHOTO_KEY, REQUEST
from tests.strategies import messages, refused_in_lines
from tracer.canonical import strict_json
from tracer.errors import PeerError
from tracer.model.codes import Code, FirearmType
from tracer.model.messages import DISCLOSABLE, TYPES, AnyMessage, Message, Request, type_of
from tracer.model.text import Day
from tracer.model.wire import from_wire, group_names, to_wire


def wired(message: AnyMessage = REQUEST) -> tuple[dict[str, Any], dict[str, Any]]:
    return to_wire(message)


CODE = {"list": "person-role", "version": 1, "value": "POSSESSOR"}


def refusal(clear: dict[str, Any], groups: dict[str, Any]) -> str:
    with pytest.raises(PeerError) as caught:
        from_wire(clear, groups)
    return caught.value.code


@pytest.mark.parametrize("name", TYPES)
def test_an_example_of_every_type_comes_back_as_it_was(name: str) -> None:
    message = EXAMPLES[name]
    clear, groups = to_wire(message)
    read = strict_json(json.dumps(clear)), strict_json(json.dumps(groups))
    assert from_wire(*read) == message


@pytest.mark.parametrize("kind", TYPES.values(), ids=type_of)
def test_any_message_of_every_type_comes_back_as_it_was(kind: type[Message]) -> None:
    @settings(max_examples=15, deadline=None)
    @given(messages(kind))
    def comes_back(message: AnyMessage) -> None:
        clear, groups = to_wire(message)
        assert (strict_json(json.dumps(clear)), strict_json(json.dumps(groups))) == (clear, groups)
        assert from_wire(clear, groups) == message

    comes_back()


@given(messages(), st.data())
@settings(max_examples=50, deadline=None)
def test_any_set_of_groups_may_be_missing(message: AnyMessage, data: st.DataObject) -> None:
    clear, groups = to_wire(message)
    kept = {name: value for name, value in groups.items() if data.draw(st.booleans(), label=name)}
    read = from_wire(clear, kept)
    assert sorted(group_names(read)) == sorted(kept)
    assert to_wire(read)[0] == clear


def test_groups_leave_the_clear_part_and_each_attachment_key_stands_alone() -> None:
    clear, groups = wired()
    assert not set(DISCLOSABLE["request"]) & set(clear)
    assert set(groups) == {
        *("persons", "place", "narrative", "officer", "attachment_key.1")
    }  # the example has no free text
    assert "Nobody" not in json.dumps(clear)


def test_the_version_and_the_test_flag_are_always_written() -> None:
    for message in EXAMPLES.values():
        clear, _ = to_wire(message)
        assert (clear["v"], clear["test"]) == (1, True)


def test_an_unknown_code_value_and_list_are_kept() -> None:
    clear, groups = wired()
    strange = {"list": "firearm-type", "version": 9, "value": "RAIL_GUN", "text": "rail gun"}
    clear["firearms"][0]["type"] = strange
    clear["firearms"][0]["action"] = strange | {"list": "list-of-tomorrow"}
    read = from_wire(clear, groups)
    assert isinstance(read, Request)
    kind = read.firearms[0].type
    assert kind is not msgspec.UNSET
    assert (kind.value, kind.text, kind.known()) == ("RAIL_GUN", "rail gun", None)
    assert to_wire(read)[0]["firearms"][0]["action"]["list"] == "list-of-tomorrow"


def test_a_known_value_is_understood_whatever_the_version_of_its_list() -> None:
    clear, groups = wired()
    clear["firearms"][0]["type"]["version"] = 7
    read = from_wire(clear, groups)
    assert isinstance(read, Request)
    kind = read.firearms[0].type
    assert kind is not msgspec.UNSET
    assert kind.known() is FirearmType.PISTOL


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("surprise",), 1),
        (("firearms", 0, "surprise"), 1),
        (("thread",), digest("a thread")),
        (("follows",), [digest("a parent")]),
        (("persons",), []),
        (("_sd",), []),
        (("firearms", 0, "line"), 1.0),
        (("firearms", 0, "line"), "1"),
        (("firearms", 0, "line"), True),
        (("firearms", 0, "line"), 0),
        (("firearms", 0, "make"), None),
        (("firearms",), {}),
        (("firearms",), [{"line": 1}] * 201),
        (("test",), 1),
        (("sender",), "xa-npoc"),
        (("sender",), "XA"),
        (("issued",), "2026-02-30T09:30:00.000Z"),
        (("issued",), "2026-03-01T09:30:00Z"),
        (("issued",), "2026-03-01T09:30:00.000+00:00"),
        (("nonce",), "AAAAAAAAAAAAAAAAAAAAAB"),
        (("terms",), digest("x") + "A"),
        (("reference",), "XA-2026-17"),
        (("also_sent_to",), ["xc"]),
        (("standing_until",), "2026-13-01"),
        (("standing_until",), "2026-02-30"),
        (("handling", "delete_by"), "2026-02-30"),
        (("handling", "delete_by"), "0000-01-01"),
        (("recoveries", 0, "date"), "2025-02-29"),
        (("recoveries", 0, "date"), "2026-13"),
        (("firearms", 0, "marks", 0, "text"), "A" * 101),
        (("firearms", 0, "type", "value"), "two words"),
        (("attachments", 0, "n"), 2),
        (("attachments", 0, "size"), -1),
    ],
)
def test_what_is_not_of_the_schema_is_refused(path: tuple[Any, ...], value: Any) -> None:
    clear, groups = wired()
    at: Any = clear
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    assert refusal(clear, groups) == "payload-schema"


@pytest.mark.parametrize("field", ["sender", "recipient", "nonce", "handling", "language", "test"])
def test_what_every_message_needs_may_not_be_missing(field: str) -> None:
    clear, groups = wired()
    del clear[field]
    assert refusal(clear, groups) == "payload-schema"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chain_parties", []),  # not a group of a request
        ("attachment_keys", {}),  # never as one group
        ("attachment_key.2", {"key": digest("k"), "prefix": "AAAAAAAAAA"}),  # nothing it opens
        ("attachment_key.01", {"key": digest("k"), "prefix": "AAAAAAAAAA"}),
        ("attachment_key.", {"key": digest("k"), "prefix": "AAAAAAAAAA"}),
        ("attachment_key.1", {"key": digest("k"), "prefix": "AAAAAAAAAB"}),
        ("sender", "XB-NPOC"),
        ("place", {"surprise": 1}),
        ("place", {"latitude": 1.5}),
        ("persons", [{"role": CODE, "birth_date": "1900-02-29"}]),
    ],
)
def test_a_group_that_is_foreign_or_malformed_is_refused(name: str, value: Any) -> None:
    clear, groups = wired()
    assert refusal(clear, groups | {name: value}) == "payload-schema"


def test_every_day_of_the_calendar_is_a_day_and_no_other() -> None:
    day = msgspec.json.Decoder(Day)
    for year in (1000, 1900, 1996, 2000, 2023, 2024, 2026, 2100, 2400, 9999):
        for month in range(14):
            for number in range(33):
                text = f"{year:04}-{month:02}-{number:02}"
                try:
                    date(year, month, number)
                except ValueError:
                    with pytest.raises(msgspec.ValidationError):
                        day.decode(f'"{text}"')
                else:
                    assert day.decode(f'"{text}"') == text


def test_a_follow_up_names_its_parents_sorted_and_once() -> None:
    clear, groups = wired(EXAMPLES["reminder"])
    first, second = sorted((digest("a"), digest("b")))
    for follows in ([], [second, first], [first, first], [first, second, second]):
        assert refusal(clear | {"follows": follows}, groups) == "payload-schema"
    assert from_wire(clear | {"follows": [first, second]}, groups).follows == (first, second)


@given(
    st.text("az09-A _,\n", max_size=4) | st.sampled_from(["firearm-type", "a" * 48, "a" * 49]),
    st.text("azAZ09._- ,\n", max_size=4) | st.sampled_from(["PISTOL", "A" * 64, "A" * 65]),
)
@settings(deadline=None)
def test_a_code_is_taken_exactly_when_list_and_value_are_of_their_form(
    name: str, value: str
) -> None:
    written = {"list": name, "version": 1, "value": value}
    is_list = re.fullmatch("[a-z][a-z0-9-]{0,47}", name)
    is_value = re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]{0,63}", value)
    try:
        taken = msgspec.convert(written, Code)
    except msgspec.ValidationError:
        taken = None
    assert (taken is not None) == bool(is_list and is_value)


def test_an_unknown_type_has_its_own_code() -> None:
    clear, groups = wired()
    assert refusal(clear | {"type": "greeting"}, groups) == "type-unknown"
    assert refusal(clear | {"type": ["request"]}, groups) == "type-unknown"
    assert refusal({}, {}) == "type-unknown"


@pytest.mark.parametrize("version", [2, 0, "1", True, 1.0, None])
def test_an_unknown_version_has_its_own_code(version: Any) -> None:
    clear, groups = wired()
    assert refusal(clear | {"v": version}, groups) == "version-unknown"


@given(refused_in_lines)
def test_control_and_override_characters_are_refused_in_short_fields(char: str) -> None:
    clear, groups = wired()
    clear["firearms"][0]["make"]["as_marked"] = f"VOSTOK{char}ARMS"
    assert refusal(clear, groups) == "json-strict"


@given(refused_in_lines)
def test_control_and_override_characters_are_refused_in_short_fields_of_groups(char: str) -> None:
    clear, groups = wired()
    groups["officer"]["name"] = char
    assert refusal(clear, groups) == "json-strict"


def test_long_text_may_hold_lines_tabs_and_any_direction_but_no_other_control() -> None:
    clear, groups = wired()
    groups["narrative"]["summary"] = "first\n\tsecond \u2067\u062b\u2069"
    assert to_wire(from_wire(clear, groups)) == (clear, groups)
    groups["narrative"]["summary"] = "bell \x07"
    assert refusal(clear, groups) == "json-strict"


def test_short_fields_stay_short_in_groups_that_hold_long_text() -> None:
    clear, groups = wired()
    groups["narrative"]["language"] = "en\n"
    assert refusal(clear, groups) == "json-strict"


def test_joiners_that_some_scripts_need_are_kept() -> None:
    clear, groups = wired()
    clear["requester"]["authority"] = "\u0645\u06cc\u200c\u062e \u0915\u094d\u200d\u0937"
    assert to_wire(from_wire(clear, groups)) == (clear, groups)


def test_keys_of_attachments_do_not_show_in_a_repr() -> None:
    assert PHOTO_KEY.key not in repr(REQUEST)
    assert PHOTO.digest in repr(REQUEST)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5) | st.just("1"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    items: Any = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        found.append((value, key))
        if isinstance(item, dict | list):
            found += places(item)
    return found


@given(st.sampled_from(list(EXAMPLES.values())), json_values, st.data())
@settings(max_examples=300, deadline=None)
def test_whatever_a_peer_writes_is_a_message_or_a_refusal(
    message: AnyMessage, value: Any, data: st.DataObject
) -> None:
    clear, groups = to_wire(message)
    holder, key = data.draw(st.sampled_from([*places(clear), *places(groups)]))
    holder[key] = value
    try:
        read = from_wire(clear, groups)
    except PeerError as error:
        assert error.code in {"payload-schema", "json-strict", "type-unknown", "version-unknown"}  # noqa: PT017 (one of two outcomes)
    else:
        again = from_wire(*to_wire(read))
        assert again == read


@given(
    st.sampled_from([("clear", "make"), ("officer", "name"), ("narrative", "summary")]),
    st.text(refused_in_lines | st.characters() | st.sampled_from("aé…\u0434\n\t\\\"'"), max_size=4),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_characters_are_judged_alike_with_the_json_at_hand_and_without(
    place: tuple[str, str],
    text: str,
    escaped: bool,  # noqa: FBT001 (given by the strategy)
) -> None:
    clear, groups = wired()
    if place[0] == "clear":
        clear["firearms"][0]["make"]["as_marked"] = text
    else:
        groups[place[0]][place[1]] = text
    try:
        written = [
            json.dumps(part, ensure_ascii=escaped).encode() for part in (clear, *groups.values())
        ]
    except UnicodeEncodeError:
        return  # half a surrogate pair has no UTF-8, so no JSON of it can have arrived
    outcomes = []
    for known in (written, []):
        try:
            outcomes.append(repr(from_wire(clear, groups, written=known)))
        except PeerError as error:
            outcomes.append(error.code)
    assert outcomes[0] == outcomes[1]
