"""People at browsers: they sign in as everybody does, and load pages.

A reader is one connection with its cookies. What a page cost the server comes from the server
(`Server-Timing`, the time in the guard, the handler and the packing); the wall is measured here.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from gzip import decompress
from html import unescape
from html.parser import HTMLParser
from typing import Final, NamedTuple

import aiohttp

from tests.bench.house import PASSWORD

_TOKEN: Final = re.compile(rb'name="_token" value="([^"]+)"')
_OURS: Final = {"Accept-Encoding": "gzip", "Accept-Language": "en", "Sec-Fetch-Site": "same-origin"}
_ADDRESSES: Final = {"script": "src", "img": "src", "link": "href"}
_LOADED: Final = frozenset(("stylesheet", "icon"))


class Loaded(NamedTuple):
    """A page or a file as it came: what it weighed on the way, and how long it took."""

    status: int
    wire: int
    """Bytes of status, headers and packed body."""
    server: float
    """Seconds, by the server's own word; 0 if it says nothing."""
    wall: float
    """Seconds."""
    body: bytes
    """Unpacked."""


class Reader:
    """One person at one browser."""

    def __init__(self, url: str, client: aiohttp.ClientSession) -> None:
        self._url = url
        self._client = client

    async def load(self, path: str) -> Loaded:
        """A page or a file."""
        begun = time.perf_counter()
        async with self._client.get(
            self._url + path, headers=_OURS, allow_redirects=False
        ) as answer:
            body = await answer.read()
            wall = time.perf_counter() - begun
            head = sum(len(name) + len(value) + 4 for name, value in answer.raw_headers)
            packed = answer.headers.get("Content-Encoding") == "gzip"
            return Loaded(
                status=answer.status,
                wire=len(body) + head,
                server=_server(answer.headers.get("Server-Timing", "")),
                wall=wall,
                body=decompress(body) if packed else body,
            )

    async def sign_in(self, name: str) -> None:
        """Through the form, with the password.

        Raises:
            RuntimeError: it was refused.
        """
        shown = await self.load("/sign-in")
        token = _TOKEN.search(shown.body)
        fields = {
            "_token": unescape(token[1].decode()) if token else "",
            "name": name,
            "password": PASSWORD,
        }
        async with self._client.post(
            self._url + "/sign-in", data=fields, headers=_OURS, allow_redirects=False
        ) as answer:
            if answer.status != 303:
                raise RuntimeError(f"{name} cannot sign in: {answer.status}")

    async def whole(self, path: str) -> tuple[int, int]:
        """Bytes on the way of a page with everything it loads at once; and how many fonts."""
        page = await self.load(path)
        wire, fonts = page.wire, 0
        for address in loads(page.body.decode()):
            file = await self.load(address)
            wire += file.wire
            fonts += file.body.count(b"@font-face")
        return wire, fonts


class _Loads(HTMLParser):
    """Finds what a browser fetches at once: styles, scripts, the icon, pictures not put off."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        address = given.get(_ADDRESSES.get(tag, ""), "")
        if tag == "link" and given.get("rel") not in _LOADED:
            return
        if address and given.get("loading") != "lazy":
            self.found.append(address)


def loads(page: str) -> list[str]:
    """The addresses that a page makes a browser load at once."""
    parser = _Loads()
    parser.feed(page)
    return parser.found


@asynccontextmanager
async def reader(url: str, name: str) -> AsyncIterator[Reader]:
    """Somebody who has signed in."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, auto_decompress=False) as client:
        one = Reader(url, client)
        await one.sign_in(name)
        yield one


class Crowd(NamedTuple):
    """What came of many readers at once."""

    pages: int
    errors: int
    seconds: float
    walls: list[float]
    """Seconds, a page each."""


async def crowd(readers: Sequence[tuple[Reader, Sequence[str]]], *, each: int) -> Crowd:
    """Everybody loads so many pages, one after the other without a pause, all at once.

    Anything but a page is an error, a dropped connection too.
    """
    walls: list[float] = []
    errors = 0

    async def reading(one: Reader, paths: Sequence[str], first: int) -> None:
        nonlocal errors
        for turn in range(each):
            try:
                page = await one.load(paths[(first + turn) % len(paths)])
            except aiohttp.ClientError:
                errors += 1
                continue
            walls.append(page.wall)
            errors += page.status != 200

    begun = time.perf_counter()
    await asyncio.gather(*(reading(one, paths, n) for n, (one, paths) in enumerate(readers)))
    return Crowd(len(walls), errors, time.perf_counter() - begun, walls)


def _server(header: str) -> float:
    found = re.search(r"dur=([\d.]+)", header)
    return float(found[1]) / 1e3 if found else 0.0
