"""The cheap parts of the benchmark run and say what they should; figures are not judged."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.bench import acts, audit, cost, due, figures, pages, primitives, stage, table
from tests.bench.material import small_request
from tests.bench.table import Figure, set_against
from tracer.canonical import canonical_json
from tracer.model.wire import to_wire


async def test_every_step_of_a_message_is_measured_beside_its_floor(tmp_path: Path) -> None:
    floors = primitives.measure(tmp_path, samples=1)
    costs = await cost.measure(await stage.build(tmp_path / "nodes"), batch=3, rounds=1)
    found = cost.figures(costs, batch=3)
    assert all(figure.value > 0 for figure in [*primitives.figures(floors), *found])
    against = [figure.against for figure in found if figure.ratio is not None]
    assert [what.partition(":")[0] for what in against] == [
        "open, verify, share of heads",
        "all primitives on its own bytes, share of heads",
        "all primitives on its own bytes, share of heads",
        "sign, seal, share of heads",
        "sign",
        "seal, share of heads",
    ]


async def test_the_books_of_both_sides_are_compared(tmp_path: Path) -> None:
    built = await stage.build(tmp_path)
    costs = await cost.measure(built, batch=3, rounds=1)
    assert costs.sealed > costs.answer > 0
    await audit.nothing_lost(built, 3 * (1 + cost.WARM_UP))


async def test_the_measured_message_is_of_two_kilobytes(tmp_path: Path) -> None:
    built = await stage.build(tmp_path)
    async with stage.rooms_of(built.sender.home.root) as rooms:
        clear, _ = to_wire(small_request(rooms, stage.RECEIVER))
    assert 1800 < len(canonical_json(clear)) < 2300


def test_acts_on_record_are_measured_and_all_of_them_hold(tmp_path: Path) -> None:
    found = acts.figures(tmp_path, samples=1, many=600)
    assert found[-1].value > 0
    assert found[-1].name.startswith("check of ")


def test_what_is_due_is_found_among_few_and_among_many(tmp_path: Path) -> None:
    few, many, ratio = due.figures(tmp_path, samples=1, many=3000)
    assert few.value > 0
    assert many.name == "find what is due, 3,000 cases"
    assert ratio.against.startswith("target: 1.30")


def test_the_page_of_a_peer_is_measured_against_its_target(tmp_path: Path) -> None:
    found = figures.measure(tmp_path / "figures", count=60, samples=1)
    assert all(figure.value > 0 for figure in found)
    assert [figure.ratio is not None for figure in found] == [True] * 4 + [False] * 2


def test_pages_of_the_desk_are_measured_among_few_cases_and_many(tmp_path: Path) -> None:
    found = pages.figures(
        tmp_path / "pages", samples=1, warm_up=0, few=40, many=70, each=1, readers=4
    )
    timed = [figure for figure in found if figure.against == "target: 60.0 ms"]
    assert [figure.name.partition(", p95")[0] for figure in timed] == list(pages.PAGES)
    assert [figure.value for figure in found if figure.name.endswith("errors")] == [0]
    assert sum(figure.against == "target: 60.0 kB" for figure in found) == 5


def test_the_file_holds_what_the_table_shows(tmp_path: Path) -> None:
    row = set_against("receive", 3.0, "us", what="open", other=2.0)
    table.write([row, Figure("sealed", 1.0, "B")], tmp_path / "bench.json")
    assert msgspec.json.decode((tmp_path / "bench.json").read_bytes(), type=list[Figure]) == [
        Figure("receive", 3.0, "us", "open: 2.00 us", 1.5),
        Figure("sealed", 1.0, "B"),
    ]
    assert next(iter(table.show([row]))).split() == [
        "receive", "3.00", "us", "1.50", "x", "open:", "2.00", "us",
    ]  # fmt: skip
