"""A request written step by step: begun without a recipient, looked at whole, and how complete."""

from __future__ import annotations

from typing import Any

import pytest

from tests.casework.desks import THEM, THIRD, US, Desk, request_document
from tracer.casework.completeness import THINGS, by_help, completeness, is_unknown
from tracer.casework.papers.paper import NO_TERMS, read_body
from tracer.casework.profile import RequestProfile
from tracer.errors import InputError
from tracer.model import lookup
from tracer.model.codes import LISTS
from tracer.model.finding import error, hint
from tracer.model.fingerprint import make_family
from tracer.model.firearm import Named
from tracer.model.lint.requests import UNUSUAL


def written(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in request_document(**changes).items() if name != "type"}


async def message_of(desk: Desk, draft: str) -> Any:
    row = await desk.store.read(lambda tx: tx.drafts.get(draft))
    assert row is not None
    return read_body(row)


async def test_an_officer_who_chooses_the_recipient_of_a_request_does_not_release_it(
    desk: Desk,
) -> None:
    draft = await desk.guided.begin("ada", written())
    assert (await message_of(desk, draft.id)).terms == NO_TERMS
    assert [one.path for one in draft.findings if one.path == "recipient"] == ["recipient"]
    assert (await desk.release.submit_for_release("ada", draft.id)).state == "submitted"
    with pytest.raises(InputError) as found:
        await desk.release.release("ben", draft.id)
    assert (found.value.code, found.value.field) == ("draft-incomplete", "recipient")
    chosen = await desk.drafts.edit("ben", draft.id, draft.document, peer=THEM)
    assert chosen.peer == THEM
    assert (await message_of(desk, draft.id)).terms == desk.cell.get().peer(THEM).terms_digest
    await desk.release.submit_for_release("ben", draft.id)
    with pytest.raises(InputError, match="four-eyes"):
        await desk.release.release("ben", draft.id)
    assert (await desk.release.release("eve", draft.id)).peer == THEM


@pytest.mark.parametrize(("country", "unusual"), [("XC", True), ("XB", False)])
async def test_a_recipient_is_unusual_where_the_linter_says_so(
    desk: Desk, country: str, *, unusual: bool
) -> None:
    mark = {"kind": "MILITARY_ACCEPTANCE", "symbol": "a crown", "country": country}
    firearm = {"line": 1, "object": "FIREARM", "type": "RIFLE", "marks": [mark]}
    draft = await desk.guided.begin("ada", written(firearms=[firearm]))
    assert not (await desk.guided.open("ada", draft.id)).unusual
    await desk.drafts.edit("ada", draft.id, draft.document, peer=THEM)
    sheet = await desk.guided.open("ada", draft.id)
    found = [one.code for one in sheet.draft.findings if one.path == "recipient"]
    assert (sheet.unusual, UNUSUAL in found) == (unusual, unusual)


async def test_a_request_without_a_recipient_cannot_be_let_go_however_it_was_submitted(
    desk: Desk,
) -> None:
    draft = await desk.guided.begin("ada", written())

    def forced(tx: Any) -> None:
        tx.drafts.set_state(draft.id, "submitted", expect=("draft",), submitted_by="ada")
        tx.drafts.approve(draft.id, 1, "ada", "submit")

    await desk.store.write(forced)
    with pytest.raises(InputError, match="recipient"):
        await desk.release.release("ben", draft.id)
    assert await desk.outbox() == 0


async def test_a_recipient_is_taken_back_by_naming_none(desk: Desk) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    again = await desk.drafts.edit("ada", draft.id, draft.document, peer="")
    assert again.peer == US
    assert (await message_of(desk, draft.id)).terms == NO_TERMS


async def test_only_a_request_begins_without_a_recipient(desk: Desk) -> None:
    with pytest.raises(InputError) as found:
        await desk.drafts.new("ada", {"type": "spontaneous-information"})
    assert found.value.code == "recipient-missing"


