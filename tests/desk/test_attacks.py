"""What somebody tries who is at the desk, or on its network, or a State that is no friend."""

from __future__ import annotations

import asyncio
from base64 import b32decode
from dataclasses import replace
from io import BytesIO
from re import findall, search
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace as replace_row

from tests.desk.visits import visits
from tests.desk.world import PASSWORD, World
from tests.nodes import until
from tracer.casework.accounts.sessions import Stage
from tracer.casework.trail import ActFilter
from tracer.errors import InputError
from tracer.node.desk_site import verbs_of
from tracer.trust.totp import STEP, code_at
from tracer.web.site import SiteLimits, site
from tracer.web.ui.app import application
from tracer.web.ui.guard import LARGE_AT_ONCE
from tracer.web.ui.session import form_token
from tracer.web.ui.verbs import House

pytestmark = pytest.mark.asyncio(loop_scope="session")
BOUNDARY = {"Content-Type": "multipart/form-data; boundary=B"}
NO_CHARSET = (
    b'--B\r\nContent-Disposition: form-data; name="_token"\r\n'
    b"Content-Type: text/plain; charset=nope\r\n\r\nx\r\n--B--\r\n"
)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"a=b", {"Content-Type": "application/x-www-form-urlencoded; charset=nope"}),
        (NO_CHARSET, BOUNDARY),
        (b"--B\r\n\r\nx\r\n--B--\r\n", BOUNDARY),
        (b"a=b", {"Content-Type": "multipart/form-data"}),
    ],
)
async def test_a_body_that_is_no_form_is_refused_and_crashes_nothing(
    made: World, reader: Any, body: bytes, headers: dict[str, str]
) -> None:
    given = {"Sec-Fetch-Site": "same-origin", **headers}
    url = f"{made.us.url}/sign-in"
    async with reader().client.post(url, data=body, headers=given) as answer:
        assert answer.status == 400


@pytest.mark.parametrize(
    "asked",
    [
        *("before=" + "9" * 25, "before=" + "9" * 4500, "before=%C2%B2", "before=-1"),
        *("since=0000-00-00", "until=9999-12-31", "subject=%ff%00", "act=%F0%9F%92%A9"),
    ],
)
async def test_what_no_page_of_ours_asks_of_the_acts_is_answered_by_a_page(
    made: World, reader: Any, asked: str
) -> None:
    sam = reader(made.us.tokens["sam"])
    assert (await sam.get(f"/audit?{asked}")).status == 200
    assert (await sam.get(f"/audit/acts.csv?{asked}")).status == 200


async def test_a_file_that_is_opened_by_itself_can_neither_run_nor_load_anything(
    made: World, reader: Any
) -> None:
    draft = made.drafts["ada"]
    for who, path in (("ada", f"/drafts/{draft}/photos/1"), ("ben", "/requests.csv")):
        answer = await reader(made.us.tokens[who]).get(path)
        assert answer.status == 200
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"].partition(";")[0] in {"inline", "attachment"}


@pytest.mark.parametrize("path", ["/requests", "/sign-in", "/requests.csv"])
async def test_no_other_origin_is_let_in_and_no_method_but_the_two(
    made: World, reader: Any, path: str
) -> None:
    who, asked = reader(made.us.tokens["ben"]), {"Origin": "https://evil.example"}
    answer = await who.get(path, **asked)
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    preflight = {**asked, "Access-Control-Request-Method": "POST"}
    async with who.client.options(made.us.url + path, headers=preflight) as refused:
        assert refused.status == 405
        assert not [one for one in refused.headers if one.lower().startswith("access-control-")]


async def test_a_password_is_masked_and_may_be_pasted_and_kept(made: World, reader: Any) -> None:
    pages = [await reader().get("/sign-in")]
    pages.append(await reader(made.us.stages[Stage.CHANGE]).get("/sign-in/password"))
    pages.append(await reader(made.us.tokens["ben"]).get("/account/password"))
    for page in pages:
        fields = findall(r"<input[^>]*name=\"(?:password|again|old)\"[^>]*>", page.text)
        assert fields
        for one in fields:
            assert 'type="password"' in one
            assert search(r'autocomplete="(?:current|new)-password"', one)
            assert "maxlength" not in one
            assert "onpaste" not in one


async def test_every_page_of_somebody_signed_in_leads_out(made: World, reader: Any) -> None:
    for visit in visits(made):
        if visit.token:
            answer = await reader(visit.token).get(visit.path)
            way = 'href="/requests/' if visit.name == "request-print" else 'action="/sign-out"'
            assert (visit.name, way in answer.text) == (visit.name, True)


