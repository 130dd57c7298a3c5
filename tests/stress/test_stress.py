"""Random programs of several threads break nothing; ``make stress`` runs many more."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.stress import cloud_running, running
from tests.stress.programs import ACTIONS, PLACES, Place, Program
from tests.stress.reducing import reduced

SEEDS = (91, 331, 1379)
"""Few, and all there is to do is done in the programs that they stand for."""

HAPPENED_ON_LOCAL_SESSIONS = {
    *("job DONE", "job CANCELLED", "job ERROR"),
    *("session closed", "session cancelled", "session expired"),
    *("renewal", "process lost"),
}
"""What surely happens in some hundred programs; a guard ends one in a hundred sessions only."""

HAPPENED_ON_THE_SERVICE = {
    *("job DONE", "job CANCELLED", "session closed", "session cancelled", "session expired"),
    *("renewal", "ended elsewhere", "orphan"),
    *(f"fault {number}" for number, (of, _) in enumerate(cloud_running.EFFECTS) if of == ""),
}
"""Faults of any request are among it; those of an ending alone are rare."""


@pytest.fixture(scope="module", autouse=True)
def _little_to_collect() -> Iterator[None]:
    """Each program ends with a collection of garbage: not of what the tests before it left."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def run(program: Program, happened: Counter[str]) -> list[str]:
    """Run a program where it belongs; what it broke."""
    run_there = cloud_running.run if program.place == "cloud" else running.run
    notices = run_there(program)
    happened += notices.happened
    return notices.words


def broken_by(places: list[Place], seeds: range | tuple[int, ...]) -> dict[str, list[str]]:
    """Run programs; which of them broke something, and what."""
    programs = [Program.of_seed(seed, place) for place in places for seed in seeds]
    broken = {f"{each.place} {each.seed}": run(each, Counter()) for each in programs}
    return {program: words for program, words in broken.items() if words}


@pytest.mark.parametrize("place", PLACES)
def test_programs_break_nothing(place: Place):
    assert not broken_by([place], SEEDS)


def test_all_there_is_to_do_is_done_in_them():
    programs = [Program.of_seed(seed, "kernel") for seed in SEEDS]
    steps = [step.action for program in programs for steps in program.threads for step in steps]
    assert set(steps) == set(ACTIONS)
    assert {program.is_batch for program in programs} == {True, False}
    assert {program.auto_renew for program in programs} == {True, False}
    assert {program.idle_timeout_s is None for program in programs} == {True, False}
    assert {program.max_usage_s is None for program in programs} == {True, False}
    assert {len(program.threads) > 1 for program in programs} == {True}
    assert {program.parallel > 1 for program in programs} == {True, False}


@pytest.mark.extended
@pytest.mark.timeout(1800)  # some hundred programs take minutes; each has a limit of its own
def test_many_programs_meet_all_that_can_happen_and_break_nothing():
    on_local_sessions, on_the_service = Counter[str](), Counter[str]()
    broken = {}
    for seed in range(1000, 1200):
        for place in ("kernel", "threads", "processes"):
            broken[place, seed] = run(Program.of_seed(seed, place), on_local_sessions)
    for seed in range(1000, 1080):
        broken["cloud", seed] = run(Program.of_seed(seed, "cloud"), on_the_service)
    assert not {program: words for program, words in broken.items() if words}
    assert not HAPPENED_ON_LOCAL_SESSIONS - set(+on_local_sessions)
    assert not HAPPENED_ON_THE_SERVICE - set(+on_the_service)


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
