"""What is shipped for running a node is closed by default and agrees with the code."""

import configparser
import re
import subprocess
import tomllib

import pytest

from tests.rules.tree import ROOT
from tracer.config import Config
from tracer.config.settings import Keyring

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()


def service() -> dict[str, str]:
    """The [Service] section; of a key that stands more than once, all values in one."""
    found: dict[str, str] = {}
    for line in (ROOT / "deploy" / "tracer.service").read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals:
            found[key] = f"{found[key]} {value}" if key in found else value
    return found


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Type", "notify"),
        ("WatchdogSec", "60"),
        ("User", "tracer"),
        ("UMask", "0077"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("LimitCORE", "0"),
        ("StateDirectoryMode", "0700"),
    ],
)
def test_the_service_unit_is_hardened(key: str, value: str) -> None:
    assert service()[key] == value


def test_the_service_unit_passes_the_keyrings_key_as_the_credential_it_names() -> None:
    unit = service()
    variables = dict(pair.split("=", 1) for pair in unit["Environment"].split())
    settings = {name: value for name, value in variables.items() if "__" in name}
    config = Config.load(None, environ=settings)
    assert config.keyring == Keyring(kek="credential:" + unit["LoadCredential"].split(":")[0])


def test_the_service_unit_is_one_that_parses() -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read_string((ROOT / "deploy" / "tracer.service").read_text())
    assert parser.sections() == ["Unit", "Service", "Install"]


def test_the_container_runs_as_a_numbered_user_who_is_not_root() -> None:
    user = re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)
    assert user
    assert all(int(number) > 0 for number in user[-1])


def test_the_container_has_a_health_check_and_two_stages_without_latest() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2
    assert all(re.search(r":\d", base) for base in bases)
    assert "HEALTHCHECK" in DOCKERFILE


def test_the_container_installs_only_what_the_lock_names() -> None:
    runs = re.findall(r"pip install (.*)", DOCKERFILE)
    assert all("--require-hashes" in run or "--no-deps" in run for run in runs)


def test_every_file_that_the_container_copies_is_in_the_tree() -> None:
    for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE):
        assert all((ROOT / source).exists() for source in sources.split())


def test_the_example_configuration_loads() -> None:
    example = tomllib.loads((ROOT / "deploy" / "tracer.example.toml").read_text())
    assert Config.load(None, environ={}, explicit=example).node.authority == "XA-NPOC"


def test_the_script_of_ci_is_one_that_bash_can_read() -> None:
    run = subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=False)  # noqa: S603, S607
    assert run.returncode == 0


def test_every_goal_of_make_is_in_its_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    goals = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE)) - {"help"}
    assert all(f"make {goal} " in makefile for goal in goals)
