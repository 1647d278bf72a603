"""The report in an evidence bundle: the story of a thread in plain words, as one HTML page.

Made from what the verifier saw, so that it tells nothing that does not hold. No script, no picture,
nothing from outside; everything a person wrote is escaped, and its direction is kept apart from the
direction of the page. Codes are written out with their English labels and the code beside it.

What it does not do: prove anything. It says so in its first lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from typing import Any, Final

import msgspec

from tracer.bundle.findings import Finding, Told, Verdict
from tracer.bundle.write import Parts
from tracer.casework import words
from tracer.clock import instant, stamp
from tracer.model.codes import Code, label
from tracer.model.messages import AnyMessage, type_of
from tracer.model.terms import NO_TERMS, Terms
from tracer.model.thread import Author, Event, Timers, closed, fold

_STYLE: Final = """\
body{font:16px/1.5 system-ui,"Noto Sans",sans-serif;color:#111;max-width:48rem;margin:2rem auto;
padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
.note{border:1px solid #777;padding:.5rem .75rem}article{border-top:2px solid;margin-top:1.5rem}
dl{margin:.25rem 0 .25rem 1rem}dt{font-weight:600}dd{margin:0 0 .25rem 1rem;overflow-wrap:anywhere}
code{font-size:.85em;overflow-wrap:anywhere}ol,ul{padding-inline-start:1.25rem}
@media print{body{max-width:none;margin:0;font-size:11pt}article{break-inside:avoid-page}}
@page{margin:2cm}
"""
_COMMON: Final = frozenset(
    {"type", "v", "sender", "recipient", "nonce", "thread", "follows", "attachment_keys", "terms"}
)
"""Members that are told elsewhere, or to nobody."""
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
    for one in verdict.messages:
        yield _message(one)
    yield "<h2>How far it is proved</h2>\n"
    for level, heading in _HEADS.items():
        found = [item for item in verdict.findings if item.level == level]
        if found:
            yield f"<h3>{heading}</h3>\n<ul>{''.join(map(_finding, found))}</ul>\n"


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


def _message(one: Told) -> str:
    what = escape(words.said(one.message, type_of(one.message)))
    lines = [f"<article><h3>{one.number}. {one.sender} {what}</h3>\n<ul>"]
    if one.sent_at is not None:
        lines.append(f"<li>in the log of {one.sender} by {_when(one.sent_at)}</li>")
    if one.received_at is not None:
        lines.append(f"<li>received by {one.recipient} on {_when(one.received_at)}, receipted</li>")
    else:
        lines.append(f"<li>no receipt of {one.recipient} is here</li>")
    if one.withheld:
        lines.append(f"<li>{one.withheld} parts of it are not in this file</li>")
    lines.append(
        f"<li>message <code>{one.id}</code></li></ul>\n{_content(one.message)}</article>\n"
    )
    return "".join(lines)


def _content(message: AnyMessage) -> str:
    data: dict[str, Any] = msgspec.to_builtins(message)
    kept = {name: value for name, value in data.items() if name not in _COMMON and value}
    return _value(kept)


def _value(value: Any) -> str:
    """Nested data as lists; a code as its label with the code beside it."""
    if isinstance(value, dict):
        if {"list", "version", "value"} <= value.keys():
            found = msgspec.convert(value, Code)
            return f"{_text(label(found))} <code>{escape(found.value)}</code>"
        rows = (f"<dt>{_label(name)}</dt><dd>{_value(one)}</dd>" for name, one in value.items())
        return f"<dl>{''.join(rows)}</dl>"
    if isinstance(value, list | tuple):
        if all(isinstance(one, str | int) for one in value):
            return ", ".join(map(_text, value))
        return f"<ol>{''.join(f'<li>{_value(one)}</li>' for one in value)}</ol>"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _text(value)


def _label(name: str) -> str:
    return escape(name.replace("_", " "))


def _text(value: object) -> str:
    """What somebody wrote: escaped, in its own direction, its lines kept."""
    lines = escape(str(value)).split("\n")
    return f"<bdi>{'<br>'.join(lines)}</bdi>"


def _when(value: datetime | str) -> str:
    text = value if isinstance(value, str) else stamp(value)
    return f"{text[:10]} {text[11:19]} UTC"


def _finding(one: Finding) -> str:
    where = f" <code>{escape(one.where)}</code>" if one.where else ""
    return f"<li>{escape(one.words)}{where}</li>"
