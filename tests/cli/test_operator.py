"""What an operator types: init, status, keys, entry, database, people; running or not."""

from __future__ import annotations

import asyncio
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.house import ask, say, staffed
from tests.nodes import Made, free_port, make_node
from tests.peers import admit_entry
from tests.rules.tree import ROOT
from tracer.cli.exits import Exit
from tracer.cli.nouns.serve import sentence
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.config.people import Desk
from tracer.node.home import Home
from tracer.node.own import own_entry
from tracer.node.serve import running
from tracer.node.setup import kek_uri
from tracer.store import SERVES, StoreLock
from tracer.trust.entry import verify_entry
from tracer.trust.keyring import Keyring

INIT = ("init", "XC-NPOC", "--name", "Centre of XC", "--officer", "officer.one")


def test_init_makes_a_node_that_others_can_be_told_of(tmp_path: Path) -> None:
    made = say(tmp_path / "xc", *INIT, "--endpoint", "https://tracer.xc.example:7443", actor="")
    assert made.json["authority"] == "XC-NPOC"
    assert (tmp_path / "xc").stat().st_mode & 0o777 == 0o700
    shown = say(tmp_path / "xc", "entry", "show").json
    assert shown["fingerprint"] == made.json["fingerprint"]
    assert shown["endpoint"] == "https://tracer.xc.example:7443"


def test_init_after_all_keys_were_lost_begins_with_the_next_log(tmp_path: Path) -> None:
    say(tmp_path / "xc", *INIT, "--collects", "--log", "2", actor="")
    entry = own_entry(Home(tmp_path / "xc")).entry
    assert entry.log.origin == "XC-NPOC/log/2"
    assert say(tmp_path / "xc", "store", "verify").json["faults"] == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ((), "endpoint"),
        (("--endpoint", "https://x.example", "--collects"), "endpoint"),
        (("--endpoint", "http://x.example"), "entry-form"),
        (("--collects", "--listen", "here"), "listen"),
        (("--collects", "--kek", "file:/nowhere/else"), "private-file"),
    ],
)
def test_init_that_fails_leaves_no_folder(
    tmp_path: Path, wrong: tuple[str, ...], code: str
) -> None:
    said = say(tmp_path / "xc", *INIT, *wrong, actor="")
    assert said.code != 0
    assert f"[{code}" in said.err
    assert not (tmp_path / "xc").exists()


def test_an_endpoint_that_is_none_is_told_by_what_begins_one(tmp_path: Path) -> None:
    said = say(tmp_path / "xc", *INIT, "--endpoint", "http://127.0.0.1:7443", actor="")
    assert "endpoint: an address begins with https://" in said.err
    assert "regex" not in said.err


@pytest.mark.parametrize(("authority", "says"), [("UK-NPOC", "GB"), ("QQ-ABC", "ISO 3166-1")])
def test_no_node_is_made_for_a_state_that_there_is_not(
    tmp_path: Path, authority: str, says: str
) -> None:
    given = ("--name", "Centre", "--officer", "officer.one", "--collects")
    said = say(tmp_path / "uk", "init", authority, *given, actor="")
    assert (said.code, "[state-unknown" in said.err, says in said.err) == (65, True, True)
    assert not (tmp_path / "uk").exists()


async def test_a_ping_of_a_node_that_does_not_run_says_where_nobody_answers(tmp_path: Path) -> None:
    made, port = await staffed(tmp_path / "a"), free_port()
    stopped = await make_node(tmp_path / "b", "XB-NPOC", port=port)
    async with running(made.home, made.config, SystemClock()) as node:
        await admit_entry(node.rooms, stopped.entry_file, by="officer.one")
        said = await ask(node.rooms, "peer", "ping", "XB-NPOC", actor="", output="table")
    assert f"nobody answers at 127.0.0.1:{port}: is the node of XB-NPOC running" in said.err


