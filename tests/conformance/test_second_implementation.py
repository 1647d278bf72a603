"""A peer in another language, made from `schemas/` alone, speaks with a running node.

Both are processes of their own, over TLS on loopback: `host.py` runs the node, `peer/run.mjs` the
peer on Node.js. Each obeys a line and answers by one of JSON; whatever the other side signed, the
peer has verified before it answers. `make node-tests` installs what the peer needs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple, Self

import pytest

from tests.rules.tree import ROOT

PEER = Path(__file__).parent / "peer"
NODE = shutil.which("node")
PACKAGE = json.loads((PEER / "package.json").read_text("utf-8"))
SOURCES = sorted([*PEER.glob("*.mjs"), *PEER.glob("src/*.mjs")])


class Program(AbstractContextManager["Program"]):
    """A process that answers each line by one line of JSON."""

    def __init__(self, *command: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own two programs
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    @property
    def pipes(self) -> tuple[Any, Any]:
        """Where it reads and writes."""
        return self._process.stdin, self._process.stdout

    def read(self) -> Any:
        """Its next line."""
        line = self.pipes[1].readline()
        assert line, "the program has ended"
        return json.loads(line)

    def ask(self, line: str) -> Any:
        """Its answer to a line."""
        self.pipes[0].write(f"{line}\n")
        self.pipes[0].flush()
        return self.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        with self._process:
            self.pipes[0].close()


class Two(NamedTuple):
    """A running node, and a peer that is admitted there."""

    node: Program
    peer: Program
    entry: str
    """The node's entry file."""

    def thread(self) -> str:
        """A request of the peer, with the node's receipt; its thread."""
        return str(self.peer.ask("request")["thread"])


def script(name: str, *arguments: str) -> tuple[str, ...]:
    """How a program of the peer is started."""
    return (NODE or "node", "--no-warnings", str(PEER / name), *arguments)


def output(name: str) -> tuple[list[Any], int, str]:
    """What a program of the peer that asks for nothing has to say: lines, exit code, errors."""
    run = subprocess.run(script(name), capture_output=True, text=True, check=False)  # noqa: S603
    return [json.loads(line) for line in run.stdout.splitlines()], run.returncode, run.stderr


@pytest.fixture(scope="module")
def installed() -> None:
    """Skip where the peer cannot run; in CI, where nothing may be left out, fail."""
    if NODE is None:
        missing = "Node.js is not here (Debian: apt install nodejs npm)"
    elif not (PEER / "node_modules" / ".stamp").exists():
        missing = "the peer's modules are not installed: make node-tests"
    else:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="module")
def two(
    installed: None,  # noqa: ARG001 - asked first
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Two]:
    root = tmp_path_factory.mktemp("conformance")
    host = Program(sys.executable, "-m", "tests.conformance.host", str(root))
    with host as node, Program(*script("run.mjs", str(root / "peer"))) as peer:
        entry = node.read()["entry"]
        peer.ask(f"entry {root / 'peer.json'}")
        assert peer.ask(f"admit {entry}")["authority"] == "XA-NPOC"
        assert node.ask(f"admit {root / 'peer.json'}") == {"admitted": "XZ-NPOC"}
        yield Two(node, peer, entry)


def test_the_peer_imports_its_own_files_node_and_the_packages_it_names() -> None:
    for path in SOURCES:
        for name in re.findall(
            r"^(?:import|\} from|import .* from) '([^']+)'", path.read_text(), re.MULTILINE
        ):
            if name.startswith("."):
                assert (path.parent / name).resolve() in SOURCES, (path.name, name)
            elif not name.startswith("node:"):
                package = "/".join(name.split("/")[: 2 if name.startswith("@") else 1])
                assert package in PACKAGE["dependencies"], (path.name, name)


