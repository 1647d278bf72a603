"""Authorities, audit, people and the node, as readers use their pages: without script."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest

from tests.desk.world import PASSWORD, THEM, US, World
from tests.trust.makers import verified
from tracer.store import Tx
from tracer.trust.entry import fingerprint

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def upload(who: Any, path: str, fields: dict[str, str], **files: bytes) -> tuple[int, Any]:
    """Send a form with files as a browser does; status and answer."""
    shown = await who.get(path)
    form = aiohttp.FormData({"_token": shown.token, **fields})
    for name, data in files.items():
        form.add_field(name, data, filename="entry.json", content_type="application/json")
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with who.client.post(
        who.url + path, data=form(), headers={**headers, "Content-Length": str(form().size)}
    ) as answer:
        return answer.status, await answer.text()


async def test_an_entry_is_believed_when_its_fingerprint_was_read_out(
    made: World, reader: Any
) -> None:
    who, entry = reader(made.us.tokens["sam"]), verified("XD-NPOC")
    text = entry.file.decode()
    status, page = await upload(who, "/authorities/add", {}, file=entry.file)
    assert status == 200
    assert "XD-NPOC" in page
    path = "/authorities/add"
    wrong = await who.send(path, {"step": "believe", "entry": text, "fingerprint": "12345"})
    assert wrong.status == 422
    assert "not the fingerprint" in wrong.text
    listed = await who.get("/authorities")
    assert "XD-NPOC" not in listed.text
    voice = fingerprint(entry.jws)
    right = await who.send(path, {"step": "believe", "entry": text, "fingerprint": voice})
    assert (right.status, right.headers["Location"]) == (303, "/authorities/XD-NPOC")


async def test_what_is_no_entry_is_refused_in_words(made: World, reader: Any) -> None:
    who = reader(made.us.tokens["sam"])
    status, page = await upload(who, "/authorities/add", {}, file=b"{}")
    assert status == 422
    assert "no valid entry" in page
    answer = await who.send("/authorities/add", {})
    assert answer.status == 422


async def test_an_authority_is_suspended_with_a_reason_and_resumed(
    made: World, reader: Any
) -> None:
    who, path = reader(made.us.tokens["sam"]), f"/authorities/{THEM}"
    assert (await who.send(f"{path}/suspend", {"reason": " "})).status == 422
    done = await who.send(f"{path}/suspend", {"reason": "=HYPERLINK(1)"})
    assert done.status == 303
    assert "Suspended by us" in (await who.get(path)).text
    taken = await who.get(f"/audit/acts.csv?subject={THEM}&act=peer-suspend")
    rows = list(csv.reader(io.StringIO(taken.text.removeprefix("\ufeff"))))
    assert rows[1][3] == "peer-suspend"
    assert (await who.send(f"{path}/resume", {})).status == 303
    assert "Suspended by us" not in (await who.get(path)).text


async def test_an_authority_is_shown_with_contacts_terms_and_both_ways_of_the_line(
    made: World, reader: Any
) -> None:
    page = await reader(made.us.tokens["ada"]).get(f"/authorities/{THEM}")
    for words in ("We reach them", "They reach us", "Whom to speak to", "Hours", "1 hour"):
        assert words in page.text
    assert "Cooperation so far" not in page.text
    officer = await reader(made.us.tokens["ben"]).get(f"/authorities/{THEM}")
    assert "Cooperation so far" in officer.text


async def test_an_authority_that_fetches_is_not_said_to_be_out_of_use(
    made: World, reader: Any
) -> None:
    who, entry = reader(made.us.tokens["sam"]), verified("XE-NPOC", mode="collects", endpoint="")
    given = {"entry": entry.file.decode(), "fingerprint": fingerprint(entry.jws)}
    added = await who.send("/authorities/add", {"step": "believe", **given})
    assert added.status == 303
    for path in ("/authorities", "/authorities/XE-NPOC"):
        assert "They fetch what we have for them" in (await who.get(path)).text


async def test_the_receipts_behind_a_figure_are_a_file(made: World, reader: Any) -> None:
    answer = await reader(made.us.tokens["ben"]).get(f"/authorities/{THEM}/receipts?side=theirs")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert json.loads(answer.text)


async def test_a_one_time_password_is_shown_once_and_a_person_is_locked_out(
    made: World, reader: Any
) -> None:
    who = reader(made.us.tokens["opa"])
    assert (await who.send("/administration/people/add", {"name": "zoe"})).status == 422
    given = await who.send("/administration/people/add", {"name": "zoe", "roles": "auditor"})
    assert given.status == 200
    assert "Shown only now" in given.text
    path = "/administration/people/zoe"
    page = await who.get(path)
    assert "One-time password given" in page.text
    assert "Shown only now" not in page.text
    locked = await who.post(f"{path}/lock", {"_token": page.token, "locked": "yes"})
    assert locked.status == 303
    assert "Locked out" in (await who.get(path)).text


async def test_an_operator_sees_on_their_desk_how_the_node_is(made: World, reader: Any) -> None:
    opa = reader(made.us.tokens["opa"])
    desk, health = (await opa.get("/")).text, (await opa.get("/administration")).text
    rows = [re.findall(r"<tr><th scope=\"row\">.*?</th>", one) for one in (desk, health)]
    assert rows[0]
    assert set(rows[0]) <= set(rows[1])


async def test_an_operator_meets_no_case_in_administration(made: World, reader: Any) -> None:
    who = reader(made.us.tokens["opa"])
    for path in ("", "/queue", "/people", "/teams", "/keys", "/settings"):
        page = await who.get(f"/administration{path}")
        assert page.status == 200, path
        assert not any(thread in page.text for thread in made.threads.values())
        assert "XA-2026-0" not in page.text
    assert (await who.get("/overview")).status == 403
    assert (await who.get("/requests.csv")).status == 403


async def test_the_journal_is_checked_and_acts_are_taken_out_with_proofs(
    made: World, reader: Any
) -> None:
    who = reader(made.us.tokens["aud"])
    assert "Everything holds." in (await who.send("/audit/check", {})).text
    answer = await who.send("/audit/proofs", {"subject": made.threads["taken"]})
    assert json.loads(answer.text)["kind"] == "tracer-acts"
    unknown = await who.send("/audit/proofs", {"subject": "nothing of the kind"})
    assert unknown.status == 422


async def test_whoever_does_not_see_every_request_is_told_that_acts_are_left_out(
    made: World, reader: Any
) -> None:
    said = "Acts on requests that you may not see are left out."
    for person, told in (("sam", True), ("aud", False)):
        who = reader(made.us.tokens[person])
        assert (said in (await who.get("/audit")).text) == told
        taken = await who.get("/audit/acts.csv")
        rows = list(csv.reader(io.StringIO(taken.text.removeprefix("\ufeff"))))
        assert (said in rows[-1]) == told


async def test_acts_are_paged_by_number_and_narrowed(made: World, reader: Any) -> None:
    who = reader(made.us.tokens["aud"])
    page = await who.get("/audit?by=ben&act=release")
    assert "Released a message" in page.text
    assert page.text.count("<tr>") > 1
    assert "Nothing on record fits." in (await who.get("/audit?by=nobody")).text
    assert "Nothing on record fits." in (await who.get("/audit?until=2001-01-01")).text
    first = await who.get("/audit")
    assert 'rel="next"' in first.text


def _references(tx: Tx, threads: Mapping[str, str]) -> dict[str, str]:
    found = {name: tx.cases.get(thread) for name, thread in threads.items()}
    return {name: case.reference for name, case in found.items() if case is not None}


async def test_the_list_of_requests_leaves_as_a_table_of_what_one_may_see(
    made: World, reader: Any
) -> None:
    names = ("fresh", "taken", "answered", "refused", "question", "restricted")
    sent = {name: made.threads[name] for name in names}
    rooms = made.us.node.rooms
    references = await rooms.store.read(lambda tx: _references(tx, sent))
    hidden = references.pop("restricted")
    listed: dict[str, list[str]] = {}
    for person in ("ben", "eve"):
        answer = await reader(made.us.tokens[person]).get("/requests.csv?side=sent")
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert rows[0][0] == "Request"
        listed[person] = [row[0] for row in rows[1:]]
    assert {*references.values()} <= {*listed["ben"]}
    assert sorted(listed["eve"]) == sorted([*listed["ben"], hidden])


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json"])
async def test_the_report_of_a_year_is_a_file(made: World, reader: Any, kind: str) -> None:
    answer = await reader(made.us.tokens["sam"]).get(f"/reports/year?year=2026&kind={kind}")
    assert answer.status == 200
    assert f".{kind}" in answer.headers["Content-Disposition"]


async def test_the_overview_says_that_no_figure_counts_a_test(made: World, reader: Any) -> None:
    text = (await reader(made.us.tokens["sam"]).get("/overview")).text
    assert text.count("In an exercise every request is a test, and no figure counts a test.") == 2
    assert "There is nothing to count yet." not in text


async def test_a_notice_is_listed_and_seen_once(made: World, reader: Any) -> None:
    who = reader(made.us.tokens["ben"])
    page = await who.get("/notices")
    done = await who.post("/notices/seen", {"_token": page.token, "number": "1"})
    assert done.status == 303


async def test_power_over_others_takes_a_fresh_proof_and_leads_back_to_where_it_was_asked(
    made: World, reader: Any
) -> None:
    token, old = made.them.tokens["sam"], "2020-01-01T00:00:00.000Z"
    (mine, *_) = [one for one in await made.them.verbs.sessions.mine(token) if one.mine]
    await made.them.node.rooms.store.write(
        lambda tx: tx.sessions._change(mine.number, proved=old)  # noqa: SLF001 - time passes
    )
    who = reader(token, made.them)
    for path in (
        "/authorities/add",
        f"/authorities/{US}/suspend",
        "/administration/people/add",
        "/administration/people/ben/roles",
        "/administration/teams/add",
    ):
        answer = await who.get(path)
        assert (answer.status, answer.headers["Location"].split("?")[0]) == (303, "/account/proof")
    assert 'autocomplete="one-time-code"' in (await who.get("/account/proof")).text
    refused = await who.send("/account/proof", {"proof": PASSWORD})
    assert (refused.status, "That is not right." in refused.text) == (422, True)
    code = made.them.code("sam")
    proved = await who.send("/account/proof?next=/authorities/add", {"proof": code})
    assert (proved.status, proved.headers["Location"]) == (303, "/authorities/add")
    assert (await who.get("/authorities/add")).status == 200
    made.them.tokens["sam"] = next(
        one.value for one in who.client.cookie_jar if one.key == "tracer"
    )
