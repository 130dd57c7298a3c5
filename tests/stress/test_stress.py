"""Random programs of several threads break nothing; ``make stress`` runs many more."""

from __future__ import annotations

import pytest

from tests.stress import cloud_running, running
from tests.stress.programs import Place, Program
from tests.stress.reducing import reduced

LOCAL: list[tuple[Place, range]] = [
    ("kernel", range(12)),
    ("threads", range(12, 24)),
    ("processes", range(24, 36)),
    ("worker", range(36, 39)),
]
CLOUD = range(4)


@pytest.mark.parametrize(("place", "seeds"), LOCAL, ids=[place for place, _ in LOCAL])
def test_programs_on_local_sessions_break_nothing(place: Place, seeds: range):
    broken = {seed: running.run(Program.of_seed(seed, place)) for seed in seeds}
    assert not {seed: words for seed, words in broken.items() if words}


def test_programs_on_a_failing_service_break_nothing():
    broken = {seed: cloud_running.run(Program.of_seed(seed, "cloud")) for seed in CLOUD}
    assert not {seed: words for seed, words in broken.items() if words}


def test_a_seed_stands_for_one_program():
    assert Program.of_seed(7, "kernel") == Program.of_seed(7, "kernel")
    assert Program.of_seed(7, "kernel").threads != Program.of_seed(8, "kernel").threads


def test_a_failing_program_is_made_as_small_as_fails():
    def fails(program: Program) -> bool:
        actions = [step.action for steps in program.threads for step in steps]
        return "run" in actions and "cancel job" in actions

    program = next(made for seed in range(100) if fails(made := Program.of_seed(seed, "kernel")))
    smaller = reduced(program, fails)
    assert sorted(step.action for steps in smaller.threads for step in steps) == [
        "cancel job",
        "run",
    ]
