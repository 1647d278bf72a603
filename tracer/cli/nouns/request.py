"""`tracer request`: write, check and submit tracing requests, and drafts of any kind."""

from __future__ import annotations

import json

import click

from tracer.cli.asking import ask
from tracer.cli.cases import show_cases
from tracer.cli.context import Globals, pass_globals
from tracer.cli.exits import Exit
from tracer.cli.output import note, show, show_json
from tracer.cli.page import Page
from tracer.cli.papers import (
    FIELDS,
    next_step,
    read_source,
    set_fields,
    show_draft,
    show_findings,
    template,
)
from tracer.cli.verbs import Verbs
from tracer.cli.words import code_words, when
from tracer.errors import InputError


@click.group(cls=Verbs, short_help="Write, check and submit tracing requests.")
def command() -> None:
    """Write, check and submit tracing requests; look after drafts of any kind.

    A draft leaves only when a second person lets it go: tracer release.
    """


@command.command()
@click.argument("file", required=False)
@click.option("--to", "peer", metavar="AUTHORITY", help="The authority that is asked.")
@FIELDS
@click.option("--template", "wants_template", is_flag=True, help="Print an example to start from.")
@pass_globals
def new(
    common: Globals,
    file: str | None,
    peer: str | None,
    fields: tuple[str, ...],
    *,
    wants_template: bool,
) -> None:
    """Write a new request from FILE (TOML or JSON; - is standard input) or from single fields.

    \b
    Examples:
      tracer request new --template > request.toml
      tracer --actor officer.one request new request.toml --to XB-NPOC
    """
    if wants_template:
        click.echo(template("request"), nl=False)
        return
    if not peer:
        raise InputError("recipient", "who is asked?", advice="Say --to AUTHORITY.", field="--to")
    draft = ask(common, "draft.new", {"peer": peer, "document": read_source(file, fields)})
    show_draft(common, draft)
    next_step(common, draft)


@command.command("follow-on")
@click.argument("thread")
@click.option("--to", "peer", required=True, metavar="AUTHORITY", help="Who is asked next.")
@click.option("--ask-consent", is_flag=True, help="Write the question for consent instead.")
@pass_globals
def follow_on(common: Globals, thread: str, peer: str, *, ask_consent: bool) -> None:
    """Write the request to a third State that continues a case of ours.

    It holds what we recorded ourselves and what the answers allow to be passed on. What needs the
    other side's consent is listed; --ask-consent writes that question to them.

    \b
    Example:
      tracer --actor officer.one request follow-on XA-2026-000001 --to XC-NPOC
    """
    given = {"thread": thread, "peer": peer}
    if ask_consent:
        draft = ask(common, "draft.ask-consent", given)
        show_draft(common, draft, content=True)
        next_step(common, draft)
        return
    found = ask(common, "draft.follow-on", given)
    if common.output == "json":
        show_json(found)
        return
    show_draft(common, found["draft"])
    if found["withheld"]:
        page = Page()
        page.heading("Left out: it needs the other side's consent")
        for item in found["withheld"]:
            page.marked("look", code_words(item["type"]), item["why"])
        note("\nAsk for it: add --ask-consent")
    next_step(common, found["draft"])


@command.command()
@click.argument("draft")
@pass_globals
def lint(common: Globals, draft: str) -> int:
    """Check a draft: what keeps it from being sent, what would help the other side.

    Ends with 65 if something keeps it from being sent.

    \b
    Example:
      tracer --actor officer.one request lint D1
    """
    findings = ask(common, "draft.lint", {"draft": draft})
    if common.output == "json":
        show_json(findings)
    elif findings:
        show_findings(findings, Page())
    else:
        note("Nothing is missing.")
    return Exit.DATA if any(one["level"] == "ERROR" for one in findings) else Exit.OK


