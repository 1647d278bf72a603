"""Counters of one running node."""

from concurrent.futures import ThreadPoolExecutor

from tracer.metrics import GROUP_BOUNDS, Metrics


def test_refusals_are_counted_by_code_and_peer() -> None:
    metrics = Metrics()
    metrics.refused("jwe-form", "XB-NPOC")
    metrics.refused("jwe-form", "XB-NPOC", 2)
    metrics.refused("peer-unknown", "-")
    assert metrics.snapshot().refusals == {("jwe-form", "XB-NPOC"): 3, ("peer-unknown", "-"): 1}


def test_delivered_and_received_are_counted_by_peer() -> None:
    metrics = Metrics()
    metrics.delivered("XB-NPOC", 4)
    metrics.received("XC-NPOC")
    assert metrics.snapshot().delivered == {"XB-NPOC": 4}
    assert metrics.snapshot().received == {"XC-NPOC": 1}


def test_group_sizes_fall_into_the_bucket_whose_bound_holds_them() -> None:
    metrics = Metrics()
    for group in (1, 2, 3, 4, 1000):
        metrics.committed(group)
    shot = metrics.snapshot()
    assert shot.group_sizes[:3] == (1, 1, 2)
    assert shot.group_sizes[len(GROUP_BOUNDS)] == 1
    assert (shot.groups, shot.grouped, shot.largest_group) == (5, 1010, 1000)


def test_a_snapshot_does_not_change_afterwards() -> None:
    metrics = Metrics()
    before = metrics.snapshot()
    metrics.received("XB-NPOC")
    assert before.received == {}


def test_counting_from_many_threads_loses_nothing() -> None:
    metrics = Metrics()
    with ThreadPoolExecutor(8) as pool:
        for _ in range(800):
            pool.submit(metrics.received, "XB-NPOC")
    assert metrics.snapshot().received == {"XB-NPOC": 800}
