import pytest

from tests.examples import EXAMPLES, REQUEST, by_opener
from tracer.model.codes import LISTS, Code, FirearmType, UrgencyLevel, code, label
from tracer.model.messages import (
    DISCLOSABLE,
    GROUPS,
    OPENING,
    ROLES,
    TYPES,
    Following,
    Opening,
    Withdraw,
)


def test_there_are_28_types_and_every_table_names_each() -> None:
    assert len(TYPES) == 28
    assert set(TYPES) == set(ROLES) == set(DISCLOSABLE) == set(EXAMPLES)


def test_what_opens_a_thread_is_sent_by_the_opener_and_follows_nothing() -> None:
    assert {name for name, kind in TYPES.items() if issubclass(kind, Opening)} == OPENING
    assert all(ROLES[name] == {"opener"} for name in OPENING)
    assert (REQUEST.thread, REQUEST.follows) == (None, ())
    assert all(issubclass(TYPES[name], Following) for name in TYPES.keys() - OPENING)


def test_every_type_has_an_officer_and_free_text_to_disclose() -> None:
    assert all(
        {"officer", "free_text"} <= set(groups) <= set(GROUPS) for groups in DISCLOSABLE.values()
    )


def test_examples_are_marked_as_tests_and_come_from_states_that_do_not_exist() -> None:
    for name, message in EXAMPLES.items():
        side = "opener" if message.sender == "XA-NPOC" else "other"
        assert message.test
        assert side in ROLES[name]
        assert message.sender[:2] in {"XA", "XB", "XC"}


def test_a_message_in_a_thread_cannot_be_built_without_parents_in_order() -> None:
    fields = by_opener("x", follows=("b" * 42 + "A", "a" * 42 + "A"))
    with pytest.raises(ValueError, match="sorted"):
        Withdraw(**fields)


@pytest.mark.parametrize("name", LISTS)
def test_every_value_of_a_list_can_travel_is_known_again_and_has_a_label(name: str) -> None:
    for member in LISTS[name]:
        written = code(member)
        assert written.known() is member
        assert written.is_(member)
        assert label(written)[:1].strip()


def test_a_label_of_an_unknown_value_is_what_its_writer_said() -> None:
    assert label(Code("firearm-type", 3, "RAIL_GUN", "rail gun")) == "rail gun"
    assert label(Code("list-of-tomorrow", 1, "X-1")) == "X-1"


def test_labels_use_words() -> None:
    assert label(UrgencyLevel.FLASH) == "Life at risk"
    assert label(FirearmType.ASSAULT_RIFLE) == "Assault rifle"
