"""What all tests share: how hard the properties are searched, and no network but loopback."""

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.fresh import copied_schemas, shared_statements

PROVE = bool(os.environ.get("PROVE"))
"""`make prove` sets it: properties run with many more examples and fresh seeds."""

settings.register_profile(
    "test",
    derandomize=True,
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("prove", settings.get_profile("test"), derandomize=False)
settings.register_profile("prove", settings.get_profile("prove"), max_examples=5000)
settings.load_profile("prove" if PROVE else "test")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test whose size depends on `PROVE`, or that searches a property, is a proof."""
    for item in items:
        searched = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if searched or hasattr(getattr(item, "module", None), "PROVE"):
            item.add_marker("prove")


@pytest.fixture(scope="session", autouse=True)
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The migrations run once for all fresh databases of a run; statements are compiled once."""
    with copied_schemas(tmp_path_factory.mktemp("schema")), shared_statements():
        yield


LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0", "::")  # noqa: S104  # names, nothing is bound


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: a test reaches addresses of this machine only; files (AF_UNIX) are free."""
    if event not in {"socket.connect", "socket.getaddrinfo"}:
        return
    address = arguments[1] if event == "socket.connect" else arguments
    host = address[0] if isinstance(address, tuple) else None
    if isinstance(host, str) and host and not host.startswith(LOOPBACK):
        raise RuntimeError(f"a test wants to reach {host}")


sys.addaudithook(_refuse_network)
