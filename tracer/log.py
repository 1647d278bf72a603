"""The operator's log: JSON lines with ECS field names, readable lines on a terminal.

Rules:
    1. Nothing is written unless `FIELDS` lists its key *and* the value has the shape listed there.
       Anything else is replaced by its type and length: `[str 17]`. So a secret or a sentence of a
       case cannot appear by mistake; a new field is a decision, made in one table.
    2. An event is a short fixed name (`batch-received`), never a sentence with values in it.
    3. An exception is written as its type, its code and the places it passed; its text is not,
       because texts quote input. Lines of foreign libraries keep only logger, level and exception.
    4. The level and the format come from the configuration; the lines go to standard error.

What it does not do: audit. Who did what in a case is a leaf of the evidence log.

Example:
    >>> import sys
    >>> configure(Log(format="json"), stream=sys.stdout, now=lambda: "2026-03-01T12:00:00.000Z")
    >>> get_logger("exchange").info("refused", peer="XB-NPOC", narrative="a pistol")
    ... # doctest: +ELLIPSIS
    {"@timestamp":"2026-03-01T12:00:00.000Z","log.level":"info","event.action":"refused",...}
"""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, MutableMapping, Sized
from typing import Any, NamedTuple, TextIO, cast

import msgspec
import structlog

from tracer.clock import SystemClock, stamp
from tracer.config import Log
from tracer.errors import TracerError

Shape = Callable[[Any], bool]
_Event = MutableMapping[str, Any]


def _text(pattern: str) -> Shape:
    known = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and known.fullmatch(value) is not None


def _number(value: object) -> bool:
    return isinstance(value, int | float)


_NAME = _text(r"[a-z][a-z0-9_.-]{0,63}")
_ID = _text(r"[A-Za-z0-9_-]{43}")
_INSTANT = _text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)")
_AUTHORITY = _text(r"-|[A-Z]{2}(-[A-Z0-9]{1,16}){1,3}")


class Field(NamedTuple):
    """What a keyword of a log call is called in the line, and which values may stand there."""

    ecs: str
    shape: Shape


FIELDS: dict[str, Field] = {
    "peer": Field("tracer.peer", _AUTHORITY),
    "authority": Field("tracer.authority", _AUTHORITY),
    "message_id": Field("tracer.message.id", _ID),
    "thread": Field("tracer.thread.id", _ID),
    "kid": Field("tracer.key.id", _ID),
    "type": Field("tracer.message.type", _NAME),
    "state": Field("tracer.state", _NAME),
    "origin": Field("tracer.log.origin", _text(r"[A-Z]{2}(-[A-Z0-9]{1,16}){1,3}/log/\d{1,9}")),
    "size": Field("tracer.log.size", _number),
    "count": Field("tracer.count", _number),
    "bytes": Field("tracer.bytes", _number),
    "attempt": Field("tracer.attempt", _number),
    "due": Field("tracer.due", _INSTANT),
    "until": Field("tracer.until", _INSTANT),
    "worker": Field("tracer.worker", _NAME),
    "step": Field("tracer.step", _NAME),
    "code": Field("error.code", _NAME),
    "error_type": Field("error.type", _text(r"[A-Za-z_][A-Za-z0-9_.]{0,127}")),
    "stack": Field("error.stack_trace", _text(r"[A-Za-z0-9_.:<>/ -]{0,4096}")),
    "outcome": Field("event.outcome", _text(r"success|failure|unknown")),
    "duration_ms": Field("tracer.duration.ms", _number),
    "method": Field("http.request.method", _text(r"GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS")),
    "route": Field("url.path", _text(r"[A-Za-z0-9_/{}.-]{1,128}")),
    "status": Field("http.response.status_code", _number),
    "host": Field("server.address", _text(r"[A-Za-z0-9.:_-]{1,253}")),
    "port": Field("server.port", _number),
    "trace_id": Field("trace.id", _text(r"[0-9a-f]{32}")),
    "pid": Field("process.pid", _number),
    "version": Field("service.version", _text(r"[0-9A-Za-z.+-]{1,32}")),
    "signal": Field("process.signal", _text(r"SIG[A-Z0-9]{2,8}")),
}
"""The allow-list: keyword of a log call -> field of the line and the shape its values have.

`route` is the template of a route (`/threads/{id}`), never a path that was asked for.
"""