@pytest.mark.parametrize("number", ["9" * 25, "9" * 4500, "x", "-1"])
async def test_a_session_that_is_none_of_ones_own_ends_no_other(
    made: World, reader: Any, number: str
) -> None:
    eve = reader(made.us.tokens["eve"])
    token = (await eve.get("/account")).token
    answer = await eve.post("/account/sessions", {"_token": token, "number": number})
    assert (answer.status, answer.code) == (422, "session-unknown")


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        (["198.51.100.9, 192.0.2.7"], "192.0.2.7"),
        (["198.51.100.9", "192.0.2.7"], "192.0.2.7"),
        (["192.0.2.7", ""], "127.0.0.1"),
        ([], "127.0.0.1"),
    ],
)
async def test_behind_a_proxy_only_what_it_added_itself_says_where_somebody_is(
    made: World, lines: list[str], address: str
) -> None:
    rooms, house = made.them.node.rooms, _house(made.them)
    app = application(
        verbs_of(rooms), house, origin="https://desk.example", secure=True, proxied=True
    )
    async with site(app, host="127.0.0.1", port=0, context=None) as port:
        headers = [("Host", "desk.example"), *(("X-Forwarded-For", line) for line in lines)]
        url = f"http://127.0.0.1:{port}/sign-in"
        async with aiohttp.ClientSession() as client:
            async with client.get(url, headers=headers) as answer:
                visit = answer.cookies["__Host-tracer-visit"].value
                token = (await answer.text()).partition('name="_token" value="')[2].split('"')[0]
            headers += [
                ("Cookie", f"__Host-tracer-visit={visit}"),
                ("Sec-Fetch-Site", "same-origin"),
            ]
            fields = {"_token": token, "name": "nobody", "password": PASSWORD}
            async with client.post(url, headers=headers, data=fields) as answer:
                assert answer.status == 422
    act = (await made.them.verbs.trail.list("sam", ActFilter(act="sign-in-refused"), limit=1))[0]
    assert act.detail["address"] == address


async def test_a_browser_is_known_again_once_somebody_has_signed_in_and_never_before(
    made: World, reader: Any
) -> None:
    who = reader()
    name = "tracer-browser"
    step = await who.send("/sign-in", {"name": "aud", "password": PASSWORD})
    assert name not in str(step.headers.getall("Set-Cookie"))
    step = await who.send("/sign-in/second", {"code": made.us.code("aud")})
    assert step.headers["Location"] == "/"
    (kept,) = (one for one in step.headers.getall("Set-Cookie") if one.startswith(f"{name}="))
    assert "HttpOnly" in kept
    assert "Max-Age" in kept
    other = reader()
    tried = {"name": "aud", "password": "wrong and long enough"}
    for _ in range(6):
        answer = await other.send("/sign-in", tried)
    assert answer.status == 422
    assert "Name or password is wrong" not in answer.text
    token = (await who.get("/account")).token
    await who.post("/sign-out", {"_token": token})
    step = await who.send("/sign-in", {"name": "aud", "password": PASSWORD})
    assert (step.status, step.headers["Location"]) == (303, "/sign-in/second")


async def test_to_end_other_sessions_takes_a_fresh_proof_and_leads_back_to_the_account(
    made: World, reader: Any
) -> None:
    who = reader()
    await who.send("/sign-in", {"name": "opa", "password": PASSWORD})
    await who.send("/sign-in/second", {"code": made.us.code("opa")})
    lines = await made.us.verbs.sessions.mine(_token_of(who))
    mine = next(one.number for one in lines if one.mine)
    await made.us.node.rooms.store.write(
        lambda tx: tx.sessions._change(mine, proved="2020-01-01T00:00:00.000Z")  # noqa: SLF001 - time passes
    )
    token = (await who.get("/account")).token
    answer = await who.post("/account/sessions", {"_token": token})
    assert answer.headers["Location"] == "/account/proof?next=%2Faccount"
    assert (await who.get("/account/factor")).headers["Location"].startswith("/account/proof")