def test_every_version_of_a_package_is_exact() -> None:
    versions = {**PACKAGE["dependencies"], **PACKAGE["overrides"]}
    assert [v for v in versions.values() if not re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", v)] == []


def test_a_peer_that_is_not_admitted_gets_no_answer(two: Two, tmp_path: Path) -> None:
    with Program(*script("run.mjs", str(tmp_path / "stranger"))) as stranger:
        stranger.ask(f"entry {tmp_path / 'stranger.json'}")
        stranger.ask(f"admit {two.entry}")
        assert stranger.ask("ping")["error"] == "line"


def test_a_ping_is_answered_by_the_node(two: Two) -> None:
    assert two.peer.ask("ping")["authority"] == "XA-NPOC"


def test_a_request_gets_a_receipt_that_the_peer_verifies(two: Two) -> None:
    sent = two.peer.ask("request")
    assert sent["thread"] == sent["id"]
    assert sent["receipt"]["size"] > sent["receipt"]["index"]
    assert "disputed" not in sent["receipt"]
    assert two.node.ask(f"case {sent['thread']}") == {"state": "DELIVERED"}


def test_the_peer_verifies_what_it_collects_and_the_node_its_receipts(two: Two) -> None:
    thread = two.thread()
    two.node.ask(f"answer {thread}")
    collected = two.peer.ask("collect")
    assert collected.keys() == {"messages"}
    types = [one["type"] for one in collected["messages"] if one["thread"] == thread]
    assert types == ["acknowledgement", "result"]
    assert two.node.ask(f"receipts {thread}") == {"receipts": 2}
    assert two.peer.ask("collect") == {"messages": []}


def test_the_peer_asks_how_far_its_request_is_in_the_thread_both_hold(two: Two) -> None:
    thread = two.thread()
    two.node.ask(f"answer {thread}")
    two.peer.ask("collect")
    enquiry = two.peer.ask(f"enquire {thread}")
    assert enquiry["thread"] == thread
    assert "receipt" in enquiry
    assert two.node.ask(f"case {thread}") == {"state": "ANSWERED"}


def test_a_file_of_the_peer_is_whole_at_the_node(two: Two) -> None:
    file = two.peer.ask("photo")["attachment"]
    assert file["complete"]
    assert file["offset"] == file["size"] > 65_536


def test_a_file_of_the_node_is_fetched_decrypted_and_told_to_be_whole(two: Two) -> None:
    thread = two.thread()
    two.node.ask(f"photo {thread}")
    (message,) = two.peer.ask("collect")["messages"]
    assert [file["size"] for file in message["files"]] == [150_000]
    assert two.node.ask(f"files {thread}") == {"files": ["complete"]}


def test_what_the_peer_forges_is_refused_by_signed_codes_and_nothing_else_suffers(two: Two) -> None:
    assert two.peer.ask("hostile") == {
        "refusals": [
            {"code": "jws-signature", "retryable": False},
            {"code": "proof-invalid", "retryable": False},
            {"code": "wrong-recipient", "retryable": False},
        ]
    }
    assert "receipt" in two.peer.ask("request")


def test_a_peer_that_begins_its_proof_elsewhere_is_asked_for_the_right_one(two: Two) -> None:
    two.thread()
    two.peer.ask("forget 0")
    sent = two.peer.ask("request")
    assert sent["before"] == "log-proof-needed"
    assert "receipt" in sent


def test_the_peer_goes_on_after_a_restart_from_what_it_kept(two: Two, tmp_path: Path) -> None:
    command = script("run.mjs", str(tmp_path / "peer"), "XY-NPOC")
    with Program(*command) as before:
        before.ask(f"entry {tmp_path / 'entry.json'}")
        before.ask(f"admit {two.entry}")
        assert two.node.ask(f"admit {tmp_path / 'entry.json'}") == {"admitted": "XY-NPOC"}
        thread = before.ask("request")["thread"]
    with Program(*command) as after:
        sent = after.ask(f"enquire {thread}")
        assert sent["thread"] == thread
        assert "receipt" in sent
        assert "before" not in sent


@pytest.mark.usefixtures("installed")
def test_every_published_vector_has_its_outcome_in_the_peer_too() -> None:
    lines, code, errors = output("vectors.mjs")
    assert [one for one in lines if one["wrong"]] == [], errors
    assert code == 0, errors
    folder = ROOT / "schemas" / "vectors"
    files = {path.relative_to(folder).as_posix() for path in folder.glob("*/*.json")}
    judged = {one["file"] for one in lines}
    beside = (
        "fold/",
        "clocks/",
        "entry/agreement.json",
        "entry/handing.json",
        "evidence/journal.json",
        "statement/",
        "courier/",
        "restore/",
    )  # no message carries them
    assert judged == {name for name in files if not name.startswith(beside)}
    assert sum(one["cases"] for one in lines) > 600


@pytest.mark.usefixtures("installed")
def test_the_peer_as_receiver_judges_batches_in_the_order_of_the_rules() -> None:
    lines, code, errors = output("check.mjs")
    assert [one for one in lines if not one["good"]] == []
    assert (code, len(lines)) == (0, 13), errors
