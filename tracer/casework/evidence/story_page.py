"""The report in an evidence bundle: the story of a thread in plain words, as one HTML page.

Made from what the verifier saw, so that it tells nothing that does not hold. No script, no picture,
nothing from outside; everything a person wrote is escaped, and its direction is kept apart from the
direction of the page. Codes, dates and places are written out in words; the codes, the ids and the
digests stand in the annex, for whoever compares them with the files.

What it does not do: prove anything. It says so in its first lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Final

import msgspec

from tracer.bundle.findings import Confirmed, Finding, Told, Verdict
from tracer.bundle.write import Parts
from tracer.casework import words
from tracer.casework.evidence.story_annex import annex
from tracer.casework.evidence.story_fields import Row, moment, rows_of
from tracer.clock import instant, stamp
from tracer.model.messages import type_of
from tracer.model.terms import NO_TERMS, Terms
from tracer.model.thread import Author, Event, Timers, closed, fold

_STYLE: Final = """\
body{font:16px/1.5 system-ui,"Noto Sans",sans-serif;color:#111;max-width:48rem;margin:2rem auto;
padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
.note{border:1px solid #777;padding:.5rem .75rem}article{border-top:2px solid;margin-top:1.5rem}
dl{margin:.25rem 0 .25rem 1rem}dt{font-weight:600}dd{margin:0 0 .25rem 1rem;overflow-wrap:anywhere}
code{font-size:.85em;overflow-wrap:anywhere}ol,ul{padding-inline-start:1.25rem}
.small{font-size:.8em}table{border-collapse:collapse;width:100%}
th,td{border:1px solid #777;padding:.15rem .4rem;text-align:start;overflow-wrap:anywhere}
@media print{body{max-width:none;margin:0;font-size:11pt}article{break-inside:avoid-page}}
@page{margin:2cm}
"""
_ANNEX: Final = "Annex: ids, digests and codes"
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_HEADS: Final[Mapping[str, str]] = {
    "trust": "What you have to compare",
    "proved": "What is proved",
    "open": "What is not proved, or was left out",
    "claimed": "What only the exporter says",
    "unjudged": "What is not judged",
}


def story_page(verdict: Verdict, parts: Parts) -> bytes:
    """The page, UTF-8."""
    opening = next((one for one in verdict.messages if one.id == parts.thread), None)
    title = getattr(opening.message, "reference", "") if opening else ""
    body = "".join(_body(verdict, parts, title or parts.thread))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>Evidence: {escape(title or parts.thread)}</title>"
        f"<style>{_STYLE}</style></head>\n<body>\n{body}</body></html>\n"
    ).encode()


def _body(verdict: Verdict, parts: Parts, title: str) -> Iterator[str]:
    yield f"<h1>Exchange {_text(title)} between {parts.authority} and {parts.peer}</h1>\n"
    yield (
        '<p class="note">This page explains; it is not the evidence. The evidence is in the other '
        "files of the bundle, and <code>tracer verify</code> checks them without this page. "
        f"Exported by {parts.authority} at {_when(parts.at)}.</p>\n"
    )
    yield f"<p>{_stands(verdict, parts)}</p>\n<h2>What happened</h2>\n"
    names = {one.id: _named(one) for one in verdict.messages}
    for one in verdict.messages:
        yield _message(one, names)
    yield '<h2>How far it is proved</h2>\n<div class="small">'
    for level, heading in _HEADS.items():
        found = [item for item in verdict.findings if item.level == level]
        if found:
            yield f"<h3>{heading}</h3>\n<ul>{''.join(map(_finding, found))}</ul>\n"
    yield f'</div><h2>{_ANNEX}</h2>\n<div class="small">'
    yield from annex(verdict.messages)
    yield "</div>"


def _stands(verdict: Verdict, parts: Parts) -> str:
    """Where the request stood at the export, by the messages that have a receipt."""
    opening = next((one for one in verdict.messages if one.id == parts.thread), None)
    if opening is None:
        return "The message that opened this exchange is not in the file."
    events = closed(
        Event(one.id, _author(one, opening), one.message, stamp(one.received_at))
        for one in verdict.messages
        if one.received_at is not None
    )
    if not events:
        return "Nothing in it has been received."
    named = getattr(opening.message, "terms", "")
    known = [msgspec.json.decode(data, type=Terms) for data in parts.terms] if named else []
    timers = Timers(terms=known[0] if known else NO_TERMS)
    state = fold(events, now=instant(parts.at), timers=timers)
    told = words.stands(state.state, type_of(opening.message))
    return f"At the export it stood so: {escape(told)}."


def _author(one: Told, opening: Told) -> Author:
    return "opener" if one.sender == opening.sender else "other"


def _named(one: Told) -> str:
    """What a message is called where another one speaks of it."""
    done = words.SAID.get(type_of(one.message), type_of(one.message))
    return f"message {one.number} ({one.sender} {done})"


def _message(one: Told, names: Mapping[str, str]) -> str:
    what = escape(words.said(one.message, type_of(one.message)))
    lines = [f"<article><h3>{one.number}. {one.sender} {what}</h3>\n<ul>"]
    if one.sent_at is not None:
        lines.append(f"<li>in the log of {one.sender} by {_when(one.sent_at)}</li>")
    if one.received_at is not None:
        lines.append(f"<li>received by {one.recipient} on {_when(one.received_at)}, receipted</li>")
    else:
        lines.append(f"<li>no receipt of {one.recipient} is here</li>")
    lines += [f"<li>{_confirmed(log)}</li>" for log in one.confirmed]
    if one.existed_by is not None:
        lines.append(f"<li>it existed before {_when(one.existed_by)}, by a time stamp</li>")
    if one.withheld:
        lines.append(f"<li>{one.withheld} parts of it are not in this file</li>")
    rows = _shown(rows_of(one.message, names=names))
    lines.append(f"</ul>\n{rows}</article>\n")
    return "".join(lines)


def _confirmed(log: Confirmed) -> str:
    """Which witnesses stand behind a log that holds the message."""
    where = f"in the log of {log.authority}"
    if not log.by:
        return f"{where} no witness has confirmed it"
    names = ", ".join(map(escape, log.by))
    if log.since is None:
        enough = f", where {log.quorum} would be enough" if log.quorum else ""
        return f"{where} confirmed by {names}{enough}"
    return f"{where} confirmed by {names}; {log.quorum} are enough, since {_when(log.since)}"


def _shown(rows: Sequence[Row]) -> str:
    """Rows, and what stands in each, as lists."""
    told = (
        f"<dt>{escape(one.name)}</dt><dd>{_shown(one.inner) if one.inner else _text(one.text)}</dd>"
        for one in rows
    )
    return f"<dl>{''.join(told)}</dl>"


def _text(value: object) -> str:
    """What somebody wrote: escaped, in its own direction, its lines kept."""
    lines = escape(str(value)).split("\n")
    return f"<bdi>{'<br>'.join(lines)}</bdi>"


def _when(value: datetime | str) -> str:
    return moment(value if isinstance(value, str) else stamp(value))


def _finding(one: Finding) -> str:
    """What the verifier says, its times in words; the file it speaks of stands behind it."""
    told = _MOMENT.sub(lambda found: moment(found[0]), one.words)
    where = f" <code>{escape(one.where)}</code>" if one.where else ""
    return f"<li>{escape(told)}{where}</li>"
