"""The `tracer` command itself: version, help, lazy nouns, how errors end."""

import subprocess
import sys
import types
from pathlib import Path

import click
import pytest

from tests.cli.house import say
from tests.rules.tree import ROOT
from tracer import __version__
from tracer.cli.context import Globals, pass_globals
from tracer.cli.exits import BY_FAMILY, Exit, exit_code, sentence
from tracer.cli.main import COMMANDS, main
from tracer.errors import InputError, LineError, OperatorError, PeerError, TracerError

HEAVY = ("aiohttp", "cryptography", "sqlalchemy", "structlog", "rich", "msgspec", "asyncio")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def offer(monkeypatch: pytest.MonkeyPatch, noun: str, command: click.Command) -> None:
    """Put a module for `noun` in place, as if its file existed."""
    module = types.ModuleType(f"tracer.cli.nouns.{noun}")
    module.__dict__["command"] = command
    monkeypatch.setitem(sys.modules, module.__name__, module)


def test_version_tells_tracer_python_and_protocol(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == Exit.OK
    python = ".".join(map(str, sys.version_info[:3]))
    assert capsys.readouterr().out == f"tracer {__version__} (Python {python}, protocol tracer-1)\n"


def test_version_and_help_import_no_heavy_library() -> None:
    for option in ("--version", "--help"):
        code = (
            "import sys; from tracer.cli.main import main; main(sys.argv[1:]); "
            f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
        )
        assert run("-c", code, option).stdout.splitlines()[-1] == "[]"


def test_python_dash_m_is_the_command() -> None:
    done = run("-m", "tracer", "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: tracer ")
    assert all(noun in done.stdout for noun in COMMANDS)


def test_a_noun_without_its_module_fails_only_when_invoked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(COMMANDS, "absent", "Not there.")
    assert main(["absent"]) == Exit.UNAVAILABLE
    assert "[command-missing]" in capsys.readouterr().err


def test_an_unknown_noun_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["peers"]) == Exit.USAGE
    assert "peers" in capsys.readouterr().err


def test_a_command_is_given_the_options_before_the_noun(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given: list[Globals] = []

    @click.command
    @pass_globals
    def command(common: Globals) -> None:
        given.append(common)

    offer(monkeypatch, "status", command)
    options = ["--data-dir", str(tmp_path), "--output", "json", "--actor", "Officer One"]
    assert main([*options, "status"]) == Exit.OK
    assert given == [Globals(data_dir=tmp_path, output="json", actor="Officer One")]
    assert given[0].config().data_dir == tmp_path
    assert given[0].acting() == "Officer One"


def test_an_act_without_a_person_is_not_permitted(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        Globals(data_dir=tmp_path, output="json", actor=None).acting()
    assert exit_code(caught.value) == Exit.PERMISSION


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PeerError("jwe-form", "x"), Exit.DATA),
        (PeerError("quota", "x"), Exit.RETRY),
        (InputError("serial", "x"), Exit.DATA),
        (InputError("not-permitted", "x"), Exit.PERMISSION),
        (LineError("refused", "x"), Exit.UNAVAILABLE),
        (OperatorError("config-value", "x"), Exit.CONFIG),
        (OperatorError("store-locked", "x"), Exit.RETRY),
        (TracerError("other", "x"), Exit.FAILURE),
    ],
)
def test_each_error_ends_with_its_exit_code_and_one_sentence(
    error: TracerError,
    code: Exit,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @click.command
    def command() -> None:
        raise error

    offer(monkeypatch, "status", command)
    assert main(["status"]) == code
    assert capsys.readouterr().err == f"tracer: x [{error.code}]\n"


def test_every_family_of_errors_has_an_exit_code() -> None:
    families = set(TracerError.__subclasses__()) - {PeerError}
    assert families == {family for family, _ in BY_FAMILY}


def test_the_sentence_names_the_field_and_the_advice() -> None:
    error = InputError("serial", "it is empty", field="marks.0.serial", advice="Enter it.")
    assert sentence(error) == "tracer: marks.0.serial: it is empty [serial]\n  Enter it."


def test_a_wrong_setting_ends_with_the_code_for_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tracer.toml").write_text("[listen]\nprot = 1\n")

    @click.command
    @pass_globals
    def command(common: Globals) -> None:
        common.config()

    offer(monkeypatch, "status", command)
    assert main(["--data-dir", str(tmp_path), "status"]) == Exit.CONFIG


def test_an_interrupted_command_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command
    def command() -> None:
        raise KeyboardInterrupt

    offer(monkeypatch, "status", command)
    assert main(["status"]) == Exit.INTERRUPTED


def test_the_exit_codes_are_listed_for_operators() -> None:
    text = (ROOT / "deploy" / "OPERATE.md").read_text()
    assert all(f"| {code.value} |" in text for code in Exit)


def test_every_noun_is_listed_for_operators() -> None:
    text = (ROOT / "deploy" / "OPERATE.md").read_text()
    assert all(f"| `{noun}` | {help_line} |" in text for noun, help_line in COMMANDS.items())


@pytest.mark.parametrize("thread", ["-GxWq81", "-" + "a" * 42, "--" + "a" * 41])
def test_an_id_that_begins_with_a_dash_is_no_option(tmp_path: Path, thread: str) -> None:
    assert "no such option" not in say(tmp_path, "thread", "show", thread).err.lower()


def test_a_mistyped_option_is_still_told(tmp_path: Path) -> None:
    assert "no such option" in say(tmp_path, "thread", "show", "x", "--breif").err.lower()