def test_init_does_not_touch_a_folder_that_is_used(resting: Made) -> None:
    before = resting.home.entry.read_bytes()
    said = say(resting.home.root, *INIT, "--collects", actor="")
    assert "[folder-used]" in said.err
    assert resting.home.entry.read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("key", "list"),
        ("entry", "show"),
        ("user", "list"),
        ("peer", "list"),
        ("request", "list"),
        ("request", "drafts"),
        ("release", "list"),
        ("thread", "list"),
        ("thread", "list", "--stuck"),
        ("store", "verify"),
        ("store", "rebuild"),
    ],
)
async def test_a_command_answers_the_same_whether_the_node_runs_or_not(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    made = await staffed(tmp_path / "node")
    resting = await asyncio.to_thread(say, made.home.root, *command)
    async with running(made.home, made.config, SystemClock()) as node:
        served = await ask(node.rooms, *command)
    mine, theirs = resting.json, served.json
    if command == ("status",):
        assert (mine.pop("running"), theirs.pop("running")) == (False, True)
        for one in (mine, theirs):
            one.pop("at")
            one["checks"] = [check["what"] for check in one["checks"]]
    assert mine == theirs


async def test_an_error_is_the_same_whether_the_node_runs_or_not(tmp_path: Path) -> None:
    made = await staffed(tmp_path / "node")
    resting = await asyncio.to_thread(say, made.home.root, "request", "show", "D9")
    async with running(made.home, made.config, SystemClock()) as node:
        served = await ask(node.rooms, "request", "show", "D9")
    assert (resting.code, resting.err) == (served.code, served.err)
    assert resting.code == Exit.DATA


@pytest.mark.parametrize(
    ("actor", "command", "code"),
    [
        ("", ("request", "list"), Exit.PERMISSION),
        ("nobody", ("request", "list"), Exit.PERMISSION),
        ("auditor.one", ("request", "drafts"), Exit.PERMISSION),
        ("investigator.one", ("key", "rotate-sealing"), Exit.PERMISSION),
        ("officer.one", ("request", "show", "D1"), Exit.DATA),
        ("officer.one", ("request", "new"), Exit.DATA),
        ("officer.one", ("request", "new", "absent.toml", "--to", "XB-NPOC"), Exit.DATA),
        ("officer.one", ("peer", "show", "XB-NPOC"), Exit.DATA),
        ("officer.one", ("peer", "add", "absent.json"), Exit.DATA),
        ("officer.one", ("reply", "no-record", "XA-2026-000009"), Exit.DATA),
        ("officer.one", ("backup", "finish"), Exit.CONFIG),
        ("officer.one", ("request", "shwo"), Exit.USAGE),
        ("officer.one", ("user", "add", "x", "--role", "king"), Exit.USAGE),
    ],
)
def test_what_is_wrong_ends_with_its_exit_code_and_writes_no_data(
    resting: Made, actor: str, command: tuple[str, ...], code: Exit
) -> None:
    said = say(resting.home.root, *command, actor=actor)
    assert (said.code, said.out) == (code, "")
    assert said.err


def test_a_folder_without_a_node_is_told(tmp_path: Path) -> None:
    said = say(tmp_path, "status")
    assert (said.code, "[no-node]" in said.err) == (Exit.CONFIG, True)


def test_a_folder_in_use_by_a_node_that_does_not_answer_is_told(resting: Made) -> None:
    with StoreLock.acquire(resting.home.root, "somebody"):
        said = say(resting.home.root, "status")
    assert (said.code, "in use by somebody" in said.err) == (Exit.RETRY, True)


def test_a_node_that_has_no_socket_yet_is_starting_and_is_not_to_be_stopped(resting: Made) -> None:
    with StoreLock.acquire(resting.home.root, SERVES):
        said = say(resting.home.root, "status")
    assert said.code == Exit.RETRY
    assert "is starting or ending" in said.err
    assert "Try again" in said.err
    assert "Stop it" not in said.err


def test_init_prints_commands_that_find_the_new_node(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    said = say(folder, *INIT, "--collects", actor="")
    commands = [line for line in said.err.splitlines() if line.startswith("    tracer ")]
    assert len(commands) == 7
    for line in commands:
        assert shlex.split(line)[:3] == ["tracer", "--data-dir", str(folder)]
    assert f"before desk.host is set in {folder / 'tracer.toml'}" in said.err


def test_init_says_how_to_part_keyring_and_key_only_where_they_lie_together(tmp_path: Path) -> None:
    elsewhere = tmp_path / "kek"
    beside = say(tmp_path / "xc", *INIT, "--collects", actor="")
    apart = say(tmp_path / "xd", *INIT, "--collects", "--kek", f"file:{elsewhere}", actor="")
    assert str(tmp_path / "xc" / "keyring.kek") in beside.err
    assert "key rewrap --kek" in beside.err
    assert "key rewrap" not in apart.err


async def test_serve_and_status_say_where_the_desk_is_or_that_there_is_none(tmp_path: Path) -> None:
    made = await staffed(tmp_path / "node")
    none = await asyncio.to_thread(say, made.home.root, "status", output="table")
    assert "Desk: none" in none.out
    (made.home.root / "conf.d").mkdir(exist_ok=True)
    (made.home.root / "conf.d" / "desk.toml").write_text('[desk]\nhost = "127.0.0.1"\nport = 0\n')
    async with running(made.home, Config.load(made.home.root), SystemClock()) as node:
        assert f"Its desk is at http://127.0.0.1:{node.desk}" in sentence(node)
    named = Desk(host="127.0.0.1", origin="https://desk.example")
    assert named.address() == "https://desk.example"
    assert Desk(host="::1", certificate="c.pem").address() == "https://[::1]:8443"


def test_a_new_sealing_key_comes_with_the_entry_that_lists_it(resting: Made) -> None:
    issued = say(resting.home.root, "key", "rotate-sealing").json
    assert issued["number"] == 2
    keys = say(resting.home.root, "key", "list").json
    states = {row["kid"]: row["state"] for row in keys if row["use"] == "seal"}
    assert states[issued["new_key"]] == "current"
    assert sorted(states.values()) == ["current", "old"]
    assert say(resting.home.root, "key", "rotate-signing").json["number"] == 3
    assert say(resting.home.root, "entry", "issue").json["number"] == 4
    checks = {one["what"]: one["level"] for one in say(resting.home.root, "status").json["checks"]}
    assert (checks["signing key"], checks["sealing key"]) == ("ok", "ok")


def test_an_entry_file_is_taken_after_its_fingerprint_was_confirmed(
    resting: Made, tmp_path: Path
) -> None:
    other = asyncio.run(staffed(tmp_path / "other", "XB-NPOC"))
    file = tmp_path / "xb.json"
    assert say(other.home.root, "entry", "export", "--to", str(file)).code == 0
    add = ("peer", "add", str(file))
    assert say(resting.home.root, *add, typed="n\n").code == Exit.INTERRUPTED
    wrong = say(resting.home.root, *add, "--fingerprint", "0" * 40)
    assert "[fingerprint-differs]" in wrong.err
    added = say(resting.home.root, *add, typed="y\n")
    assert added.json["authority"] == "XB-NPOC"
    say(other.home.root, "key", "rotate-sealing")
    say(other.home.root, "entry", "export", "--to", str(file))
    assert say(resting.home.root, *add).json["seq"] == 2
    page = say(resting.home.root, "peer", "show", "XB-NPOC", output="table").out
    assert "never" in page
    assert "XB-NPOC" in say(resting.home.root, "status", output="table").out


def signing(home: Path) -> list[str]:
    """What `status` says of signing keys."""
    checks = json.loads(say(home, "status").out)["checks"]
    return [one["level"] for one in checks if one["what"] == "signing key"]


def test_a_revoked_key_signs_no_more_and_peers_learn_it_from_the_next_entry(
    resting: Made, tmp_path: Path
) -> None:
    home, file = resting.home.root, tmp_path / "xa.json"
    other = asyncio.run(staffed(tmp_path / "other", "XB-NPOC")).home.root

    def handed_over(*, typed: str = "") -> None:
        say(home, "entry", "export", "--to", str(file))
        assert say(other, "peer", "add", str(file), typed=typed).code == 0

    handed_over(typed="y\n")
    stolen = next(row["kid"] for row in say(home, "key", "list").json if row["use"] == "sign")
    say(home, "key", "rotate-signing")
    handed_over()
    issued = say(home, "key", "revoke", stolen[:10], typed="y\n").json
    assert (issued["number"], issued["revoked_key"], "new_key" in issued) == (3, stolen, False)
    handed_over()
    states = {row["kid"]: row["state"] for row in say(home, "key", "list").json}
    assert states[stolen] == "revoked"
    listed = {key.kid: key for key in verify_entry(file.read_bytes()).entry.keys}
    assert str(listed[stolen].revoked_from) > listed[stolen].sign_from
    assert signing(home) == ["ok"]
    assert verify_entry(file.read_bytes()).kid != stolen
    assert say(home, "store", "verify").json["faults"] == []


def test_nobody_is_asked_whether_to_revoke_a_key_that_there_is_not(resting: Made) -> None:
    said = say(resting.home.root, "key", "revoke", "foo", typed="")
    assert (said.code, "[key-unknown]" in said.err, "permanently" in said.err) == (65, True, False)


@pytest.mark.parametrize(
    ("key", "more", "code"),
    [
        ("", (), "key-only"),
        ("", ("--since", "2999-01-01"), "instant-future"),
        ("", ("--since", "2020-01-01"), "instant-early"),
        ("", ("--since", "0206-03-01"), "instant-form"),
        ("", ("--since", "2026-W01"), "instant-form"),
        ("", ("--since", "1000-01-01T00:00+23:59"), "instant-early"),
        ("", ("--since", "yesterday"), "instant-form"),
        ("no-such-key", (), "key-unknown"),
        ("7", (), "key-unknown"),
    ],
)
def test_what_cannot_be_revoked_is_told_with_what_to_do(
    resting: Made, key: str, more: tuple[str, ...], code: str
) -> None:
    own = next(row["kid"] for row in say(resting.home.root, "key", "list").json)
    said = say(resting.home.root, "key", "revoke", key or own, "--yes", *more)
    assert f"[{code}]" in said.err
    assert say(resting.home.root, "entry", "show").json["number"] == 1
    assert "revoked" not in {row["state"] for row in say(resting.home.root, "key", "list").json}


def test_a_revocation_that_no_entry_says_is_told_and_finished_by_the_next_entry(
    resting: Made,
) -> None:
    home = resting.home.root
    first = next(row["kid"] for row in say(home, "key", "list").json if row["use"] == "sign")
    second = say(home, "key", "rotate-signing").json["new_key"]
    ring = Keyring.open(home / resting.config.keyring.file, kek_uri(resting.config))
    ring.revoke(first, SystemClock().now())  # and there the power went
    assert signing(home) == ["act", "ok"]
    assert "[key-only]" in say(home, "key", "revoke", second, "--yes").err
    assert say(home, "entry", "issue").json["number"] == 3
    assert signing(home) == ["ok"]


def test_the_key_that_is_left_when_the_newest_is_revoked_is_watched(resting: Made) -> None:
    home = resting.home.root
    first = next(row["kid"] for row in say(home, "key", "list").json if row["use"] == "sign")
    newest = say(home, "key", "rotate-signing").json["new_key"]
    say(home, "key", "revoke", newest, "--yes")
    states = {row["kid"]: row["state"] for row in say(home, "key", "list").json}
    assert (states[first], states[newest]) == ("current", "revoked")
    assert signing(home) == ["ok"]


def test_a_database_of_this_form_is_not_migrated(resting: Made) -> None:
    said = say(resting.home.root, "store", "migrate", "--yes")
    assert (said.code, "has the form" in said.err) == (0, True)


def test_status_ends_with_1_when_something_must_be_done(resting: Made) -> None:
    (resting.home.root / "conf.d").mkdir(exist_ok=True)
    (resting.home.root / "conf.d" / "disk.toml").write_text(
        f"[limits]\ndisk_reserve_bytes = {1024**4}\n"
    )
    said = say(resting.home.root, "status", output="table")
    assert said.code == Exit.FAILURE
    assert "Intake has stopped" in said.out
    assert "limits.disk_reserve_bytes" in said.out


def test_every_act_of_a_person_can_be_read_by_an_auditor(resting: Made) -> None:
    say(resting.home.root, "user", "add", "officer.new", "--role", "officer")
    acts = say(resting.home.root, "audit", "list", actor="auditor.one").json
    made = [(row["actor"], row["act"]) for row in acts if row["actor"] != "test"]
    assert made == [
        ("officer.one", "password-give"),
        ("officer.one", "person-add"),
        ("init", "person-add"),
        ("init", "settings-change"),
    ]
    page = say(resting.home.root, "audit", "list", actor="auditor.one", output="table").out
    assert "Roles: officer" in page


def test_people_are_locked_out_and_let_in_again(resting: Made) -> None:
    folder = resting.home.root
    assert say(folder, "user", "disable", "officer.two").json[0]["disabled"] is True
    assert say(folder, "release", "list", actor="officer.two").code == Exit.PERMISSION
    assert say(folder, "user", "enable", "officer.two").json[0]["disabled"] is False
    roles = say(folder, "user", "roles", "officer.two", "--role", "auditor").json
    assert roles[0]["roles"] == ["auditor"]


def test_version_loads_no_room_but_the_errors() -> None:
    code = (
        "import sys; from tracer.cli.main import main; main(['--version']); "
        "print(sorted(name for name in sys.modules if name.startswith('tracer.')))"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = done.stdout.splitlines()[-1]
    assert loaded == str(
        ["tracer.cli", "tracer.cli.context", "tracer.cli.exits", "tracer.cli.main", "tracer.errors"]
    )


def test_asking_a_running_node_loads_none_of_its_rooms() -> None:
    code = (
        "import sys, tracer.node.control.client; "
        "print([n for n in ('sqlalchemy', 'aiohttp', 'cryptography') if n in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
