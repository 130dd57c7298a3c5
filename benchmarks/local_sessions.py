"""What local sessions cost, beside IBM's local testing mode: the same work, by turns.

Both run IBM's own primitives, in one process. A case gets no ratio unless its answers are the same
bits, or without seeds of the same distribution. Run it alone on a quiet machine:
``make benchmark-local``.
"""

from __future__ import annotations

import argparse

from benchmarks.local import overhead, places, transpiling
from benchmarks.local.cases import CASES
from benchmarks.local.comparing import compare
from benchmarks.local.report import HEADINGS, comparison_row, table, verdict
from benchmarks.machine import machine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only",
        default="",
        help="cases, and parts (overhead, transpiling, places), whose name contains this",
    )
    parser.add_argument("--rounds", type=int, help="fewer rounds, for a quick look")
    arguments = parser.parse_args()
    print(f"{machine()}\n", flush=True)
    compared = []
    for case in CASES:
        if arguments.only in case.name:
            compared.append(compare(case, arguments.rounds))
            print(" | ".join(comparison_row(compared[-1])), flush=True)
    print(f"\n{table(HEADINGS, [comparison_row(each) for each in compared])}\n")
    print("Medians, with the least and the most in brackets.\n")
    for part in (overhead, transpiling, places):
        if arguments.only in part.__name__:
            print(f"{table(part.HEADINGS, part.rows())}\n", flush=True)
    for comparison in compared:
        if (words := verdict(comparison)) is not None:
            print(words)


if __name__ == "__main__":
    main()