async def test_with_the_password_alone_nobody_puts_another_phone_in_the_place_of_one(
    made: World, reader: Any
) -> None:
    who = reader(made.us.tokens["aud"])
    shown = await who.get("/account/factor")
    assert 'name="old"' in shown.text
    typed = search(r'<p class="secret">([A-Z2-7 ]+)</p>', shown.text)
    assert typed
    now = made.us.node.rooms.clock.now().timestamp()
    code = code_at(b32decode(typed[1].replace(" ", "")), int(now) // STEP)
    for old, told in (("", "missing"), ("000000", "That is not right.")):
        answer = await who.send("/account/factor", {"code": code, "old": old, "password": PASSWORD})
        assert (answer.status, told in answer.text or told == "missing") == (422, True)
        assert typed[1] in answer.text


async def test_the_page_of_a_first_phone_asks_at_the_desk_for_the_password(
    made: World, reader: Any
) -> None:
    store, who = made.us.node.rooms.store, reader(made.us.tokens["aud"])
    account = await store.read(lambda tx: tx.accounts.get("aud"))
    assert account is not None
    await store.write(
        lambda tx: tx.accounts.put(replace_row(account, factor=None, factor_since=None))
    )
    try:
        shown = await who.get("/account/factor")
        typed = {"code": "000000", "password": "not the password"}
        answer = await who.send("/account/factor", typed)
    finally:
        await store.write(lambda tx: tx.accounts.put(account))
    assert ('name="password"' in shown.text, 'name="old"' in shown.text) == (True, False)
    assert (answer.status, "That is not right." in answer.text) == (422, True)


class _Crowd:
    """Files that are being attached: how many at once. None is taken."""

    inside = most = 0

    async def add(self, *_: object, **__: object) -> None:
        """Take a while, then refuse."""
        self.inside += 1
        self.most = max(self.most, self.inside)
        for _n in range(50):
            await asyncio.sleep(0)
        self.inside -= 1
        raise InputError("file-type", "not taken", field="file")


async def test_of_many_uploads_at_once_few_are_in_memory(made: World) -> None:
    crowd = _Crowd()
    verbs: Any = replace(verbs_of(made.us.node.rooms), attach=crowd)  # type: ignore[arg-type]
    app = application(verbs, _house(made.us), secure=False)
    token = made.us.tokens["ada"]
    async with site(app, host="127.0.0.1", port=0, context=None) as port:
        url = f"http://127.0.0.1:{port}/drafts/{made.drafts['ada']}/photos"
        async with aiohttp.ClientSession(cookies={"tracer": token}) as client:

            async def sent() -> int:
                form = aiohttp.FormData({"_token": form_token(token), "shows": "PHOTO_OTHER"})
                form.add_field("file", BytesIO(b"x" * 2_000_000), filename="a.jpg")
                headers = {"Sec-Fetch-Site": "same-origin"}
                async with client.post(url, data=form, headers=headers) as answer:
                    return answer.status

            assert set(await asyncio.gather(*(sent() for _ in range(12)))) == {422}
    assert crowd.most == LARGE_AT_ONCE


async def test_signing_in_anew_ends_the_sign_in_that_was_under_way(reader: Any) -> None:
    who = reader()
    await who.send("/sign-in", {"name": "ola", "password": PASSWORD})
    first = _token_of(who)
    await who.send("/sign-in", {"name": "ola", "password": PASSWORD})
    assert _token_of(who) != first
    again = await reader(first).get("/sign-in/second")
    assert (again.status, again.headers["Location"]) == (303, "/sign-in?next=%2Fsign-in%2Fsecond")


@pytest.mark.parametrize("planted", ["A" * 43, "begun by somebody else"])
async def test_a_session_that_was_put_into_a_browser_is_never_the_one_that_is_signed_in(
    made: World, reader: Any, planted: str
) -> None:
    if " " in planted:
        opened = await made.us.verbs.sign_in.begin("ben", PASSWORD, address="192.0.2.7")
        planted = opened.token
    step = await reader(planted).send("/sign-in", {"name": "ola", "password": PASSWORD})
    (given,) = (one for one in step.headers.getall("Set-Cookie") if one.startswith("tracer="))
    assert planted not in given
    assert (await reader(planted).get("/requests")).headers["Location"].startswith("/sign-in?")


async def test_a_stranger_who_holds_connections_open_takes_no_more_than_there_are_for_the_desk(
    made: World,
) -> None:
    limits = SiteLimits(connections=4, of_one=3)
    app = application(verbs_of(made.them.node.rooms), _house(made.them), secure=False)
    async with site(app, host="127.0.0.1", port=0, context=None, limits=limits) as port:
        first = [await _held_open(port, "127.0.0.1") for _ in range(5)]
        assert [await _turned_away(one) for one in first[3:]] == [True, True]
        other, late = await _held_open(port, "127.0.0.2"), await _held_open(port, "127.0.0.3")
        assert await _turned_away(late)
        assert not any(reader.at_eof() for reader, _ in (*first[:3], other))
        for _, writer in (*first, other, late):
            writer.close()
        async with aiohttp.ClientSession() as client:
            await until(lambda: _answers(client, port))


async def _held_open(port: int, address: str) -> Any:
    """A connection from an address that begins a request and does not finish it."""
    found = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    found[1].write(b"GET / HTTP/1.1\r\nHo")
    return found


async def _turned_away(connection: Any) -> bool:
    """Waits for the end of a connection; whether it came without a word."""
    try:
        return not await connection[0].read()
    except ConnectionError:
        return True


async def _answers(client: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with client.get(f"http://127.0.0.1:{port}/sign-in") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def _house(made: Any) -> House:
    rooms = made.node.rooms
    return House(
        authority=rooms.authority,
        name="Authority",
        terms=lambda: rooms.entry.entry.terms,
        clock=rooms.clock,
    )


def _token_of(who: Any) -> str:
    return str(next(one.value for one in who.client.cookie_jar if one.key == "tracer"))
