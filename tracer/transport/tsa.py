"""The line to a time-stamp authority: one POST, one answer (RFC 3161 section 3.4).

Plain `http` is right: the answer is signed, and what is asked is a digest and a random number.

What it does not do: know what a request or an answer means (`evidence.timestamp`).
"""

from __future__ import annotations

from typing import Protocol

import aiohttp

from tracer.errors import LineError

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class TimeLine(Protocol):
    """A line to one authority; tests implement it without a network."""

    async def ask(self, request: bytes, *, limit: int) -> bytes:
        """Post a request; the raw answer, of at most `limit` bytes.

        Raises:
            LineError: `time-line`: there was none.
        """
        ...


class HttpTimeLine:
    """`TimeLine` over HTTP or HTTPS; a connection for each question, of which there is one an hour.

    Args:
        url: The authority's address.
        connect: Seconds to establish the connection.
        total: Seconds the whole question may take.
    """

    def __init__(self, url: str, *, connect: float = 15.0, total: float = 60.0) -> None:
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=total, sock_connect=connect)

    async def ask(self, request: bytes, *, limit: int) -> bytes:
        """Post a request; redirects are not followed, nothing is decompressed."""
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=self._timeout,
                    auto_decompress=False,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    trust_env=False,
                ) as session,
                session.post(
                    self._url,
                    data=request,
                    headers={"Content-Type": QUERY, "Accept": REPLY},
                    allow_redirects=False,
                ) as response,
            ):
                return await _answer(response, limit)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise LineError(
                "time-line", f"the line to the time-stamp authority broke: {type(error).__name__}"
            ) from error


async def _answer(response: aiohttp.ClientResponse, limit: int) -> bytes:
    if response.status != 200:  # noqa: PLR2004
        raise LineError("time-line", f"the time-stamp authority answered {response.status}")
    body = await response.content.read(limit + 1)
    while len(body) <= limit and (more := await response.content.read(limit + 1 - len(body))):
        body += more
    if len(body) > limit:
        raise LineError("time-line", "the time-stamp authority's answer is longer than allowed")
    return body