DEEPEST = 12
"""Frames of an exception that are kept, the innermost ones."""

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def configure(
    log: Log, *, stream: TextIO | None = None, now: Callable[[], str] | None = None
) -> None:
    """Send this process's log, foreign libraries' lines included, to `stream` (standard error)."""
    stream = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_foreign, _exception, _only_allowed],
            processors=[_Header(now or _system_now), _renderer(log, stream)],
            use_get_message=False,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(LEVELS[log.level])


def get_logger(room: str) -> structlog.stdlib.BoundLogger:
    """The logger of a room; its lines carry `tracer.<room>` as `log.logger`.

    What is not allowed is replaced before the line leaves the logger, so that a process that never
    called `configure` cannot spill it either.
    """
    return cast(
        "structlog.stdlib.BoundLogger",
        structlog.wrap_logger(
            logging.getLogger(f"tracer.{room}"),
            processors=[
                structlog.stdlib.filter_by_level,
                _exception,
                _only_allowed,
                structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
            ],
            wrapper_class=structlog.stdlib.BoundLogger,
            cache_logger_on_first_use=True,
        ),
    )


def redacted(value: object) -> str:
    """What stands in a line instead of a value that is not allowed there: type and length."""
    length = f" {len(value)}" if isinstance(value, Sized) else ""
    return f"[{type(value).__name__}{length}]"


class _Header:
    """Processor that puts time, level, event and service first, in that order."""

    def __init__(self, now: Callable[[], str]) -> None:
        self._now = now

    def __call__(self, _: object, __: str, event: _Event) -> _Event:
        record = cast("logging.LogRecord", event.pop("_record"))
        event.pop("_from_structlog")
        return {
            "@timestamp": self._now(),
            "log.level": record.levelname.lower(),
            "event.action": event.pop("event"),
            "log.logger": record.name,
            "service.name": "tracer",
            "ecs.version": "8.11.0",
            **event,
        }


def _renderer(log: Log, stream: TextIO) -> Any:
    if log.format == "console" or (log.format == "auto" and stream.isatty()):
        console = structlog.dev.ConsoleRenderer(
            colors=stream.isatty() and not os.environ.get("NO_COLOR"),
            event_key="event.action",
            timestamp_key="@timestamp",
            exception_formatter=structlog.dev.plain_traceback,
        )
        return lambda _, __, event: console(_, __, _for_people(event))
    return structlog.processors.JSONRenderer(serializer=_json)


def _for_people(event: _Event) -> _Event:
    """Drop what every line repeats and use the names the console renderer colours."""
    return {
        {"log.level": "level", "log.logger": "logger"}.get(key, key): value
        for key, value in event.items()
        if key not in {"service.name", "ecs.version"}
    }


def _only_allowed(_: object, __: str, event: _Event) -> _Event:
    action = event.pop("event", "")
    line: dict[str, Any] = {"event": action if _NAME(action) else redacted(action)}
    line |= {key: event.pop(key) for key in ("_record", "_from_structlog") if key in event}
    for key, value in event.items():
        field = FIELDS.get(key)
        if field is None:
            line[f"labels.{key}"] = redacted(value)
        else:
            line[field.ecs] = value if value is None or field.shape(value) else redacted(value)
    return line


def _exception(_: object, __: str, event: _Event) -> _Event:
    """Replace an exception by type, code and the places it passed; never its text."""
    raised = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if raised is True or isinstance(raised, tuple):
        raised = raised[1] if isinstance(raised, tuple) else sys.exc_info()[1]
    if isinstance(raised, BaseException):
        event["error_type"] = type(raised).__qualname__
        event["stack"] = _places(raised)
        if isinstance(raised, TracerError):
            event["code"] = raised.code
    return event


def _places(raised: BaseException) -> str:
    frames = traceback.extract_tb(raised.__traceback__)[-DEEPEST:]
    return " < ".join(
        f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno} {frame.name}"
        for frame in reversed(frames)
    )


def _foreign(_: object, __: str, event: _Event) -> _Event:
    """Keep of a foreign library's line that it was written, and its exception; not its text."""
    kept = {key: event[key] for key in ("_record", "_from_structlog", "exc_info") if key in event}
    return {"event": "library-message", **kept}


def _json(line: object, **_: object) -> str:
    return msgspec.json.encode(line).decode()


def _system_now() -> str:
    return stamp(SystemClock().now())
