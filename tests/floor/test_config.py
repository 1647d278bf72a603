"""Reading the configuration: the order of the layers, refusals, secrets by reference."""

import re
from pathlib import Path

import pytest

from tracer.config import SECTIONS, Config
from tracer.errors import OperatorError


def write(folder: Path, text: str, name: str = "tracer.toml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_an_empty_folder_gives_the_defaults(tmp_path: Path) -> None:
    config = Config.load(tmp_path, environ={})
    assert config.listen == Config().listen
    assert config.data_dir == tmp_path


def test_a_later_layer_wins_and_its_origin_is_told(tmp_path: Path) -> None:
    write(tmp_path, "[listen]\nport = 1\nhost = '0.0.0.0'\n[limits]\nresync_page = 10\n")
    write(tmp_path, "[listen]\nport = 2\n", "conf.d/10.toml")
    write(tmp_path, "[listen]\nport = 3\n", "conf.d/20.toml")
    environ = {"TRACER_LISTEN__PORT": "4", "TRACER_LIMITS__RESYNC_PAGE": "20"}
    config = Config.load(tmp_path, environ=environ, explicit={"listen": {"port": 5}})
    assert (config.listen.port, config.limits.resync_page) == (5, 20)
    origins = {row.name: row.origin for row in config.describe()}
    assert origins["listen.port"] == "command line"
    assert origins["limits.resync_page"] == "TRACER_LIMITS__RESYNC_PAGE"
    assert origins["listen.host"] == str(tmp_path / "tracer.toml")
    assert origins["log.level"] == "default"


def test_drop_ins_are_read_in_order_of_name(tmp_path: Path) -> None:
    write(tmp_path, "[listen]\nport = 3\n", "conf.d/20.toml")
    write(tmp_path, "[listen]\nport = 2\n", "conf.d/10.toml")
    assert Config.load(tmp_path, environ={}).listen.port == 3


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("[listen]\nprot = 1\n", "config-unknown", "listen.port"),
        ("[lister]\nport = 1\n", "config-unknown", "listen"),
        ("port = 1\n", "config-unknown", "outside of a [section]"),
        ("[listen]\nport = '1'\n", "config-value", "listen.port: a whole number belongs here"),
        ("[listen]\nport = 70000\n", "config-value", "65535"),
        ("[release]\npolicy = 'nobody'\n", "config-value", "Allowed are two-persons"),
        ("[node]\nauthority = 'xa'\n", "config-value", "the id of an authority, as XA-NPOC"),
        ("[keyring]\nkek = 'hunter2'\n", "config-value", "keyring.kek: this names where"),
        ("[listen\n", "config-file", "tracer.toml"),
        ("[limits]\nbatch_bytes = 65536\n", "config-value", "no message would fit"),
        ("[delivery]\nbackoff_cap_seconds = 1\n", "config-value", "backoff_base_seconds"),
        ("[delivery]\nlease_seconds = 10\n", "config-value", "lease_seconds"),
        ("[mail]\nhost = 'mail.xa.example'\n", "config-value", "mail.sender"),
        ("[mail]\nuser = 'tracer'\n", "config-value", "mail.password"),
        ("[mail]\npassword = 'hunter2'\n", "config-value", "mail.password"),
        (
            "[mail]\nhost='a.example'\nsender='x@a.example'\ntls='none'\nuser='x'\npassword='env:X'",
            "config-value",
            "in the clear",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_refused_by_name(
    tmp_path: Path, text: str, code: str, says: str
) -> None:
    write(tmp_path, text)
    with pytest.raises(OperatorError) as caught:
        Config.load(tmp_path, environ={})
    assert caught.value.code == code
    assert says in str(caught.value)


def test_a_misspelt_variable_is_refused_and_other_variables_are_left_alone() -> None:
    Config.load(None, environ={"TRACER_DATA_DIR": "x", "TRACERX__Y": "1"})
    with pytest.raises(OperatorError) as caught:
        Config.load(None, environ={"TRACER_LISTEN__PROT": "1"})
    assert "listen.port" in caught.value.advice


def test_a_number_in_the_environment_is_read_as_one_and_bounded() -> None:
    assert Config.load(None, environ={"TRACER_LISTEN__PORT": "0"}).listen.port == 0
    with pytest.raises(OperatorError):
        Config.load(None, environ={"TRACER_LISTEN__PORT": "-1"})


def test_every_setting_has_a_text_a_default_within_its_own_bounds_and_a_unit_if_it_counts() -> None:
    for row in Config().describe():
        section, key = row.name.split(".")
        assert row.text.endswith("."), row.name
        again = Config.load(None, environ={}, explicit={section: {key: row.default}})
        assert getattr(getattr(again, section), key) == row.default
        if key.rsplit("_", 1)[-1] in {"bytes", "seconds", "days", "messages", "threads"}:
            assert row.unit == key.rsplit("_", 1)[-1]


def test_a_config_without_a_folder_says_how_to_give_one() -> None:
    with pytest.raises(OperatorError) as caught:
        Config.load(None, environ={}).data_dir  # noqa: B018
    assert "--data-dir" in caught.value.advice


def test_the_documentation_names_every_setting_with_its_default_and_unit() -> None:
    text = (Path(__file__).parents[2] / "deploy" / "CONFIG.md").read_text()
    for row in Config().describe():
        shown = str(row.default).lower() if isinstance(row.default, bool) else row.default
        default = f"`{shown}`" if row.default != "" else ""
        assert f"| `{row.name}` | {default} | {row.unit} | {row.text} |" in text, row.name
    rows = re.findall(r"^\| `[a-z_]+\.[a-z_]+` \|", text, re.MULTILINE)
    assert len(rows) == len(Config().describe())


def test_the_example_file_is_valid_and_holds_defaults_only_where_it_says_so() -> None:
    folder = Path(__file__).parents[2] / "deploy"
    text = (folder / "tracer.example.toml").read_text()
    config = Config.load(None, environ={})
    for section in SECTIONS:
        assert f"[{section}]" in text
    for line in text.splitlines():
        if line.startswith("# ") and " = " in line:
            key, value = line.removeprefix("# ").split(" = ", 1)
            assert any(
                row.name.endswith(f".{key}") and str(row.default) == value.strip('"')
                for row in config.describe()
            ), line
