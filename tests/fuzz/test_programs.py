"""Some programs of the fuzzer's: sessions give what IBM's local mode and Aer give, bit for bit.

`make fuzz` runs many more, new ones each time.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fuzz.covering import OPTIONS, TAGS, WORDS, covering, kinds_of
from tests.fuzz.fuzzing import Fuzzer
from tests.fuzz.generating import Program, generate
from tests.fuzz.process import Process

PROGRAMS = covering(seed=1, times=1)


@pytest.fixture(scope="module")
def fuzzer() -> Iterator[Fuzzer]:
    process = Process()
    yield Fuzzer(process, is_reducing=False)
    process.close()


def test_everything_that_programs_are_made_of_occurs():
    kinds = set().union(*map(kinds_of, PROGRAMS))

    assert kinds >= TAGS | WORDS
    assert len([kind for kind in kinds if kind.startswith("option ")]) >= OPTIONS


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_program_gives_what_the_reference_gives(program: Program, fuzzer: Fuzzer):
    found = fuzzer.run(program)

    assert found is None, f"\n{found.script}\nRun it alone, and reduce it, with:\n{again(program)}"


def test_most_of_them_are_not_about_errors(fuzzer: Fuzzer):
    counts = fuzzer.statistics
    if counts.programs < len(PROGRAMS):
        pytest.skip("Not all of the programs have run in this process.")

    assert counts.broken < counts.programs / 10
    assert counts.errors.total() < counts.jobs / 3
    assert counts.ways["fast"] > counts.jobs / 2


def test_shots_that_threads_would_change_are_of_one_thread():
    programs = [generate(1, number) for number in range(400)]
    stabilizers = [each for each in programs if "method extended_stabilizer" in each.tags]

    assert stabilizers
    assert all("max_parallel_threads=1" in each.source for each in stabilizers)
    assert not any("max_parallel_threads=2" in each.source for each in stabilizers)


def test_most_of_a_series_for_branching_measures_on_the_way_and_is_sampled_without_noise():
    programs = [generate(1, number, is_branching=True) for number in range(100)]
    on_the_way = [each for each in programs if {"control flow", "measured within"} & each.tags]

    assert len(on_the_way) > 80
    assert not any({"estimator", "saves"} & each.tags for each in programs)
    assert sum("noise model" in each.tags for each in programs) < 10


def test_all_jobs_can_be_sent_to_worker_processes():
    process = Process(is_in_workers=True)
    asks = "from qsession.engines.local.workers.hybrid_runner import may_abort\n"
    answer = process.run(f"{asks}assert may_abort(None)\n", is_seeded=True)
    process.close()

    assert answer.verdict is not None
    assert not answer.verdict.broken


def test_a_seed_and_a_number_make_the_same_program_each_time():
    assert generate(1, 7) == generate(1, 7) != generate(1, 8)


def again(program: Program) -> str:
    seed, number = program.name.split(":")
    return f"python -m tests.fuzz --seed {seed} --first {number} --programs 1"
