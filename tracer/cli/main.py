"""The `tracer` command: options before the noun, the table of nouns, the way errors end.

`COMMANDS` is read instead of imported: a noun's module is loaded when it is invoked and not before.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import click

from tracer import __version__
from tracer.cli.context import Globals, Output, default_data_dir
from tracer.cli.exits import Exit, exit_code, sentence
from tracer.errors import OperatorError, TracerError

PROFILE = "tracer-1"
"""The protocol profile this version speaks."""

COMMANDS: dict[str, str] = {
    "init": "Create the data folder, the keys and the database of a node.",
    "serve": "Run the node: listen for peers, deliver, remind.",
    "peer": "Exchange entry files with other authorities; show and suspend peers.",
    "entry": "Show, hand out and renew our own entry file.",
    "terms": "Show, propose, sign and agree on times of answer.",
    "request": "Write, check and submit tracing requests.",
    "reply": "Answer a request: found, no record, need more, delay, refusal.",
    "attach": "Add a photo or document to a draft.",
    "thread": "Show the messages, state and receipts of a request.",
    "transcribe": "Enter what came by post, telephone or another system.",
    "courier": "Carry messages as files where there is no line.",
    "evidence": "Export a case as a file that anybody can check.",
    "verify": "Check an evidence file or statement with no node, or all that a node holds.",
    "report": "Make the year's report from cases, and declare totals for it.",
    "cooperation": "Show what became of requests, ours and theirs, with proof.",
    "notice": "Show what is awaited or late in your cases, and note it as seen.",
    "store": "Check, migrate and rebuild the database.",
    "key": "Show and rotate the keys of this authority.",
    "witness": "Show and choose who watches our log, and whose we watch.",
    "user": "Add people, give them roles and passwords, end their sessions.",
    "team": "Make teams and agencies, and say who is in them.",
    "audit": "Show who did what, check that nothing is missing, hand it out with proof.",
    "restore": "After a restore: show what is missing, decide, get it back.",
    "release": "List what waits for a second person, approve or send back.",
    "review": "Look over what one person released alone.",
    "status": "Show how this node and its peers are doing.",
    "backup": "Copy the running node's data; verify and restore a copy.",
    "demo": "Let authorities on this machine exchange a request.",
    "exercise": "Practise with authorities that exist on this machine only.",
}
"""Every noun with its line of help; `tracer.cli.nouns.<noun>` holds its `command`."""


class Nouns(click.Group):
    """A group that knows its commands by name and imports one only to run it."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what an error advises is said as it is typed here.

        Raises:
            TracerError: that of the command.
        """
        try:
            return super().invoke(ctx)
        except TracerError as error:
            from tracer.cli.calling import retold

            error.advice = retold(error.advice, ctx.obj)
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The nouns, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the noun's module and return its `command`.

        Raises:
            OperatorError: `command-missing`, this installation lacks the module.
        """
        if cmd_name not in COMMANDS:
            return None
        name = f"tracer.cli.nouns.{cmd_name}"
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
            raise OperatorError(
                "command-missing",
                f"this version of Tracer has no `{cmd_name}` yet",
                advice="CHANGELOG.md tells what a version can do.",
            ) from error
        return cast("click.Command", module.command)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """List the nouns from the table, importing none of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    if wanted and not ctx.resilient_parsing:
        click.echo(f"tracer {__version__} (Python {platform.python_version()}, protocol {PROFILE})")
        ctx.exit()


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Show the versions of Tracer, Python and the protocol.",
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="TRACER_DATA_DIR",
    default=default_data_dir,
    show_default="XDG data folder",
    help="Folder of this node's configuration, keys and database.",
)
@click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="Form of the data on standard output.",
)
@click.option("--actor", envvar="TRACER_ACTOR", help="Name of the person who acts.")
@click.pass_context
def tracer(ctx: click.Context, data_dir: Path, output: Output, actor: str | None) -> None:
    """Exchange firearms tracing requests with other States' authorities."""
    ctx.obj = Globals(data_dir=data_dir, output=output, actor=actor)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; files it makes are closed to others."""
    os.umask(0o077)
    try:
        result = tracer.main(arguments, prog_name="tracer", standalone_mode=False)
    except TracerError as error:
        click.echo(sentence(error), err=True)
        return exit_code(error)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("tracer: interrupted", err=True)
        return Exit.INTERRUPTED
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return Exit.FAILURE
        if error.filename is None:
            raise
        click.echo(f"tracer: {error.filename}: {error.strerror} [file-system]", err=True)
        return Exit.FAILURE
    return result if isinstance(result, int) else Exit.OK
