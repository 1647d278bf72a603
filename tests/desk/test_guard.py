"""Nothing reaches a handler but from our own page, from somebody who may, in bounds."""

from __future__ import annotations

import dataclasses
from typing import Any

import aiohttp
import pytest

from tests.desk.world import PASSWORD, World
from tracer.casework.accounts.sessions import Stage
from tracer.errors import InputError, LineError, OperatorError, PeerError, TracerError
from tracer.node.desk_site import verbs_of
from tracer.web.site import site
from tracer.web.ui.app import application
from tracer.web.ui.faults import CRASHED, FAMILIES, fault_of
from tracer.web.ui.guard import HEADERS, LASTS
from tracer.web.ui.statics import Statics
from tracer.web.ui.verbs import House, Verbs

pytestmark = pytest.mark.asyncio(loop_scope="session")
BUDGET = 60 * 1024
CRASH = (500, "crashed")


async def test_every_answer_carries_the_headers_that_shut_a_page_off(
    made: World, reader: Any
) -> None:
    who = reader(made.us.tokens["ben"])
    for path in ("/", "/nowhere", Statics().path("desk.css")):
        answer = await who.get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert "Server" not in answer.headers
    assert (await who.get("/")).headers["Cache-Control"] == "no-store"
    assert "immutable" in (await who.get(Statics().path("desk.css"))).headers["Cache-Control"]


async def test_without_a_session_the_way_leads_to_signing_in_and_back(reader: Any) -> None:
    answer = await reader().get("/requests?side=sent")
    assert answer.status == 303
    assert answer.headers["Location"] == "/sign-in?next=%2Frequests%3Fside%3Dsent"


@pytest.mark.parametrize(
    "where", ["//evil.example", "https://evil.example", "/\\evil.example", "/%0d"]
)
async def test_signing_in_leads_nowhere_but_into_the_desk(
    made: World, reader: Any, where: str
) -> None:
    answer = await reader(made.us.tokens["ben"]).get(f"/sign-in?next={where}")
    assert answer.status == 303
    assert answer.headers["Location"] in {"/", "/%0d"}


async def test_a_session_that_is_not_whole_reaches_nothing_but_its_next_step(
    made: World, reader: Any
) -> None:
    for stage, step in (
        (Stage.CODE, "/sign-in/second"),
        (Stage.CHANGE, "/sign-in/password"),
        (Stage.ENROL, "/sign-in/enrol"),
    ):
        answer = await reader(made.us.stages[stage]).get("/requests")
        assert (answer.status, answer.headers["Location"]) == (303, step)


async def test_who_has_not_the_role_is_told_so_with_the_code(made: World, reader: Any) -> None:
    answer = await reader(made.us.tokens["opa"]).get("/requests")
    assert (answer.status, answer.code) == (403, "role-missing")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_a_form_of_another_site_does_nothing(made: World, reader: Any, site: str) -> None:
    who = reader(made.us.tokens["ben"])
    token = (await who.get("/account")).token
    answer = await who.post("/language", {"_token": token, "back": "/"}, site=site)
    assert (answer.status, answer.code) == (403, "foreign-form")


async def test_a_browser_that_says_no_site_is_judged_by_the_origin(
    made: World, reader: Any
) -> None:
    who = reader(made.us.tokens["ben"])
    fields = {"_token": (await who.get("/account")).token, "back": "/"}

    async def sent(headers: dict[str, str]) -> int:
        async with who.client.post(
            f"{made.us.url}/language", data=fields, headers=headers, allow_redirects=False
        ) as answer:
            return int(answer.status)

    assert await sent({"Origin": made.us.url}) == 303
    assert await sent({"Origin": "https://evil.example"}) == 403
    assert await sent({"Origin": "null"}) == 403
    assert await sent({}) == 403


async def test_a_form_needs_the_token_of_its_own_session(made: World, reader: Any) -> None:
    ben, eve = reader(made.us.tokens["ben"]), reader(made.us.tokens["eve"])
    theirs = (await eve.get("/account")).token
    for token in ("", "AAAA", theirs):
        answer = await ben.post("/language", {"_token": token, "back": "/"})
        assert (answer.status, answer.code) == (403, "foreign-form")
    own = await ben.send("/account/password", {"old": "x"})
    assert own.status == 422


async def test_the_token_is_another_one_on_every_page_and_holds_all_the_same(
    made: World, reader: Any
) -> None:
    who = reader(made.us.tokens["ben"])
    one, other = (await who.get("/account")).token, (await who.get("/account")).token
    assert one != other
    for token in (one, other):
        assert (await who.post("/language", {"_token": token, "back": "/"})).status == 303


