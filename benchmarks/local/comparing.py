"""Runs a case in both kinds of session by turns, and believes no ratio of unequal answers."""

from __future__ import annotations

import statistics
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import qiskit_ibm_runtime

import qsession
from benchmarks.local.cases import Answer, Case, Work

FIRST_SEED = 1000


@dataclass
class Comparison:
    """What came out of a case; times in milliseconds.

    Attributes:
        case: The case.
        ours_ms: Of each run in a session of ours.
        theirs_ms: Of each run in one of IBM's.
        ratios: Of each round: IBM's time by the median of ours.
        differs: Whether an answer was not as good as IBM's.
        their_error: What IBM's session failed with.
        most_threads: The most threads seen while ours ran.
    """

    case: Case
    ours_ms: list[float] = field(default_factory=list)
    theirs_ms: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    differs: bool = False
    their_error: str | None = None
    most_threads: int = 0

    @property
    def ratio(self) -> float | None:
        """The median of the rounds; None where no honest one can be given."""
        return None if self.differs or not self.ratios else statistics.median(self.ratios)


Timed = Callable[[int], tuple[float, Answer]]
"""Runs the work with a seed; gives milliseconds and the answer."""


def compare(case: Case, rounds: int | None = None) -> Comparison:
    """Measure a case."""
    comparison = Comparison(case)
    run_ours, close_ours = _runner(case, qsession.Session)
    run_theirs, close_theirs = _runner(case, qiskit_ibm_runtime.Session)
    try:
        if not case.is_first_job:
            run_ours(FIRST_SEED)  # the first job has a case of its own
        for seed in range(FIRST_SEED, FIRST_SEED + min(rounds or case.rounds, case.rounds)):
            _play_round(comparison, seed, run_ours, run_theirs)
    finally:
        close_ours()
        close_theirs()
    return comparison


def _play_round(comparison: Comparison, seed: int, run_ours: Timed, run_theirs: Timed) -> None:
    """Half of our runs, theirs, the other half."""
    repeats = comparison.case.repeats
    ours = [run_ours(seed) for _ in range(max(1, repeats // 2))]
    comparison.most_threads = max(comparison.most_threads, threading.active_count())
    try:
        theirs_ms, theirs = run_theirs(seed)
    except Exception as error:  # noqa: BLE001 - that it fails is a result
        comparison.their_error = f"{type(error).__name__}: {error}".splitlines()[0]
        theirs_ms, theirs = None, []
    ours += [run_ours(seed) for _ in range(repeats // 2)]
    times = [milliseconds for milliseconds, _ in ours]
    comparison.ours_ms += times
    if theirs_ms is not None:
        comparison.theirs_ms.append(theirs_ms)
        comparison.ratios.append(theirs_ms / statistics.median(times))
        comparison.differs |= not all(comparison.case.is_same(each, theirs) for _, each in ours)


def _runner(case: Case, session_class: Any) -> tuple[Timed, Callable[[], None]]:
    if case.is_first_job:
        return lambda seed: _run_first(case, session_class, seed), lambda: None
    backend = case.make_backend()
    work = case.prepare(backend)
    session = session_class(backend)
    return lambda seed: _run(work, session, seed), session.close


def _run(work: Work, session: Any, seed: int) -> tuple[float, Answer]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # IBM's of its own older primitives
        began = time.perf_counter()
        answer = work(session, seed)
        return (time.perf_counter() - began) * 1000, answer


def _run_first(case: Case, session_class: Any, seed: int) -> tuple[float, Answer]:
    backend = case.make_backend()
    work = case.prepare(backend)  # circuits are fitted to a backend before its first job
    began = time.perf_counter()
    session = session_class(backend)
    opened_ms = (time.perf_counter() - began) * 1000
    try:
        ran_ms, answer = _run(work, session, seed)
    finally:
        session.close()
    return opened_ms + ran_ms, answer
