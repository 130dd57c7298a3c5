"""The fuzzer itself: what it takes for a difference, and what it tells of one."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from qsession.errors import InvalidInputError
from tests.fuzz import __main__ as command
from tests.fuzz.comparing import Difference, differences, probability_of_difference
from tests.fuzz.deviations import deviation_of
from tests.fuzz.fuzzing import Fuzzer
from tests.fuzz.generating import Program
from tests.fuzz.observing import Observation, failed
from tests.fuzz.process import Answer
from tests.fuzz.reducing import reduce_program
from tests.fuzz.running import Verdict

OTHER_SHOTS = Difference(0, "shots", "pub 0 meas", "{00: 3}", "{01: 3}")
PROGRAM = Program("1:2", "first()\nguilty()\nlast(3, 4)\n", frozenset({"sampler"}))


class Answering:
    """A process that says what it was told to say.

    Args:
        guilty: What programs with a guilty call give, by the sides that are asked for.
        ended: The side at which they end the process, if they do.
    """

    def __init__(self, *guilty: str, ended: str = "") -> None:
        self.guilty, self.ended = guilty, ended
        self.asked: list[str] = []

    def run(self, source: str, *, is_seeded: bool, sides: str = "both") -> Answer:
        self.asked.append(sides)
        is_guilty = "guilty()" in source and sides in self.guilty
        if is_guilty and self.ended:
            return Answer(None, "abort", self.ended, "terminate called")
        return Answer(Verdict([OTHER_SHOTS] if is_guilty else [], jobs=1))

    def stop(self) -> None:
        self.asked.append("stop")

    def close(self) -> None:
        """Nothing to end."""


def fuzzing(process: Any, *, is_reducing: bool = True) -> Fuzzer:
    return Fuzzer(process, is_reducing=is_reducing)


# --- what is told ---------------------------------------------------------------------------------


def test_a_program_without_a_difference_is_counted_only():
    fuzzer = fuzzing(Answering())

    assert fuzzer.run(PROGRAM) is None
    assert fuzzer.statistics.programs == fuzzer.statistics.tags["sampler"] == 1


def test_a_difference_is_confirmed_in_a_new_process_and_reduced():
    process = Answering("both", "apart")
    found = fuzzing(process).run(PROGRAM)

    assert found is not None
    assert found.program.source == "guilty()"
    assert found.differences == (OTHER_SHOTS,)
    assert process.asked[:3] == ["both", "stop", "both"]


def test_a_reference_that_differs_from_itself_finds_nothing():
    fuzzer = fuzzing(Answering("both", "theirs", "apart"))

    assert fuzzer.run(PROGRAM) is None
    assert fuzzer.statistics.outcomes["the reference differs from itself"] == 1


def test_what_aer_does_right_one_by_one_is_a_fault_of_aers():
    assert fuzzing(Answering("both")).run(PROGRAM) is None


def test_a_reference_that_aborts_is_no_finding_unless_ours_aborts_too():
    assert fuzzing(Answering("both", "apart", ended="theirs")).run(PROGRAM) is None
    assert fuzzing(Answering("both", "ours", "apart", ended="theirs")).run(PROGRAM) is not None


def test_a_program_that_differs_is_written_down_and_printed_with_what_repeats_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    def program(seed: int, number: int, **_: Any) -> Program:
        return Program(f"{seed}:{number}", PROGRAM.source, is_seeded=False)

    monkeypatch.setattr(command, "generate", program)
    monkeypatch.setattr(command, "Process", lambda *_, **__: Answering("both", "apart"))
    assert command.main(["--seed", "3", "--first", "4", "--programs", "1", f"--found={tmp_path}"])

    printed, path = capsys.readouterr().out, tmp_path / "3-4.txt"
    assert f"python -m tests.fuzz {path}\n" in printed
    assert "python -m tests.fuzz --seed 3 --first 4 --programs 1" in printed
    again = command.read_program(path)
    assert again.source.endswith("guilty()\n")
    assert not again.is_seeded


class Ending(Answering):
    """A process under which this one is told to end, as "timeout" does it: twice."""

    def run(self, source: str, *, is_seeded: bool, sides: str = "both") -> Answer:
        os.kill(os.getpid(), signal.SIGTERM)
        return super().run(source, is_seeded=is_seeded, sides=sides)

    def close(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


def test_a_run_that_is_told_to_end_tells_what_it_has_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    told: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    monkeypatch.setattr(command, "Process", lambda *_, **__: Ending())
    try:
        command.main(["--seed", "3", "--programs", "2"])
    finally:
        signal.signal(signal.SIGTERM, before)

    assert "To go on: make fuzz SEED=3 FIRST=0" in capsys.readouterr().out
    assert told == []


def test_nothing_is_left_that_can_be_left_out():
    source = "a()\nwith b():\n    with c(1, k=2):\n        bad([1, 2, 3], x={1: 2, 3: 4})\nd()\n"

    assert reduce_program(source, lambda text: "bad(" in text) == "bad([3])"


# --- what is a difference -------------------------------------------------------------------------


def seen(shots: list[bytes], **facts: Any) -> Observation:
    return Observation(shots={"meas": shots}, facts=facts)


def test_with_seeds_the_order_of_shots_counts():
    ours, theirs = seen([b"0", b"1"]), seen([b"1", b"0"])

    assert [each.kind for each in differences([ours], [theirs], is_seeded=True)] == ["shots"]
    assert differences([ours], [theirs], is_seeded=False) == []
    assert differences([ours], [ours], is_seeded=True) == []


def test_the_method_counts():
    ours, theirs = (seen([b"0"], circuit={"method": name}) for name in ("mps", "statevector"))

    assert [each.kind for each in differences([ours], [theirs], is_seeded=True)] == ["method"]


def test_so_does_the_class_of_an_error():
    ours, theirs = failed(KeyError("a"), "result"), failed(ValueError("a"), "result")

    assert [each.kind for each in differences([ours], [theirs], is_seeded=True)] == ["error"]
    assert differences([failed(KeyError("b"), "result")], [ours], is_seeded=True) == []


def test_a_refusal_by_any_class_of_it_agrees_with_an_error():
    class UnfitError(InvalidInputError):
        pass

    ours, theirs = failed(UnfitError("a"), "submission"), failed(KeyError("a"), "result")

    assert differences([ours], [theirs], is_seeded=True) == []


def test_distributions_differ_where_chance_does_not_explain_it():
    assert probability_of_difference(Counter(a=500, b=500), Counter(a=520, b=480)) > 0.1
    assert probability_of_difference(Counter(a=500, b=500), Counter(a=800, b=200)) < 1e-9


def test_parts_that_lack_since_aer_ran_no_shot_are_a_deviation():
    ours, theirs = Observation(counts={"circuit 0": {"0x0": 2}}), Observation()
    (lost,) = differences([ours], [theirs], is_seeded=True)
    theirs.shotless.add("circuit 0")
    (shotless,) = differences([ours], [theirs], is_seeded=True)

    assert deviation_of("", lost) is None
    assert deviation_of("", shotless) is not None


@pytest.mark.parametrize(
    ("ours", "theirs", "name"),
    [
        (
            "a result",
            "RuntimeError at result: Something went wrong in heevx call",
            "noise that Aer cannot convert",
        ),
        (
            "JobFailedError at result: The backend gives neither shots nor counts for circuit 'a'",
            "ValueError at result: could not broadcast input array from shape (0,1)",
            "nothing to sample",
        ),
        (
            "a result",
            "TranspilerError at submission: 'Unable to translate the operations in the circuit: …",
            "handed over as it is",
        ),
    ],
)
def test_a_deviation_is_known_by_its_words(ours: str, theirs: str, name: str):
    known = deviation_of("", Difference(0, "error", "job", ours, theirs))

    assert known is not None
    assert known.name == name
    assert deviation_of("", OTHER_SHOTS) is None
