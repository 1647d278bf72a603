"""What browsers are given is what was noted, reads from either side, and brings nothing along."""

from __future__ import annotations

import re
from hashlib import sha256
from importlib import resources

from tracer.web.ui.statics import Statics

FOLDER = resources.files("tracer.web.ui") / "static"
TEMPLATES = resources.files("tracer.web.ui") / "templates"
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom|float"
    r"|text-align:\s*(?:left|right)|width|height|(?:min|max)-(?:width|height))\s*:"
)


def test_every_file_that_was_not_written_here_is_noted_with_its_digest() -> None:
    notes = (FOLDER / "NOTICE.md").read_text()
    noted = dict(re.findall(r"\| `(\S+)` \|.*\| `([0-9a-f]{64})` \|", notes))
    scripts = [file.name for file in FOLDER.iterdir() if file.name.endswith(".js")]
    assert {name: sha256((FOLDER / name).read_bytes()).hexdigest() for name in scripts} == noted


def test_no_script_makes_a_program_of_text() -> None:
    text = (FOLDER / "htmx.js").read_text()
    assert not re.search(r"\beval\(|new Function\b", text)


def test_the_stylesheet_knows_no_left_and_right() -> None:
    rules = re.sub(
        r"/\*.*?\*/|@media[^{]*|@container[^{]*",
        "",
        (FOLDER / "desk.css").read_text(),
        flags=re.DOTALL,
    )
    assert PHYSICAL.findall(rules) == []


def test_no_template_has_a_style_or_a_script_of_its_own() -> None:
    found = []
    for file in (*TEMPLATES.iterdir(), *(TEMPLATES / "parts").iterdir()):
        if file.is_file():
            text = file.read_text()
            found += re.findall(r"\sstyle=|\son\w+=|<style|<script(?! src=)|hx-on|https?://", text)
    assert found == []


def test_a_changed_file_has_another_name() -> None:
    name = Statics().path("desk.css").rpartition("/")[2]
    digest = sha256((FOLDER / "desk.css").read_bytes()).hexdigest()
    assert name == f"desk.{digest[:12]}.css"
    assert Statics().get(name) is not None
    assert Statics().get("desk.css") is None