async def test_what_continues_a_case_goes_to_nobody_else(desk: Desk) -> None:
    sent = await desk.released()
    made = await desk.following.follow_on("ada", sent.thread, THIRD)
    with pytest.raises(InputError) as found:
        await desk.drafts.edit("ada", made.draft.id, made.draft.document, peer=THEM)
    assert found.value.code == "recipient-bound"
    assert (await desk.guided.open("ada", made.draft.id)).follows == sent.thread


async def test_whom_to_ask_is_told_in_the_order_of_the_marks(desk: Desk) -> None:
    firearm = request_document()["firearms"][0]
    sheet = await desk.guided.open(
        "ada", (await desk.guided.begin("ada", written(firearms=[firearm]))).id
    )
    assert [(one.authority, one.reason) for one in sheet.addressees] == [
        (THIRD, "LAST_IMPORT_THERE"),
        (THEM, "MANUFACTURED_THERE"),
    ]
    assert {one.name for one in sheet.addressees} != {""}


async def test_a_sheet_tells_whose_hands_came_between(desk: Desk) -> None:
    draft = await desk.guided.begin("ada", written())
    await desk.drafts.edit("ben", draft.id, draft.document, peer=THEM)
    await desk.drafts.edit("ada", draft.id, draft.document, peer=THIRD)
    sheet = await desk.guided.open("ada", draft.id)
    assert [one.person for one in sheet.others_since(1, "ada")] == ["ben"]
    assert sheet.others_since(2, "ada") == ()
    assert [one.version for one in sheet.others_since(1, "ben")] == [3]


async def test_a_firearm_of_another_case_is_told_to_who_sees_that_case(desk: Desk) -> None:
    firearm = request_document()["firearms"][0]
    firearm["marks"] = [{"kind": "SERIAL", "location": "FRAME", "text": "KX 40817"}]
    sent = await desk.released(request_document(firearms=[firearm]))
    await desk.receipted(sent)
    await desk.looked_at(sent.thread)
    draft = await desk.guided.begin("ada", written(firearms=[firearm]))
    found = (await desk.guided.open("ada", draft.id)).same
    assert [(one.thread, one.sure) for one in found] == [(sent.thread, True)]
    await desk.people.add("sam", "ida", ["investigator"])
    await desk.teams.add("sam", "alpha", name="Alpha")
    other = await desk.guided.begin("ida", written(firearms=[firearm]))
    assert (await desk.guided.open("ida", other.id)).same == ()


async def test_a_list_shows_own_drafts_and_to_who_releases_all(desk: Desk) -> None:
    await desk.people.add("sam", "ida", ["investigator"])
    mine = await desk.guided.begin("ada", written())
    hers = await desk.guided.begin("ida", written())
    assert [one.row.id for one in await desk.guided.list("ada")] == [mine.id]
    assert {one.row.id for one in await desk.guided.list("ben")} == {mine.id, hers.id}
    line = (await desk.guided.list("ada"))[0]
    assert (line.row.body, line.addressed, line.reference) == (b"", False, mine.reference)
    with pytest.raises(InputError) as found:
        await desk.guided.open("ada", hers.id)
    assert found.value.code == "draft-unknown"


async def test_a_reply_is_not_written_step_by_step(desk: Desk) -> None:
    thread = await desk.asked()
    draft = await desk.drafts.reply_draft("ben", thread, "acknowledgement", {})
    with pytest.raises(InputError) as found:
        await desk.guided.open("ben", draft.id)
    assert found.value.code == "draft-type"


async def test_reading_a_draft_is_on_record(desk: Desk) -> None:
    draft = await desk.guided.begin("ada", written())
    await desk.guided.open("ben", draft.id)
    rows = await desk.store.read(lambda tx: tx.audit.list(5))
    assert ("ben", "read-draft", draft.id) in {(one.actor, one.act, one.subject) for one in rows}


async def test_what_the_authority_always_says_is_in_a_new_request(desk: Desk) -> None:
    draft = await desk.guided.begin("ada", {})
    profile = RequestProfile()
    assert draft.document["intended_use"] == list(profile.uses)
    assert draft.document["legal_basis"]["instruments"] == list(profile.instruments)
    assert "domestic_work" not in draft.document
    for name, values in (
        ("instrument", profile.instruments),
        ("illicit-basis", profile.illicit),
        ("intended-use", profile.uses),
        ("asked", profile.asked),
    ):
        assert set(values) <= set(LISTS[name])


