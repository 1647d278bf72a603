"""`tracer verify`: check a signed file with nothing but the file, or all that a node holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli.context import Globals, pass_globals
from tracer.cli.exits import Exit
from tracer.cli.files import lying
from tracer.cli.output import note, show_json
from tracer.cli.page import Level, Page
from tracer.errors import InputError, PeerError
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.bundle.entries import Pins
    from tracer.bundle.findings import Level as Found
    from tracer.bundle.findings import Verdict

_LEVELS: dict[Found, tuple[Level, str]] = {
    "wrong": ("act", "What does not hold"),
    "trust": ("look", "What you rely on: compare these fingerprints"),
    "proved": ("ok", "What is proved"),
    "open": ("look", "What is not proved, or was left out"),
    "claimed": ("off", "What only the exporter says"),
    "unjudged": ("look", "What this verifier does not judge"),
}
"""Levels in the order of the page, each with its mark and heading."""


@click.command(short_help="Check an evidence file or statement, or all that a node holds.")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--trust",
    "fingerprints",
    multiple=True,
    metavar="FINGERPRINT",
    help="A fingerprint that you know: eight groups of five digits. Say it once for each.",
)
@click.option(
    "--entry",
    "entries",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An entry file that you know. Say it once for each.",
)
@click.option(
    "--tsa-root",
    "roots",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Root certificates (PEM) of a time-stamp authority that you trust. Say it once for each.",
)
@click.option(
    "--data",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Check the data folder of a node instead: logs, signatures, every table.",
)
@click.option(
    "--against",
    "others",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --data: evidence files from others, whose memory of this log must fit.",
)
@pass_globals
def command(
    common: Globals,
    file: Path | None,
    *,
    fingerprints: tuple[str, ...],
    entries: tuple[Path, ...],
    roots: tuple[Path, ...],
    folder: Path | None,
    others: tuple[Path, ...],
) -> int:
    """Check a file and say, step by step, what is proved, by whom, and on what it rests.

    It needs the file alone: no node, no network, no settings. What it cannot know is who stands
    behind a fingerprint: compare them with what the authorities themselves say, or give them.

    Ends with 0 if everything holds, with 1 if something does not.

    \b
    Examples:
      tracer verify case.zip
      tracer verify --trust "60217 93418 04822 51903 77140 20956 31187 44021" case.zip
      tracer verify xa-xb-2026.json
      tracer verify --data /var/lib/tracer --against from-their-court.zip
    """
    if (file is None) == (folder is None):
        raise InputError("arguments", "name a file, or a data folder with --data")
    if folder is not None:
        from tracer.cli.checking import check_folder

        return check_folder(common, folder, others)
    if file is not None and _is_statement(file):
        return _statement(common, file)
    return _bundle(common, file or Path(), _pins(fingerprints, entries, roots))


def _is_statement(file: Path) -> bool:
    """A statement is JSON; whatever else there is, a damaged bundle too, is held for a bundle."""
    if (ending := file.suffix.lower()) in {".zip", ".json"}:
        return ending == ".json"
    with file.open("rb") as opened:
        return opened.read(1) == b"{"


def _pins(
    fingerprints: tuple[str, ...], entries: tuple[Path, ...], roots: tuple[Path, ...]
) -> Pins:
    """What the reader knows.

    Raises:
        InputError: `fingerprint-form`, `time-roots`.
        PeerError: an entry file that does not hold.
    """
    from tracer.bundle.entries import Pins, digits
    from tracer.evidence.timestamp import Roots, roots_of
    from tracer.trust.entry import MAX_FILE_BYTES, verify_entry

    prints = frozenset(map(digits, fingerprints))
    for one in prints:
        if len(one) != 40 or not one.isdecimal():  # noqa: PLR2004 - eight groups of five
            raise InputError("fingerprint-form", "a fingerprint has forty digits", field="--trust")
    known = []
    for path in entries:
        with path.open("rb") as opened:
            known.append(verify_entry(opened.read(MAX_FILE_BYTES + 1)))
    found: Roots = ()
    for path in roots:
        try:
            found += roots_of(path.read_bytes())
        except ValueError as error:
            what = f"{path} holds no certificate in PEM"
            raise InputError("time-roots", what, field="--tsa-root") from error
    digests = frozenset(one.digest for one in known)
    return Pins(prints, digests, tuple(known), found)


def _bundle(common: Globals, file: Path, pins: Pins) -> int:
    from tracer.bundle.verify import verify_bundle

    verdict = verify_bundle(lying(file), pins=pins)
    if common.output == "json":
        _as_json(verdict)
    else:
        _as_page(verdict)
    return Exit.OK if verdict.holds else Exit.FAILURE


def _as_json(verdict: Verdict) -> None:
    manifest = verdict.manifest
    show_json(
        {
            "holds": verdict.holds,
            "sha256": verdict.sha256,
            "thread": manifest.thread if manifest else None,
            "exported_by": manifest.authority if manifest else None,
            "exported_at": manifest.at if manifest else None,
            "authorities": verdict.identities,
            "witnesses": verdict.witnesses,
            "layers": verdict.layers,
            "messages": [
                {
                    "number": one.number,
                    "id": one.id,
                    "sender": one.sender,
                    "recipient": one.recipient,
                    "sent_at": one.sent_at,
                    "received_at": one.received_at,
                    "withheld": one.withheld,
                    "confirmed": one.confirmed,
                    "existed_by": one.existed_by,
                }
                for one in verdict.messages
            ],
            "findings": verdict.findings,
        }
    )


def _in_short(verdict: Verdict) -> str:
    """The whole in one line: how many messages, how well each is proved."""
    messages = verdict.messages
    receipts = sum(one.received_at is not None for one in messages)
    enough = sum(
        bool(one.confirmed) and all(log.since is not None for log in one.confirmed)
        for one in messages
    )
    stamped = sum(one.existed_by is not None for one in messages)
    number = len(messages)
    return (
        f"{counted(number, 'message')} signed; {receipts} received by the other side; {enough} "
        f"confirmed by enough witnesses in each log; {stamped} dated by a time stamp"
    )


def _renewed(verdict: Verdict) -> str:
    """How often it was renewed, and how the newest layer is dated."""
    number, newest = len(verdict.layers), verdict.layers[-1]
    times = "once" if number == 1 else f"{number} times"
    dated = [f"{one.at:%Y-%m-%d} by {one.by}" for one in newest.dated]
    return f"Renewed {times}; the newest layer {', '.join(dated) or 'is not dated for you'}"


def _as_page(verdict: Verdict) -> None:
    page = Page()
    manifest = verdict.manifest
    if manifest is not None:
        page.title(f"Evidence of {manifest.authority} and {manifest.peer}")
        page.text(f"Thread {manifest.thread}", indent=0)
    page.text(f"SHA-256 of the file {verdict.sha256}", indent=0)
    if verdict.messages:
        page.text(_in_short(verdict), indent=0)
    if verdict.layers:
        page.text(_renewed(verdict), indent=0)
    for level, (mark, heading) in _LEVELS.items():
        found = [one for one in verdict.findings if one.level == level]
        if found:
            page.heading(heading)
        for one in found:
            code = f" [{one.code}]" if one.code else ""
            page.marked(mark, one.where or "-", f"{one.words}.{code}", width=24)
    pinned = bool(verdict.identities) and all(one.pinned for one in verdict.identities)
    if not verdict.holds:
        note("It does not hold.")
    elif pinned:
        note("It holds, for the authorities that you named.")
    else:
        note("It holds. Whose it is, the fingerprints say: compare them.")


def _statement(common: Globals, file: Path) -> int:
    from tracer.clock import SystemClock
    from tracer.trust.statement import MAX_FILE_BYTES, verify_statement

    with file.open("rb") as opened:
        data = opened.read(MAX_FILE_BYTES + 1)
    try:
        found = verify_statement(data, now=SystemClock().now())
    except PeerError as error:
        if common.output == "json":
            show_json({"holds": False, "code": error.code, "why": error.message})
        else:
            page = Page()
            page.title(f"Statement of cooperation, {file.name}")
            page.marked("act", error.code, f"{error.message}.", width=len(error.code))
        note(f"It does not hold: {error.message} [{error.code}].")
        return Exit.FAILURE
    if common.output == "json":
        show_json(
            {
                "digest": found.digest,
                "signed_by": found.signers,
                "complete": found.complete,
                "at": found.statement.at,
                "steps": found.steps,
                "sides": [
                    {"asks": side.asks, "answers": side.answers, "counts": side.counts}
                    for side in found.statement.sides
                ],
            }
        )
        return Exit.OK
    page = Page()
    page.title(f"Statement of cooperation, as of {found.statement.at}")
    for step in found.steps:
        level: Level = "look" if step.what in {"trust", "open", "vouched", "skewed"} else "ok"
        page.marked(level, step.what, f"{step.words}.", width=8)
    for side in found.statement.sides:
        page.heading(f"{side.asks} asked {side.answers}")
        for name, count in side.counts.items():
            page.text(f"{count:6}  {name}")
    note("It holds." if found.complete else "It holds for the one side that signed.")
    return Exit.OK
