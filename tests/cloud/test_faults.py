"""The plan of faults itself: which requests it picks."""

from __future__ import annotations

from tests.cloud.faults import FaultPlan, reset


def test_faults_are_the_same_each_time() -> None:
    def hits(seed: int) -> list[bool]:
        plan = FaultPlan(seed)
        plan.add("GET", reset(), times=None, probability=0.3)
        return [plan.effect_on("GET", "/jobs") is not None for _ in range(50)]

    assert hits(1) == hits(1)
    assert hits(1) != hits(2)
    assert 5 < sum(hits(1)) < 25


def test_faults_are_counted() -> None:
    plan = FaultPlan()
    fault = plan.add(r"GET /jobs/\w+$", reset(), times=2, skip=1)
    paths = ["/jobs/a", "/jobs/a/results", "/jobs/a", "/jobs/b", "/jobs/c"]

    assert [plan.effect_on("GET", path) is not None for path in paths] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert fault.hits == 2
