"""`tracer reply`: answer a request, ask back, withdraw, tell what became of it."""

from __future__ import annotations

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import show
from tracer.cli.papers import FIELDS, next_step, read_source, show_draft, template
from tracer.errors import InputError


@click.command(short_help="Answer a request: found, no record, need more, delay, refusal.")
@click.argument("kind", metavar="TYPE", required=False)
@click.argument("thread", required=False)
@click.argument("file", required=False)
@FIELDS
@click.option("--types", "wants_types", is_flag=True, help="List the types of messages.")
@click.option("--template", "wants_template", is_flag=True, help="Print an example of TYPE.")
@pass_globals
def command(
    common: Globals,
    kind: str | None,
    thread: str | None,
    file: str | None,
    fields: tuple[str, ...],
    *,
    wants_types: bool,
    wants_template: bool,
) -> None:
    """Write a message of TYPE in THREAD, from FILE (TOML or JSON) or from single fields.

    THREAD is the reference (XA-2026-000001) or the beginning of the id. The draft is then sent like
    any other: tracer request send, tracer release approve.

    \b
    Examples:
      tracer reply --types
      tracer --actor officer.one reply acknowledgement XA-2026-000001
      tracer --actor officer.one reply no-record XA-2026-000001 \\
          --set reasons=NEVER_IN_COUNTRY --set searched=CIVILIAN_HOLDERS
      tracer reply result --template > result.toml
    """
    if wants_types:
        _types(common)
        return
    if kind is None:
        raise InputError("type-missing", "which message?", advice="List them: tracer reply --types")
    if wants_template:
        click.echo(template(kind), nl=False)
        return
    if thread is None:
        raise InputError("thread-missing", "in which thread?", advice="List: tracer thread list")
    given = {"thread": thread, "type": kind, "document": read_source(file, fields)}
    draft = ask(common, "draft.reply", given)
    show_draft(common, draft, content=True)
    next_step(common, draft)


def _types(common: Globals) -> None:
    from tracer.casework.words import SAID, senders
    from tracer.model.messages import OPENING, ROLES

    who = {
        frozenset({"opener"}): "who asked",
        frozenset({"other"}): "who was asked",
        frozenset({"opener", "other"}): "both",
    }
    show(
        [
            {"type": name, "sent by": who[senders(name)], "meaning": SAID.get(name, "")}
            for name in ROLES
            if name not in OPENING
        ],
        common.output,
    )
