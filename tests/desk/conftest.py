"""One world for all tests of the desk in a process: two nodes take a while to meet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from html import unescape
from re import search
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.desk.world import House, World, world


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def made(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The two authorities with their people and requests."""
    async with world(tmp_path_factory.mktemp("desk")) as found:
        yield found


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the desk."""

    status: int
    headers: Any
    text: str

    @property
    def code(self) -> str:
        """The stable code on an error page."""
        found = search(r"<dt>[^<]*</dt><dd>([a-z0-9-]+)</dd>", self.text)
        return found[1] if found else ""

    @property
    def token(self) -> str:
        """The token of the page's forms."""
        found = search(r'name="_token" value="([^"]+)"', self.text)
        return unescape(found[1]) if found else ""


@dataclass(slots=True)
class Reader:
    """A browser without a screen: keeps cookies, says where a form came from."""

    url: str
    client: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page; redirects are not followed."""
        given = {**self.headers, **headers}
        async with self.client.get(self.url + path, headers=given, allow_redirects=False) as answer:
            return Answer(answer.status, answer.headers, await answer.text("utf-8", "replace"))

    async def post(
        self, path: str, fields: dict[str, str], *, site: str = "same-origin", **headers: str
    ) -> Answer:
        """Send a form as a page of ours would."""
        given = {**self.headers, "Sec-Fetch-Site": site, **headers}
        async with self.client.post(
            self.url + path, data=fields, headers=given, allow_redirects=False
        ) as answer:
            return Answer(answer.status, answer.headers, await answer.text("utf-8", "replace"))

    async def send(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        """Load the page of a form, fill it in, send it."""
        shown = await self.get(path)
        return await self.post(path, {"_token": shown.token, **fields}, **headers)


@pytest_asyncio.fixture(loop_scope="session")
async def reader(made: World) -> AsyncIterator[Any]:
    """Makes readers of a house: `reader(token)`, `reader(token, made.them)`."""
    opened: list[aiohttp.ClientSession] = []

    def of(token: str = "", house: House | None = None) -> Reader:
        jar = aiohttp.CookieJar(unsafe=True)
        client = aiohttp.ClientSession(cookie_jar=jar)
        opened.append(client)
        if token:
            client.cookie_jar.update_cookies({"tracer": token})
        return Reader((house or made.us).url, client)

    yield of
    for client in opened:
        await client.close()
