"""`tracer courier`: what waits for an authority as a file to carry, and what came so."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.calling import typed
from tracer.cli.context import Globals, pass_globals
from tracer.cli.files import Target
from tracer.cli.output import note, show, show_json
from tracer.cli.verbs import Verbs
from tracer.cli.words import ago, short, when
from tracer.errors import InputError
from tracer.wording import counted

_MB = 1_000_000
_READ = 256 * 1024


@click.group(cls=Verbs, short_help="Carry messages as files where there is no line.")
def command() -> None:
    """Carry messages as files: on a stick, by mail, in a bag.

    Nobody but the recipient can open a file, and a file that is lost, late or taken in twice does
    no harm. The way is: export here, import there, carry the receipts back, import them here.
    """


@command.command()
@click.option("--peer", required=True, metavar="AUTHORITY", help="For whom.")
@click.option(
    "-o",
    "--out",
    "target",
    required=True,
    type=Target(),
    help="The file to write.",
)
@click.option(
    "--limit",
    type=click.IntRange(4, 100_000),
    default=200,
    show_default=True,
    metavar="MB",
    help="Largest file; what is more goes into further files.",
)
@pass_globals
def export(common: Globals, peer: str, target: Path, limit: int) -> None:
    """Write all that waits for an authority into one sealed file: messages, photos, receipts.

    Do it as often as you like: what has no receipt yet goes into each file, with the same ids, and
    counts once. The line, if there is one, goes on being tried.

    \b
    Example:
      tracer --actor officer.one courier export --peer XB-NPOC -o /media/stick/for-xb.tracer
    """
    _free(target)
    found = ask(common, "courier.export", {"peer": peer, "limit": limit * _MB})
    files = _bring(common, found, target)
    if common.output == "json":
        show_json(files)
        return
    if not files:
        note(f"Nothing waits for {peer}; no file was written.")
        return
    for one in files:
        click.echo(f"{one['file']}  {_what(one)}")
    several = "these files" if len(files) > 1 else "this file"
    note(
        f"\nGive {several} to the courier. Nobody but {peer} can open it. At {peer}:\n"
        f"  tracer --actor NAME courier import {Path(files[0]['file']).name}"
    )
    if any(one["messages"] or one["attachments"] for one in files):
        back = typed(common, "courier import FILE")
        note(f"which writes a receipts file. When that is back here: {back}")


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--receipts",
    "target",
    type=Target(),
    help="Where to write the receipts; FILE.receipts unless told.",
)
@pass_globals
def import_(common: Globals, file: Path, target: Path | None) -> None:
    """Take in a file that a courier brought; write the receipts to carry back, if it asks for some.

    The file is checked to its end before anything of it counts. If the command is interrupted, run
    it again: what is here already only gets its receipt again.

    \b
    Example:
      tracer --actor officer.one courier import /media/stick/for-xb.tracer
    """
    back = target or file.with_name(f"{file.name}.receipts")
    with _laid(common.data_dir, file) as name:
        found = ask(common, "courier.import", {"file": name})
    found["back"] = _bring(common, found["back"], back, again=target is None)
    if common.output == "json":
        show_json(found)
        return
    _tell(found, common)


@command.command("list")
@click.option("--peer", metavar="AUTHORITY", help="Only for this authority.")
@click.option("--all", "every", is_flag=True, help="Also files whose messages have receipts.")
@pass_globals
def list_(common: Globals, peer: str | None, *, every: bool) -> None:
    """List the files that are out: for whom, since when, how much of each still waits.

    \b
    Example:
      tracer --actor officer.one courier list
    """
    rows = ask(common, "courier.list", {"peer": peer, "every": every})
    if common.output == "table":
        rows = [
            {
                "for": row["authority"],
                "file": _number(row),
                "given out": f"{when(row['since'])} ({ago(row['since'])})",
                "by": row["by"],
                "messages": row["messages"],
                "no receipt yet": row["waiting"],
            }
            for row in rows
        ]
    show(rows, common.output, empty="Nothing is with a courier.")
    if rows and common.output == "table":
        said = typed(common, "courier export --peer AUTHORITY -o FILE")
        note(f"A file that may be lost is replaced by a new one: {said}")


def _tell(found: dict[str, Any], common: Globals) -> None:
    who = found["authority"]
    click.echo(f"From {who}, file {_number(found)}, whole and signed by {who}.")
    if found["messages"]:
        old = found["messages"] - found["new"] - len(found["refused"])
        here = f", {old} were here already" if old else ""
        click.echo(f"  {counted(found['new'], 'new message')}{here}.")
    for one in found["refused"]:
        waits = one["code"] == "parents-missing"
        said = "waits for an earlier message" if waits else f"not taken ({one['code']})"
        click.echo(f"  Message {short(one['id'])}: {said}.")
    if found["attachments"]:
        click.echo(
            f"  {counted(found['attachments'], 'photo or document', 'photos or documents')}."
        )
    if found["left"]:
        click.echo(f"  {counted(found['left'], 'file')} of it left aside: no message announces it.")
    if found["settled"]:
        click.echo(f"  Receipts for {counted(found['settled'], 'message')} of ours.")
    if found["undelivered"]:
        click.echo(
            f"  {counted(found['undelivered'], 'message')} of ours refused: "
            f"{typed(common, 'thread list --stuck')}"
        )
    _tell_witnessed(found)
    _tell_entry(found, common)
    if found["back"]:
        names = ", ".join(one["file"] for one in found["back"])
        note(f"\nCarry back to {who}: {names}\nThere: tracer --actor NAME courier import FILE")
    else:
        note("\nNothing has to be carried back.")


def _tell_witnessed(found: dict[str, Any]) -> None:
    who = found["authority"]
    if found["witnessed"]:
        click.echo(f"  What witnesses have signed of the log of {who}.")
    if found["unwitnessed"]:
        click.echo(
            f"  What it shows of the log of {who} as witnessed does not hold"
            f" ({found['unwitnessed']}): speak to them."
        )


def _tell_entry(found: dict[str, Any], common: Globals) -> None:
    if found["entry"]:
        click.echo(
            f"  A newer entry of {found['authority']}, signed by a key we know; it counts now."
        )
    if found["aside"] == "log-origin":
        add = typed(common, "peer add FILE")
        click.echo(f"  Its entry begins another log: speak to them, then: {add}")
    elif found["aside"]:
        click.echo(
            f"  Its entry does not follow from the one we hold ({found['aside']}): speak to them."
        )


def _number(row: dict[str, Any]) -> str:
    of = f" (part {row['part']} of {row['parts']})" if row["parts"] > 1 else ""
    return f"{row['number']}{of}"


def _what(one: dict[str, Any]) -> str:
    parts = [
        counted(one[kind], thing, things)
        for kind, thing, things in (
            ("messages", "message", "messages"),
            ("attachments", "photo or document", "photos or documents"),
            ("receipts", "receipt", "receipts"),
        )
        if one[kind]
    ]
    parts += ["what witnesses signed of our log"] if one["witnessed"] else []
    size = f"{max(one['bytes'] / _MB, 0.1):.1f} MB"
    return f"({', '.join(parts) or 'confirmations'}; {size})"


def _bring(
    common: Globals, found: Sequence[dict[str, Any]], target: Path, *, again: bool = False
) -> list[dict[str, Any]]:
    """Move files of the node's folder to where the person wants them; what each became."""
    files = []
    for one in found:
        path = _place(target, one["part"], one["parts"])
        if not again:
            _free(path)
        spool = common.data_dir / "courier" / one["name"]
        _copy(spool, path)
        spool.unlink()
        files.append({"file": str(path)} | {k: v for k, v in one.items() if k != "name"})
    return files


def _place(target: Path, part: int, parts: int) -> Path:
    if parts == 1:
        return target
    return target.with_name(f"{target.stem}-{part}-of-{parts}{target.suffix}")


def _free(path: Path) -> None:
    if path.exists():
        raise InputError("file-exists", f"{path} exists already", field="--out")
    if not path.absolute().parent.is_dir():
        raise InputError("file-missing", f"there is no folder {path.parent}", field="--out")


@contextmanager
def _laid(data_dir: Path, file: Path) -> Iterator[str]:
    """Lay a file into the node's folder; its name there. It is taken away afterwards."""
    folder = data_dir / "courier"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"in-{secrets.token_hex(8)}"
    try:
        _copy(file, folder / name)
        owner = data_dir.stat()
        if os.geteuid() == 0:
            for path in (folder, folder / name):
                os.chown(path, owner.st_uid, owner.st_gid)
        yield name
    finally:
        (folder / name).unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Copy a file whole or not at all."""
    from tracer.exchange.courier.disk import write_whole

    with source.open("rb") as file:
        write_whole(target, iter(lambda: file.read(_READ), b""))
