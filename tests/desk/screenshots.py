"""`make screenshots`: each page in English and Arabic, wide and 320 pixels, as a picture.

python -m tests.desk.screenshots FOLDER [NAME ...]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser

from tests.desk.browser import browser, missing, reader
from tests.desk.visits import Visit, visits
from tests.desk.world import House, world


async def take(folder: Path, names: list[str]) -> None:
    """Write the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as root:
        async with world(Path(root)) as made, browser() as started:
            for visit in visits(made):
                if not names or visit.name in names:
                    await _page(folder, started, made.us, visit)


async def _page(folder: Path, started: Browser, house: House, visit: Visit) -> None:
    for language in ("en", "ar"):
        for narrow in (False, True):
            async with reader(
                started, house, visit.token, language=language, narrow=narrow
            ) as context:
                page = await context.new_page()
                await page.goto(house.url + visit.path)
                size = "320" if narrow else "wide"
                file = folder / f"{visit.name}.{language}.{size}.png"
                await page.screenshot(path=file, full_page=True)


if __name__ == "__main__":
    if missing():
        sys.exit(missing())
    asyncio.run(take(Path(sys.argv[1]), sys.argv[2:]))
