"""What real programs take with our sessions, beside IBM's local testing mode: by turns.

Each run has a backend, a session and transpilations of its own, and all values must be equal. Cases
in which we are slower are shown as all others. Run it alone on a quiet machine:
``make benchmark-programs``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Sequence
from functools import partial

from benchmarks.local.comparing import Comparison
from benchmarks.local.report import comparison_cells, rounded, table
from benchmarks.machine import machine
from benchmarks.programs import catalogue, fresh_processes, libraries
from benchmarks.programs.comparing import ProgramComparison, compare

HEADINGS = (
    "program",
    "qsession, ms",
    "IBM's local mode, ms",
    "ratio",
    "whole program, ms",
    "IBM's, ms",
    "ratio",
)
ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", default="", metavar="TEXT,TEXT", help="programs whose name contains one of these"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="runs of each program")
    parser.add_argument(
        "--table", action="store_true", help="print nothing but the Markdown of the README"
    )
    parser.add_argument("--list", action="store_true", help="only name the programs")
    arguments = parser.parse_args()
    found, missing = libraries.cases()
    measurements: dict[str, Callable[[int], ProgramComparison]] = {
        name: partial(fresh_processes.compare, name) for name in fresh_processes.names()
    }
    measurements |= {case.name: partial(compare, case) for case in (*catalogue.CASES, *found)}
    texts = arguments.only.split(",")
    chosen = [name for name in measurements if any(text in name for text in texts)]
    if arguments.list:
        print("\n".join(chosen))
        return
    progress = sys.stderr if arguments.table else sys.stdout
    print(f"{machine()}\n", file=progress, flush=True)
    for name in missing:
        print(f"skipped, since it is not installed: {name}", file=progress)
    compared = []
    for name in chosen:
        compared.append(measurements[name](arguments.rounds))
        print(" | ".join(_row(compared[-1])), file=progress, flush=True)
    print(f"\n{table(HEADINGS, [_row(each) for each in compared])}\n")
    print(
        "From the session's making to the last value, and the whole program, with what Qiskit "
        "takes to transpile. Medians, with the least and the most in brackets."
    )
    print(_summary("In the session", [each.in_session for each in compared]))
    print(_summary("Whole programs", [each.whole for each in compared]))
    faults = [
        fault
        for each in compared
        for fault in (
            each.whole.differs and f"DIFFERS: {each.whole.name}",
            each.whole.our_error and f"FAILS: {each.whole.name}: {each.whole.our_error}",
        )
        if fault
    ]
    print("\n".join(faults))
    for each in compared:
        if each.whole.their_error:
            print(f"IBM's local mode fails: {each.whole.name}: {each.whole.their_error}")
    if faults:
        sys.exit(1)


def _row(compared: ProgramComparison) -> tuple[str, ...]:
    return *comparison_cells(compared.in_session), *comparison_cells(compared.whole)[1:]


def _summary(what: str, compared: Sequence[Comparison]) -> str:
    ratios = [each.ratio for each in compared if each.ratio is not None]
    if not ratios:
        return f"{what}: nothing could be compared."
    mean, as_fast = statistics.geometric_mean(ratios), sum(ratio >= 1 for ratio in ratios)
    return (
        f"{what}: geometric mean {rounded(mean)}×, from {rounded(min(ratios))}× to "
        f"{rounded(max(ratios))}×; {as_fast} of {len(ratios)} at least as fast as IBM's local mode."
    )


if __name__ == "__main__":
    main()
