"""The demonstration, as a newcomer runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tracer.casework.accounts.sessions import Stage
from tracer.casework.roles import Role
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.demo.cast import cast, found
from tracer.demo.desks import open_desks
from tracer.node.desk import open_desk
from tracer.node.home import Home
from tracer.node.opening import open_rooms


def test_the_demonstration_ends_with_evidence_that_a_stranger_has_checked(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 # our own interpreter
        [sys.executable, "-m", "tracer", "demo", "--once", "--folder", str(tmp_path / "demo")],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert "witnessed by 2 of 2" in done.stdout
    assert "evidence for the court: case.zip" in done.stdout
    assert (tmp_path / "demo" / "case.zip").stat().st_size > 0
    assert done.stdout.count("http://127.0.0.1:") == 3
    assert "Sign in at each as investigator, officer, supervisor, auditor, operator" in done.stdout
    for settings in tmp_path.glob("demo/*/conf.d/demo.toml"):
        assert "exercise = true" in settings.read_text()


async def test_somebody_of_each_role_signs_in_with_the_password_that_is_printed(
    tmp_path: Path,
) -> None:
    first = cast(tmp_path)[0]
    await found(first)
    password = await open_desks([first])
    home = Home(first.folder)
    async with open_rooms(home, Config.load(home.root), SystemClock()) as rooms:
        sign_in = open_desk(rooms).accounts.sign_in
        for role in Role:
            opened = await sign_in.begin(role.value, password, address="127.0.0.1")
            assert opened.session.stage is Stage.OPEN