@command.command()
@click.argument("draft")
@click.argument("file", required=False)
@FIELDS
@pass_globals
def edit(common: Globals, draft: str, file: str | None, fields: tuple[str, ...]) -> None:
    """Replace the content of a draft by FILE, set single fields, or open it in $EDITOR.

    Files stay. What was submitted must be submitted again.

    \b
    Examples:
      tracer --actor officer.one request edit D1 request.toml
      tracer --actor officer.one request edit D1 --set urgency=URGENT
    """
    before = ask(common, "draft.show", {"draft": draft})
    if file is not None:
        document = read_source(file, fields)
    elif fields:
        document = set_fields(before["document"], fields)
    else:
        document = _edited(before["document"])
    given = {"draft": draft, "document": document, "version": before["version"]}
    after = ask(common, "draft.edit", given)
    show_draft(common, after)
    next_step(common, after)


@command.command()
@click.argument("draft")
@pass_globals
def send(common: Globals, draft: str) -> None:
    """Submit a draft for release: a second person looks at it and lets it go.

    \b
    Example:
      tracer --actor officer.one request send D1
    """
    found = ask(common, "release.submit", {"draft": draft})
    show_draft(common, found, judged=False)
    next_step(common, found)


@command.command("list")
@click.option("--sent", "side", flag_value="us", help="Only those that we sent.")
@click.option("--received", "side", flag_value="peer", help="Only those that we received.")
@click.option("--with", "peer", metavar="AUTHORITY", help="Only with this authority.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="Most rows."
)
@pass_globals
def list_(common: Globals, side: str | None, peer: str | None, limit: int) -> None:
    """List requests: where each stands, what is awaited, of whom, until when, what happens then.

    What is not sent yet: tracer request drafts.

    \b
    Example:
      tracer --actor officer.one request list --received
    """
    given = {"opener": side, "peer": peer, "limit": limit}
    show_cases(common, ask(common, "thread.list", given), empty="There are no requests.")


@command.command()
@click.option(
    "--state",
    type=click.Choice(["draft", "submitted", "rejected", "released", "deleted"]),
    help="Only drafts in this state.",
)
@pass_globals
def drafts(common: Globals, state: str | None) -> None:
    """List drafts: one's own, or everybody's for those who release.

    \b
    Example:
      tracer --actor officer.one request drafts --state draft
    """
    rows = ask(common, "draft.list", {"state": state})
    if common.output == "table":
        rows = [
            {
                "draft": row["id"],
                "what": code_words(row["type"]),
                "to": row["peer"],
                "state": row["state"],
                "version": row["version"],
                "by": row["author"],
                "changed": when(row["updated"]),
            }
            for row in rows
        ]
    show(rows, common.output, empty="There are no drafts.")


@command.command("show")
@click.argument("draft")
@pass_globals
def show_(common: Globals, draft: str) -> None:
    """Show a draft with its content, its files and what could be better. The reading is recorded.

    \b
    Example:
      tracer --actor officer.one request show D1
    """
    show_draft(common, ask(common, "draft.show", {"draft": draft}), content=True)


@command.command()
@click.argument("draft")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_globals
def discard(common: Globals, draft: str, *, yes: bool) -> None:
    """Destroy the content and files of a draft; that it existed stays on record.

    \b
    Example:
      tracer --actor officer.one request discard D1
    """
    if not yes:
        click.confirm(f"Destroy the content of {draft}", abort=True, err=True)
    ask(common, "draft.discard", {"draft": draft})
    note(f"{draft} is gone.")


@command.command()
@click.argument("thread")
@FIELDS
@pass_globals
def withdraw(common: Globals, thread: str, fields: tuple[str, ...]) -> None:
    """Write the withdrawal of a request, whole or for some lines; it is then sent like any draft.

    \b
    Example:
      tracer --actor officer.one request withdraw XA-2026-000001 --set reason=SOLVED
    """
    given = {"thread": thread, "type": "withdraw", "document": read_source(None, fields)}
    draft = ask(common, "draft.reply", given)
    show_draft(common, draft)
    next_step(common, draft)


def _edited(document: dict[str, object]) -> dict[str, object]:
    """The document after a person has changed it in their editor."""
    from tracer.casework.papers.documents import read_document

    text = json.dumps(document, indent=2, ensure_ascii=False)
    changed = click.edit(text, extension=".json")
    if changed is None or changed.strip() == text.strip():
        raise click.Abort
    return read_document(changed, "json")
