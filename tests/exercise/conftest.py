"""An authority outside the exercise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.nodes import free_port, make_node


@pytest.fixture
async def real_entry(tmp_path: Path) -> str:
    """The entry file of an authority whose State is on the map."""
    made = await make_node(tmp_path / "real", "AT-NPOC", port=free_port())
    return made.entry_file.decode()
