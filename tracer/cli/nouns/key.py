"""`tracer key`: the keys of this authority."""

from __future__ import annotations

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.nouns.entry import tell_issued
from tracer.cli.output import note, show
from tracer.cli.verbs import Verbs
from tracer.cli.words import short, when
from tracer.errors import InputError

_KEYS = {"sign": "the signing key", "seal": "the sealing key"}
_USES = {
    "sign": "signs messages",
    "seal": "opens messages",
    "log": "signs the log",
    "channel": "the line",
    "rest": "the database",
    "witness": "cosigns others' logs",
}


@click.group(cls=Verbs, short_help="Show, rotate and revoke the keys of this authority.")
def command() -> None:
    """Show, rotate and revoke the keys of this authority. Private keys are never shown."""


@command.command("list")
@pass_globals
def list_(common: Globals) -> None:
    """List every key: what it is for, since when, until when, and whether it still counts.

    \b
    Example:
      tracer key list
    """
    rows = ask(common, "key.list", acts=False)
    if common.output == "table":
        rows = [
            {
                "use": _USES.get(row["use"], row["use"]),
                "key": row["kid"]
                if row["use"] in {"log", "rest", "witness"}
                else short(row["kid"]),
                "state": row["state"],
                "from": when(row["start"])[:10],
                "in use until": when(row["until"])[:10],
                "counts until": when(row["last"])[:10],
            }
            for row in rows
        ]
    show(rows, common.output)


@command.command("rotate-sealing")
@pass_globals
def rotate_sealing(common: Globals) -> None:
    """Make a new key to which others seal, and issue the entry that names it.

    The old key still opens what is under way. The node hands the new entry on by line.

    \b
    Example:
      tracer --actor officer.one key rotate-sealing
    """
    tell_issued(common, ask(common, "key.rotate-sealing"))


@command.command()
@click.argument("key")
@click.option("--since", default="", help="From this day or instant (UTC) on; otherwise from now.")
@click.option("--yes", is_flag=True, help="Do not ask: it cannot be taken back.")
@pass_globals
def revoke(common: Globals, key: str, since: str, *, yes: bool) -> None:
    """Say in a new entry that a signing or sealing key may be in other hands, from an instant on.

    Whoever has the entry refuses what the key signed, unless it is proved that it existed before,
    and seals nothing to it any more. What is on its way under a revoked key is refused: write it
    anew. KEY may be the beginning of its id. Another key must have been named by an entry before;
    make one with rotate-signing or rotate-sealing first.

    \b
    Example:
      tracer --actor officer.one key revoke kPrK_qmxVW --since 2026-03-01
    """
    if not yes:
        rows = ask(common, "key.list", acts=False)
        named = [row for row in rows if row["use"] in {"sign", "seal"}]
        found = [f"{_KEYS[row['use']]} {row['kid']}" for row in named if row["kid"].startswith(key)]
        if not found:
            raise InputError(
                "key-unknown",
                f"no signing or sealing key begins with {key!r}",
                advice="List them: tracer key list.",
                field="key",
            )
        when_ = f"{since} (UTC if it names no zone)" if since else "now"
        asked = f"Revoke {' and '.join(found)} from {when_} on, permanently"
        click.confirm(asked, abort=True, err=True)
    tell_issued(common, ask(common, "key.revoke", {"key": key, "since": since}))


@command.command()
@click.option("--kek", required=True, help="What opens it from now on: file:PATH, credential:NAME.")
@pass_globals
def rewrap(common: Globals, kek: str) -> None:
    """Encrypt the keyring under another secret; the old one opens it no longer.

    Older backups hold the keyring under the old secret: destroy that secret everywhere, and none of
    them can be opened again. Make a new backup before you do.

    \b
    Example:
      tracer --actor officer.one key rewrap --kek file:/etc/tracer/kek-2026
    """
    show(ask(common, "key.rewrap", {"kek": kek}), common.output)
    note(f'Set keyring.kek = "{kek}" in the configuration before the node starts again.')


@command.command("rotate-signing")
@pass_globals
def rotate_signing(common: Globals) -> None:
    """Make a new key that signs, and issue the entry that names it, endorsed by the old key.

    \b
    Example:
      tracer --actor officer.one key rotate-signing
    """
    tell_issued(common, ask(common, "key.rotate-signing"))


@command.command("rotate-witness")
@pass_globals
def rotate_witness(common: Globals) -> None:
    """Make a new key that cosigns others' logs, and issue the entry that names it.

    Who has chosen this authority as its witness chooses it again, once it has the new entry. A node
    from before there were witnesses makes its first one so.

    \b
    Example:
      tracer --actor officer.one key rotate-witness
    """
    tell_issued(common, ask(common, "key.rotate-witness"))
