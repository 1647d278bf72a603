"""Figures of cooperation: of every peer, of one, the requests behind one, and what proves them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tracer.casework.figures.cooperation import Behind, PeerFigures
from tracer.casework.figures.proving import Page
from tracer.node.commands.base import Call, Nothing, command


class OfPeer(Struct, frozen=True, forbid_unknown_fields=True):
    """Names a peer, or its country, and the first month; empty: from the beginning."""

    authority: str
    since: str = ""


class OfFigure(Struct, frozen=True, forbid_unknown_fields=True):
    """Which requests: whose, behind which figure at which instant, and where to go on."""

    authority: str
    side: Literal["ours", "theirs"] = "ours"
    figure: str = "received"
    since: str = ""
    at: str = ""
    after: tuple[str, str] = ("", "")


@command("cooperation.list", Nothing)
async def _list(call: Call, _: Nothing) -> tuple[PeerFigures, ...]:
    return await call.desk.cooperation.list(call.actor)


@command("cooperation.show", OfPeer)
async def _show(call: Call, args: OfPeer) -> PeerFigures:
    return await call.desk.cooperation.show(call.actor, args.authority, since=args.since)


@command("cooperation.behind", OfFigure)
async def _behind(call: Call, args: OfFigure) -> Behind:
    return await call.desk.cooperation.behind(
        call.actor,
        args.authority,
        args.figure,
        side=args.side,
        since=args.since,
        at=args.at,
        after=args.after,
    )


@command("cooperation.proof", OfFigure)
async def _proof(call: Call, args: OfFigure) -> Page:
    return await call.desk.proving.page(
        call.actor,
        args.authority,
        side=args.side,
        figure=args.figure,
        since=args.since,
        at=args.at,
        after=args.after,
    )


COMMANDS = (_list, _show, _behind, _proof)