async def test_a_body_larger_than_its_page_takes_is_refused_unread(
    made: World, reader: Any
) -> None:
    answer = await reader(made.us.tokens["ben"]).post("/language", {"back": "x" * 70_000})
    assert (answer.status, answer.code) == (413, "http-413")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
async def test_no_other_method_is_answered(made: World, reader: Any, method: str) -> None:
    who = reader(made.us.tokens["ben"])
    async with who.client.request(method, f"{made.us.url}/requests") as answer:
        assert answer.status == 405
        assert set(HEADERS) <= set(answer.headers)


async def test_an_error_is_told_in_the_language_that_the_browser_asks_for(reader: Any) -> None:
    answer = await reader().get("/nowhere", **{"Accept-Language": "ar-EG, en;q=0.5"})
    assert answer.status == 404
    assert '<html lang="ar" dir="rtl">' in answer.text


def _house(made: World) -> House:
    rooms = made.us.node.rooms
    return House(
        authority=rooms.authority,
        name="Authority",
        terms=lambda: rooms.entry.entry.terms,
        clock=rooms.clock,
    )


class _Failing:
    """Casework that fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def page(self, *_: object, **__: object) -> None:
        """Fail."""
        raise self._error


async def _met(made: World, error: Exception) -> tuple[int, str]:
    verbs: Verbs = dataclasses.replace(verbs_of(made.us.node.rooms), lists=_Failing(error))  # type: ignore[arg-type]
    app = application(verbs, _house(made), secure=False)
    async with site(app, host="127.0.0.1", port=0, context=None) as port:
        cookies = {"tracer": made.us.tokens["ben"]}
        async with (
            aiohttp.ClientSession(cookies=cookies) as client,
            client.get(f"http://127.0.0.1:{port}/requests") as answer,
        ):
            return answer.status, await answer.text()


@pytest.mark.parametrize(
    "error",
    [
        InputError("list-sort", "a secret inside"),
        PeerError("jwe-form", "a secret inside"),
        LineError("no-answer", "a secret inside"),
        OperatorError("store-failed", "a secret inside"),
        RuntimeError("a secret inside"),
    ],
)
async def test_each_family_of_errors_is_a_page_with_its_code_and_nothing_of_our_inside(
    made: World, error: Exception
) -> None:
    status, text = await _met(made, error)
    told = (fault_of(error).status, error.code) if isinstance(error, TracerError) else CRASH
    assert status == told[0]
    assert f"<dd>{told[1]}</dd>" in text
    assert "secret inside" not in text
    assert "Traceback" not in text


async def test_every_family_has_a_page_of_its_own() -> None:
    kinds = {PeerError, LineError, InputError, OperatorError}
    assert {kind for kind, _ in FAMILIES} == kinds
    assert len({fault.status for _, fault in FAMILIES} | {CRASHED.status}) == 5


async def test_by_https_every_cookie_is_bound_to_this_host_and_to_no_script(made: World) -> None:
    app = application(verbs_of(made.us.node.rooms), _house(made), secure=True)
    async with (
        site(app, host="127.0.0.1", port=0, context=None) as port,
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{port}/sign-in") as answer,
    ):
        (cookie,) = answer.headers.getall("Set-Cookie")
        assert cookie.startswith("__Host-tracer-visit=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert answer.headers["Strict-Transport-Security"] == LASTS
        assert LASTS == "max-age=31536000; includeSubDomains"


async def test_a_desk_with_a_name_answers_to_no_other(made: World) -> None:
    app = application(
        verbs_of(made.us.node.rooms), _house(made), origin="https://desk.example", secure=True
    )
    async with site(app, host="127.0.0.1", port=0, context=None) as port:
        url = f"http://127.0.0.1:{port}/sign-in"
        async with aiohttp.ClientSession() as client:
            async with client.get(url) as answer:
                assert answer.status == 421
            async with client.get(url, headers={"Host": "desk.example"}) as answer:
                assert answer.status == 200


async def test_a_first_page_fits_a_bad_line(made: World, reader: Any) -> None:
    who = reader(made.us.tokens["ben"])
    size = 0
    for path in ("/", Statics().path("desk.css"), Statics().path("htmx.js")):
        asked = {"Sec-Fetch-Site": "none" if path == "/" else "same-origin"}
        async with who.client.get(made.us.url + path, headers=asked) as answer:
            size += int(answer.headers["Content-Length"])
            assert answer.headers["Content-Encoding"] == "gzip"
    assert size <= BUDGET


@pytest.mark.parametrize(
    ("headers", "packed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, "gzip"),
        ({"Sec-Fetch-Site": "none"}, "gzip"),
        ({"Sec-Fetch-Site": "same-site"}, None),
        ({"Sec-Fetch-Site": "cross-site", "Referer": "{url}/"}, None),
        ({"Referer": "{url}/"}, "gzip"),
        ({"Referer": "https://evil.example/"}, None),
        ({}, None),
    ],
)
async def test_a_page_that_another_site_asks_for_is_not_packed(
    made: World, reader: Any, headers: dict[str, str], packed: str | None
) -> None:
    given = {name: value.format(url=made.us.url) for name, value in headers.items()}
    answer = await reader(made.us.tokens["ben"]).get("/requests?owes=a-guess", **given)
    assert (answer.status, answer.headers.get("Content-Encoding")) == (200, packed)


async def test_how_long_a_page_took_is_told_to_nobody_unless_the_node_is_set_to(
    made: World, reader: Any
) -> None:
    for token in (made.us.tokens["ben"], made.us.tokens["opa"]):
        for path in ("/", "/requests?search=glock"):
            assert "Server-Timing" not in (await reader(token).get(path)).headers


async def test_how_long_a_page_took_is_told_at_the_desk_only(made: World, reader: Any) -> None:
    rooms = made.us.node.rooms
    house = House(
        authority=rooms.authority, name="X", terms=lambda: rooms.entry.entry.terms,
        clock=rooms.clock,
    )  # fmt: skip
    app = application(verbs_of(rooms), house, secure=False, timing=True)
    async with site(app, host="127.0.0.1", port=0, context=None) as port:

        async def told(token: str, path: str) -> str | None:
            who = reader(token)
            who.url = f"http://127.0.0.1:{port}"
            said: str | None = (await who.get(path)).headers.get("Server-Timing")
            return said

        assert (await told(made.us.tokens["ben"], "/") or "").startswith("desk;dur=")
        assert await told("", "/sign-in") is None
        assert await told(made.us.stages[Stage.CODE], "/sign-in") is None


async def test_a_person_signs_in_by_name_password_and_code_and_out_again(
    made: World, reader: Any
) -> None:
    who = reader(house=made.them)
    step = await who.send("/sign-in", {"name": "ben", "password": PASSWORD})
    assert (step.status, step.headers["Location"]) == (303, "/sign-in/second")
    wrong = await who.send("/sign-in/second", {"code": "000000"})
    assert (wrong.status, "This code is wrong" in wrong.text) == (422, True)
    step = await who.send("/sign-in/second", {"code": made.them.code("ben")})
    assert (step.status, step.headers["Location"]) == (303, "/")
    assert (await who.get("/requests")).status == 200
    out = await who.send("/account", {})
    assert out.status == 405
    token = (await who.get("/account")).token
    assert (await who.post("/sign-out", {"_token": token})).headers["Location"] == "/sign-in"
    assert (await who.get("/requests")).status == 303


async def test_a_wrong_password_and_an_unknown_name_are_told_alike(
    made: World, reader: Any
) -> None:
    texts = []
    for name in ("sam", "nobody.here"):
        answer = await reader(house=made.them).send(
            "/sign-in", {"name": name, "password": "wrong and long enough"}
        )
        assert answer.status == 422
        texts.append("Name or password is wrong" in answer.text)
    assert texts == [True, True]


async def test_a_change_of_language_keeps_what_was_typed_and_does_nothing(
    made: World, reader: Any
) -> None:
    who = reader(house=made.them)
    answer = await who.send("/sign-in", {"name": "ben", "password": PASSWORD, "_language": "fr"})
    assert (answer.status, '<html lang="fr"' in answer.text) == (200, True)
    assert 'value="ben"' in answer.text
    assert PASSWORD not in answer.text
    assert '<html lang="fr"' in (await who.get("/sign-in")).text


async def test_a_person_finds_the_language_they_chose_in_another_browser(
    made: World, reader: Any
) -> None:
    people = made.us.verbs.people
    await people.set_contact("sam", "sam", mail="sam@xa.example", language="en")
    who = reader(made.us.tokens["sam"])
    token = (await who.get("/account")).token
    await who.post("/language", {"_token": token, "_language": "es", "back": "/account"})
    contact = await people.contact("sam", "sam")
    assert contact is not None
    assert contact.language == "es"
    other = reader()
    await other.send("/sign-in", {"name": "sam", "password": PASSWORD})
    await other.send("/sign-in/second", {"code": made.us.code("sam")})
    assert '<html lang="es"' in (await other.get("/")).text
