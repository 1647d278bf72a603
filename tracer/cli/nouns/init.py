"""`tracer init`: make a node."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import click

from tracer.cli.calling import typed
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import note, show
from tracer.errors import InputError

_PORT = 7443
_AUTHORITY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,16}){1,3}")
_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


@click.command(short_help="Create the data folder, the keys and the database of a node.")
@click.argument("authority")
@click.option("--name", required=True, help="Name of the authority, as other States read it.")
@click.option("--endpoint", default="", help="Where others reach it: https://HOST[:PORT].")
@click.option("--collects", is_flag=True, help="No open port: this node fetches what is for it.")
@click.option("--courier", is_flag=True, help="No line at all: files are carried by hand.")
@click.option("--officer", required=True, help="Name of the first person; officer and operator.")
@click.option("--mail", default="", help="Mail address of the duty desk, for other authorities.")
@click.option("--phone", default="", help="Telephone of the duty desk, to compare fingerprints.")
@click.option("--listen", default="", metavar="HOST:PORT", help="Where to listen, if elsewhere.")
@click.option("--country", default="", metavar="CC", help="Public holidays to list: AT, or DE-BY.")
@click.option("--zone", default="", help="Time zone of the office: Europe/Vienna.")
@click.option(
    "--kek", default="file:keyring.kek", show_default=True, help="What opens the keyring."
)
@click.option(
    "--log",
    "number",
    type=click.IntRange(1, 999_999),
    default=1,
    help="Number of its first log: the next one, if an earlier node was lost with all its keys.",
)
@click.option(
    "--one-person",
    is_flag=True,
    help="One officer may release alone, with a reason that a supervisor reviews.",
)
@pass_globals
def command(  # noqa: PLR0917  # options of one command, given by name
    common: Globals,
    authority: str,
    name: str,
    endpoint: str,
    officer: str,
    mail: str,
    phone: str,
    listen: str,
    country: str,
    zone: str,
    kek: str,
    number: int,
    *,
    collects: bool,
    courier: bool,
    one_person: bool,
) -> None:
    """Create the data folder, the keys and the database of the node of AUTHORITY.

    AUTHORITY is the two letters of the State and a name: XA-NPOC. The folder must be empty or
    absent. With --country and --zone the first entry lists public holidays and clock changes of two
    years; without them it knows weekends only. Look at them with tracer terms show.

    \b
    Example:
      tracer --data-dir /var/lib/tracer init XA-NPOC --name "Firearms Centre of XA" \\
          --endpoint https://tracer.xa.example:7443 --phone "+000 12345" --officer officer.one \\
          --country AT --zone Europe/Vienna
    """
    from tracer.node.setup import NewNode
    from tracer.trust.nouns import Contact

    _check_names(authority, officer)
    if collects + courier + bool(endpoint) != 1:
        raise InputError(
            "endpoint", "give one of --endpoint, --collects and --courier", field="endpoint"
        )
    host, port = listening(listen, endpoint)
    new = NewNode(
        authority=authority,
        name=name,
        mode="courier" if courier else "collects" if collects else "reached",
        endpoint=endpoint,
        listen_host=host,
        listen_port=port,
        contacts=(Contact(name="Duty desk", role="desk", phone=phone, mail=mail, hours=""),),
        people=((officer, ("officer", "operator")),),
        kek=kek,
        country=country,
        zone=zone,
        number=number,
        policy="one-with-reason" if one_person else "two-persons",
    )
    print_ = _make(common.data_dir, new)
    show({"authority": authority, "folder": str(common.data_dir), **print_}, common.output)
    note(_next(common, officer))


def _check_names(authority: str, officer: str) -> None:
    if not _AUTHORITY.fullmatch(authority):
        raise InputError(
            "authority", f"{authority!r} is not the id of an authority", advice="Like XA-NPOC."
        )
    if not _PERSON.fullmatch(officer):
        raise InputError(
            "name-form",
            "a name is a short login name",
            advice="Letters, digits, and . _ @ -; for example officer.one.",
            field="officer",
        )


def _next(common: Globals, officer: str) -> str:
    """What is to be done with a new node, as it is typed here."""
    from tracer.config import FILE

    steps = (
        ("Run the node", "serve", ""),
        ("Give the entry file to an authority", "entry export > our-entry.json", ""),
        ("Take theirs, compare by telephone", "peer add their-entry.json", officer),
        ("Say how soon you answer, and when", "terms propose > terms.toml", officer),
        ("Name the second person for release", "user add NAME --role officer", officer),
    )
    settings = common.data_dir.absolute() / FILE
    return "\n".join(
        (
            *_about_key(common, officer),
            "\nNext:",
            *(f"  {what}:\n    {typed(common, words, actor=by)}" for what, words, by in steps),
            f"  There is no desk before desk.host is set in {settings} (deploy/CONFIG.md).",
            "  With it, to sign in at the desk yourself:\n    "
            + typed(common, f"user password {officer}", actor=officer),
        )
    )


def _about_key(common: Globals, officer: str) -> list[str]:
    """What to do with the key that opens the keyring; more where it lies beside it."""
    from tracer.node.setup import kek_uri

    said = ["\nKeep a copy of the key that opens the keyring in a safe; without it all is lost."]
    kind, _, name = kek_uri(common.config()).partition(":")
    if kind == "file" and Path(name).absolute().is_relative_to(common.data_dir.absolute()):
        rewrap = typed(common, "key rewrap --kek file:/etc/tracer/kek", actor=officer)
        said.append(
            f"It lies beside the keyring ({Path(name).absolute()}), and who copies the folder has\n"
            "both: keep it elsewhere (deploy/OPERATE.md). Make another one there, then set "
            f"keyring.kek\nand delete this file:\n    {rewrap}"
        )
    return said


def listening(listen: str, endpoint: str) -> tuple[str, int]:
    """Host and port to bind: as told, else all addresses at the port of the endpoint."""
    if listen:
        host, _, port = listen.rpartition(":")
        if not host or not port.isdigit():
            raise InputError("listen", f"{listen!r} is not HOST:PORT", field="listen")
        return host.strip("[]"), int(port)
    if not endpoint:
        return "127.0.0.1", _PORT
    return "0.0.0.0", urlsplit(endpoint).port or 443  # noqa: S104 - peers come from outside


def _make(folder: Path, new: object) -> dict[str, str]:
    """Make the node; a folder that was not there, or was empty, is so again if that fails."""
    import asyncio
    from typing import cast

    from tracer.clock import SystemClock
    from tracer.node.setup import NewNode, set_up
    from tracer.trust.entry import fingerprint

    fresh = not folder.exists() or not any(folder.iterdir())
    try:
        entry = asyncio.run(set_up(folder, cast("NewNode", new), SystemClock()))
    except BaseException:
        if fresh and folder.exists():
            shutil.rmtree(folder)
        raise
    return {"entry file": str(folder / "entry.json"), "fingerprint": fingerprint(entry.jws)}