def test_points_are_a_hundred_heaviest_first() -> None:
    points = [one.points for one in THINGS]
    assert (sum(points), points) == (100, sorted(points, reverse=True))


async def test_a_request_is_as_complete_as_the_linter_finds_it(desk: Desk) -> None:
    draft = await desk.guided.begin("ada", written())
    found = completeness(draft.document, draft.findings)
    photos = {"photo-marks", "photo-left", "photo-right"}
    assert {one.name for one in found.gaps} == {*photos, "maker-mark"}
    assert (found.percent, found.blocked) == (86, 1)
    bare = completeness({}, [])
    assert bare.percent < 30


async def test_the_state_of_the_marks_counts_before_a_laboratory_has_tried(desk: Desk) -> None:
    firearm = request_document()["firearms"][0] | {"condition": {"state": "PARTLY_OBLITERATED"}}
    draft = await desk.guided.begin("ada", written(firearms=[firearm]))
    gaps = {one.name: one for one in completeness(draft.document, draft.findings).gaps}
    assert "condition" not in gaps
    tried = gaps["restoration"].finding
    assert tried is not None
    assert (gaps["restoration"].points, tried.code) == (2, "restoration-not-tried")
    assert tried.unsaid


async def test_marks_of_which_no_state_is_said_are_one_gap_with_all_that_it_costs(
    desk: Desk,
) -> None:
    firearm = request_document()["firearms"][0]
    bare = {name: value for name, value in firearm.items() if name != "condition"}
    draft = await desk.guided.begin("ada", written(firearms=[bare]))
    found = completeness(draft.document, draft.findings)
    told = [one for one in found.gaps if one.finding and one.finding.code == "condition-missing"]
    assert [(one.name, one.points) for one in told] == [("condition", 4)]
    assert found.percent == 100 - sum(one.points for one in found.gaps) == 82
    points = [one.points for one in found.gaps]
    assert points == sorted(points, reverse=True)
    order = by_help([hint("a", "photo-left-missing", ""), hint("b", "condition-missing", "")])
    assert [one.path for one in order] == ["b", "a"]


def test_each_photo_counts_without_the_others() -> None:
    told = [hint("attachments", f"photo-{which}-missing", "") for which in ("mark", "right")]
    found = completeness({"firearms": [{"marks": [{}]}]}, told)
    gaps = [(one.name, one.points) for one in found.gaps]
    assert gaps == [("photo-marks", 4), ("photo-right", 3)]
    assert found.percent == 93


async def test_what_is_said_to_be_unknown_is_taken_and_has_no_points(desk: Desk) -> None:
    firearm = request_document()["firearms"][0] | {"make": {"normalised": "UNKNOWN"}}
    draft = await desk.guided.begin("ada", written(firearms=[firearm]))
    assert is_unknown(draft.document["firearms"][0], "make")
    assert "make-missing" not in {one.code for one in draft.findings}
    assert "make" in {one.name for one in completeness(draft.document, draft.findings).gaps}
    assert make_family(Named(normalised="UNKNOWN")) == ""


def test_what_blocks_is_told_first_then_what_helps_most() -> None:
    told = [hint("a", "calibre-ambiguous", ""), error("b", "kind-missing", ""),
            hint("c", "import-year-missing", "")]  # fmt: skip
    assert [one.path for one in by_help(reversed(told))] == ["b", "a", "c"]


def test_names_are_looked_up_by_how_they_begin() -> None:
    assert lookup.makes("glo")[0] == "GLOCK"
    assert "19/19C" in lookup.models("Glock", "19")
    assert lookup.calibres("9 para")[0] == "9x19"
    assert lookup.makes("") == lookup.models("", "") == lookup.calibres(" ") == ()
    assert len(lookup.makes("a")) == lookup.MOST
