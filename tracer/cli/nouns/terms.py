"""`tracer terms`: how soon we answer, and when we work; in our entry, or agreed with one State."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.calling import typed
from tracer.cli.context import Globals, pass_globals
from tracer.cli.nouns.entry import tell_issued
from tracer.cli.output import note, show_json
from tracer.cli.page import Page
from tracer.cli.verbs import Verbs
from tracer.cli.words import when
from tracer.errors import InputError
from tracer.wording import counted

_STANDS = {
    "entry": "stated in the entry, for every authority",
    "agreed": "agreed, in force",
    "offered": "offered, one side has signed",
    "signed": "signed by both; in force here once they hold it",
}
_COLUMNS = ("urgency", "acknowledge", "first answer", "final answer", "step in after")


@click.group(cls=Verbs, short_help="Show, propose, sign and agree on times of answer.")
def command() -> None:
    """Show, propose, sign and agree on times of answer: how soon, on which days, since when.

    Terms hold for everybody when they stand in our entry: propose, correct, sign. They hold for the
    requests of one authority when both sign them: one signs an offer (--to), the other signs the
    offer, the first takes it back (take). Requests keep the terms they were written under. No
    treaty counts days: these are targets, unless two States agree that they bind.
    """


@command.command("show")
@click.argument("authority", required=False, default="")
@pass_globals
def show_(common: Globals, authority: str) -> None:
    """Show our own terms and all that is agreed; or those of AUTHORITY and what is agreed with it.

    \b
    Examples:
      tracer --actor officer.one terms show
      tracer --actor officer.one terms show XB-NPOC
    """
    found = ask(common, "terms.show", {"authority": authority})
    if common.output == "json":
        show_json(found)
        return
    page = Page()
    for number, view in enumerate(found):
        if number:
            click.echo()
        _view(page, view, common)


@command.command()
@click.option("--eu", is_flag=True, help="Times of Directive (EU) 2023/977: 8 hours, 3, 7 days.")
@click.option("--starting", is_flag=True, help="The times that every new authority begins with.")
@click.option("--country", default="", metavar="CC", help="Public holidays of: AT, or DE-BY.")
@click.option("--zone", default="", help="Clock changes of a time zone: Europe/Vienna.")
@click.option("--to", default="", metavar="AUTHORITY", help="For its requests alone, to agree on.")
@click.option("--theirs", is_flag=True, help="With --to: how it answers us, not how we answer it.")
@pass_globals
def propose(
    common: Globals,
    country: str,
    zone: str,
    to: str,
    *,
    eu: bool,
    starting: bool,
    theirs: bool,
) -> None:
    """Write a draft of terms, a TOML file with comments, for a person to correct and sign.

    It starts from what is in force now. The calendar reaches two years; public holidays are those
    of our own State unless --country says otherwise. What is not proposed stays.

    \b
    Examples:
      tracer --actor officer.one terms propose --country AT --zone Europe/Vienna > terms.toml
      tracer --actor officer.one terms propose --eu --to XB-NPOC > with-xb.toml
    """
    if eu and starting:
        raise InputError("profile", "give either --eu or --starting", field="eu")
    profile = "eu" if eu else "starting" if starting else ""
    wish = {"profile": profile, "country": country, "zone": zone, "to": to, "theirs": theirs}
    found = ask(common, "terms.propose", wish)
    click.echo(found["file"], nl=False)
    note("\n".join(found["notes"]))


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", default="", metavar="AUTHORITY", help="Offer a draft to it, to be agreed on.")
@click.option(
    "-o", "target", type=click.Path(path_type=Path), help="Where the offer or agreement is written."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_globals
def sign(common: Globals, file: Path, to: str, target: Path | None, *, yes: bool) -> None:
    """Sign FILE after showing what it changes: our own terms, an offer, or an offer of theirs.

    A draft (TOML) becomes our next entry; with --to it becomes an offer. An offer (JSON) that
    another authority has signed becomes an agreement.

    \b
    Examples:
      tracer --actor officer.one terms sign terms.toml
      tracer --actor officer.one terms sign with-xb.toml --to XB-NPOC -o offer.json
      tracer --actor officer.one terms sign offer.json -o agreed.json
    """
    text = _read(file)
    is_offer = text.lstrip("\ufeff \t\r\n").startswith("{")
    if (to or is_offer) and target is None:
        raise InputError("target-missing", "where to?", advice="Say -o FILE.", field="target")
    looked = ask(common, "terms.look", {"file": text, "to": to})
    _tell(looked)
    if not yes:
        click.confirm(_question(looked, to), abort=True, err=True)
    if not to and not is_offer:
        tell_issued(common, ask(common, "terms.issue", {"file": text}))
        note("Until they hold it, their requests name the old terms and are refused.")
        return
    verb = "terms.countersign" if is_offer else "terms.offer"
    found = ask(common, verb, {"file": text, "to": to})
    _write(target, found["file"])
    _signed(common, found, target)


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@pass_globals
def take(common: Globals, file: Path) -> None:
    """Put the terms in FILE, which both authorities have signed, in force here.

    \b
    Example:
      tracer --actor officer.one terms take agreed.json
    """
    found = ask(common, "terms.take", {"file": _read(file)})
    _signed(common, found, None)


def _tell(looked: dict[str, Any]) -> None:
    """On standard error, what is about to be signed."""
    view = looked["view"]
    whose = f"the requests of {view['counterpart']}" if view["counterpart"] else "all requests"
    lines = [f"How {view['authority']} answers {whose}. What changes:"]
    for change in looked["changes"]:
        before, after = change["before"] or "nothing", change["after"] or "nothing"
        lines.append(f"  {change['what']}: {after} (until now {before})")
    lines += [f"Mind: {told}" for told in looked["notes"]]
    note("\n".join(lines))


def _question(looked: dict[str, Any], to: str) -> str:
    if looked["offered_by"]:
        return f"Agree to what {looked['offered_by']} has offered"
    return f"Sign this as an offer to {to}" if to else "Sign this as our next entry"


def _signed(common: Globals, found: dict[str, Any], target: Path | None) -> None:
    view = found["view"]
    if common.output == "json":
        show_json(view)
    else:
        _view(Page(), view, common)
    if view["standing"] == "offered":
        note(f"Hand {target} to the other authority. It signs: terms sign {target} -o FILE")
    elif view["standing"] == "signed":
        note(
            f"Hand {target} back: {view['authority']} runs: terms take {target}\n"
            f"When it has, run the same here; until then our requests name the terms of its entry."
        )
    elif target is not None:
        note(f"In force here. Hand {target} back; the other side runs: terms take {target}")


def _view(page: Page, view: dict[str, Any], common: Globals) -> None:
    whose = f"to {view['counterpart']}" if view["counterpart"] else "to everybody"
    page.title(f"{view['authority']} answers {whose}")
    page.text(f"{_STANDS[view['standing']]}, here since {when(view['since'])}")
    if view["standing"] == "signed":
        page.text(f"Once they hold it: {typed(common, 'terms take FILE')}")
    if view["nature"] == "deadline":
        page.text("Deadlines: both States agree that they bind.")
    else:
        page.text("Targets: passing one is shown and counted, never a reason to refuse.")
    widths = (9, 15, 12, 12)
    page.grid([(name, "bold") for name in _COLUMNS], widths=widths)
    for one in view["targets"]:
        names = ("urgency", "acknowledge", "first_answer", "final_answer", "escalate")
        page.grid([(one[name] or "-", "") for name in names], widths=widths)
    questions = f"reminded of after {view['remind_after']}, dropped {view['lapse_after']} later"
    days = counted(view["days_without_work"], "day")
    shown = {
        "questions": questions,
        "office": f"{view['office']}; weekend {view['weekend']}; {days} without work listed",
        "local time": view["local_time"],
        "calendar": f"complete until {view['covers_until']}",
        "digest": view["digest"],
    }
    for name, told in shown.items():
        page.grid([(name, "bold"), (told, "")], widths=(10,))


def _write(target: Path | None, text: str) -> None:
    if target is not None:
        target.write_text(text, "utf-8")
        target.chmod(0o644)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("file-missing", f"{file} cannot be read", field="file") from error
