"""Runs a case in both kinds of session by turns, and believes no ratio of unequal answers."""

from __future__ import annotations

import operator
import statistics
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import qiskit_ibm_runtime

import qsession
from benchmarks.local.cases import Case, Work

FIRST_SEED = 1000

Ran = TypeVar("Ran")

TimedAnswer = tuple[float, Any]
"""Milliseconds, and the answer."""


SETTLING_S = 0.05
"""A pause before each first job: threads that the run before it left, of ours or of Aer, are at
rest then."""


@dataclass
class Comparison:
    """What came out of a case; times in milliseconds.

    Attributes:
        name: What it is, as the table says it.
        goal: The least ratio to IBM's time; None where none is set.
        is_same: Whether an answer of ours is as good as IBM's.
        ours_ms: Of each run in a session of ours.
        theirs_ms: Of each run in one of IBM's.
        ratios: Of each round: IBM's time by the median of ours.
        differs: Whether an answer was not as good as IBM's.
        our_error: What ours failed with.
        their_error: What IBM's session failed with.
        most_threads: The most threads seen while ours ran.
    """

    name: str
    goal: float | None = None
    is_same: Callable[[Any, Any], bool] = operator.eq
    ours_ms: list[float] = field(default_factory=list)
    theirs_ms: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    differs: bool = False
    our_error: str | None = None
    their_error: str | None = None
    most_threads: int = 0

    @property
    def ratio(self) -> float | None:
        """The median of the rounds; None where no honest one can be given."""
        if self.our_error or self.differs or not self.ratios:
            return None
        return statistics.median(self.ratios)

    def record(
        self, ours: Sequence[TimedAnswer | Exception], theirs: TimedAnswer | Exception
    ) -> None:
        """Take in one round: what our runs and IBM's gave, or failed with."""
        answered = [each for each in ours if not isinstance(each, Exception)]
        times = [milliseconds for milliseconds, _ in answered]
        self.ours_ms += times
        for error in (each for each in ours if isinstance(each, Exception)):
            self.our_error = _in_a_line(error)
        if isinstance(theirs, Exception):
            self.their_error = _in_a_line(theirs)
            return
        theirs_ms, their_answer = theirs
        self.theirs_ms.append(theirs_ms)
        if times:
            self.ratios.append(theirs_ms / statistics.median(times))
        self.differs |= not all(self.is_same(answer, their_answer) for _, answer in answered)


def _in_a_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


Timed = Callable[[int], TimedAnswer]
"""Runs the work with a seed."""


def compare(case: Case, rounds: int | None = None) -> Comparison:
    """Measure a case."""
    comparison = Comparison(case.name, case.goal, case.is_same)
    run_ours, close_ours = runner(case, qsession.Session)
    run_theirs, close_theirs = runner(case, qiskit_ibm_runtime.Session)
    try:
        if not case.is_first_job:
            run_ours(FIRST_SEED)  # the first job has a case of its own
        for seed in range(FIRST_SEED, FIRST_SEED + min(rounds or case.rounds, case.rounds)):
            _play_round(comparison, seed, run_ours, run_theirs, case.repeats)
    finally:
        close_ours()
        close_theirs()
    return comparison


def _play_round(
    comparison: Comparison, seed: int, run_ours: Timed, run_theirs: Timed, repeats: int
) -> None:
    """Half of our runs, theirs, the other half."""
    ours = [run_ours(seed) for _ in range(max(1, repeats // 2))]
    comparison.most_threads = max(comparison.most_threads, threading.active_count())
    theirs = attempt(lambda: run_theirs(seed))
    ours += [run_ours(seed) for _ in range(repeats // 2)]
    comparison.record(ours, theirs)


def attempt(call: Callable[[], Ran]) -> Ran | Exception:
    """Whatever comes of it: that IBM's client fails is a result, too."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - as said
        return error


def runner(case: Case, session_class: Any) -> tuple[Timed, Callable[[], None]]:
    """What runs a case with a seed in one session, and what closes that session."""
    if case.is_first_job:
        return lambda seed: _run_first(case, session_class, seed), lambda: None
    backend = case.make_backend()
    work = case.prepare(backend)
    session = session_class(backend)
    return lambda seed: _run(work, session, seed), session.close


def _run(work: Work, session: Any, seed: int) -> TimedAnswer:
    return timed(lambda: work(session, seed))


def timed(call: Callable[[], Any]) -> TimedAnswer:
    """How many milliseconds it takes, and what it gives."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # IBM's of its own older primitives
        began = time.perf_counter()
        answer = call()
        return (time.perf_counter() - began) * 1000, answer


def _run_first(case: Case, session_class: Any, seed: int) -> TimedAnswer:
    backend = case.make_backend()
    work = case.prepare(backend)  # circuits are fitted to a backend before its first job
    time.sleep(SETTLING_S)
    began = time.perf_counter()
    session = session_class(backend)
    opened_ms = (time.perf_counter() - began) * 1000
    try:
        ran_ms, answer = _run(work, session, seed)
    finally:
        session.close()
    return opened_ms + ran_ms, answer
