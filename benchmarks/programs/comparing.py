"""Runs programs with both clients by turns, and takes two times of each run."""

from __future__ import annotations

import gc
import operator
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.local.comparing import Comparison, TimedAnswer, attempt
from benchmarks.programs.catalogue import ProgramCase


@dataclass(frozen=True)
class Run:
    """One run of a program.

    Attributes:
        in_session_ms: From the session's making to the last value.
        whole_ms: With what comes before: circuits that are built and transpiled, which is Qiskit's.
        values: What both clients must agree on.
    """

    in_session_ms: float
    whole_ms: float
    values: Any


@dataclass(frozen=True)
class ProgramComparison:
    """What came out of a program, once for each of the two times."""

    in_session: Comparison
    whole: Comparison


def compare(case: ProgramCase, rounds: int) -> ProgramComparison:
    """Measure a program."""
    if case.warms_up:
        attempt(lambda: _run(case, case.client.theirs))
    return by_turns(
        case.name,
        rounds,
        lambda: _run(case, case.client.ours),
        lambda: _run(case, case.client.theirs),
        case.is_same,
    )


def by_turns(
    name: str,
    rounds: int,
    run_ours: Callable[[], Run],
    run_theirs: Callable[[], Run],
    is_same: Callable[[Any, Any], bool] = operator.eq,
) -> ProgramComparison:
    """Ours, IBM's, ours, IBM's."""
    compared = ProgramComparison(*(Comparison(name, is_same=is_same) for _ in range(2)))
    for _ in range(rounds):
        ours, theirs = attempt(run_ours), attempt(run_theirs)
        for comparison, took in ((compared.in_session, _in_session), (compared.whole, _whole)):
            comparison.record([took(ours)], took(theirs))
    return compared


def _in_session(run: Run | Exception) -> TimedAnswer | Exception:
    return run if isinstance(run, Exception) else (run.in_session_ms, run.values)


def _whole(run: Run | Exception) -> TimedAnswer | Exception:
    return run if isinstance(run, Exception) else (run.whole_ms, run.values)


def _run(case: ProgramCase, given: Any) -> Run:
    backend = case.make_backend()
    opened_at: list[float] = []

    def first_use(*arguments: Any, **options: Any) -> Any:
        opened_at.append(time.perf_counter())
        return given(*arguments, **options)

    gc.collect()  # each pays for its own rubbish
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # IBM's of its own older primitives
        began = time.perf_counter()
        values = case.program(first_use, backend)
        ended = time.perf_counter()
    return Run((ended - opened_at[0]) * 1000, (ended - began) * 1000, values)
