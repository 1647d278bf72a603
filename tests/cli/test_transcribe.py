"""`tracer transcribe`: what came by another way is entered, compared, saved; the check holds."""

from __future__ import annotations

from pathlib import Path

from tests.cli.house import say
from tests.cli.test_people import sent
from tests.nodes import Made

ENVELOPE = ("--day", "2026-02-27", "--office", "Records office", "--number", "12/2026")
PDF = b"%PDF-1.7\n a letter"
ASKED = """
[[firearms]]
line = 1
make = "MAB"
marks = [{ kind = "SERIAL", text = "C 7718", reading = "CLEAR" }]
"""


def test_what_came_by_another_way_by_its_commands(resting: Made, tmp_path: Path) -> None:
    folder, thread = resting.home.root, sent(resting)
    (tmp_path / "letter.pdf").write_bytes(PDF)
    (tmp_path / "nothing.toml").write_text(
        'type = "no-record"\nreasons = ["NO_MATCH_IN_REGISTERS"]\n'
    )
    (tmp_path / "request.toml").write_text(ASKED)
    original = ("--original", str(tmp_path / "letter.pdf"))
    bare = say(folder, "transcribe", "came", thread, "--way", "post", *ENVELOPE)
    assert "transcript-original" in bare.err
    one = say(
        folder, "transcribe", "came", thread, str(tmp_path / "nothing.toml"),
        "--way", "post", *ENVELOPE, *original,
    ).json  # fmt: skip
    assert (one["way"], one["type"], one["paper"]) == ("POST", "no-record", "12/2026")
    own = say(folder, "transcribe", "compare", thread, str(one["number"]))
    assert "four-eyes" in own.err
    looked = say(
        folder, "transcribe", "compare", thread, str(one["number"]), actor="officer.two"
    ).json
    assert looked["checked_by"] == "officer.two"
    say(folder, "transcribe", "save", thread, str(one["number"]), "--to", str(tmp_path / "papers"))
    (saved,) = (tmp_path / "papers").iterdir()
    assert saved.read_bytes() == PDF
    asked = say(
        folder, "transcribe", "request", "FR", str(tmp_path / "request.toml"),
        "--way", "EMBASSY", *ENVELOPE, *original,
    ).json  # fmt: skip
    case = say(folder, "thread", "show", asked["id"]).json
    assert (case["peer"], case["ours"]) == ("FR-OUTSIDE", False)
    refused = say(folder, "transcribe", "sent", thread, "--way", "POST", *ENVELOPE)
    assert "transcript-sent" in refused.err
    checked = say(folder, "verify", "--data", str(folder), actor="")
    assert checked.code == 0, checked.out
