"""What local sessions cost now and at another commit: the same work of the same releases, by turns.

The sources of the other commit are checked out beside these for the time of the run, and each side
has a process of its own. Only sessions of ours are measured: ``make benchmark-local`` compares them
with IBM's. Run it alone on a quiet machine: ``make benchmark-before BEFORE=v0.1.0``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.local import cases
from benchmarks.local.comparing import FIRST_SEED, runner
from benchmarks.local.report import rounded, spread, table
from benchmarks.machine import machine

REPOSITORY = Path(__file__).parents[1]
HEADINGS = ("case", "before, ms", "now, ms", "before by now")
ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", help="a commit, as git names it", nargs="?")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="turns of each side")
    parser.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.answer:
        _answer()
        return
    if arguments.before is None:
        parser.error("name the commit to compare with, such as v0.1.0")
    chosen = [case.name for case in cases.CASES if arguments.only in case.name]
    if not chosen:
        parser.error(f"no case has {arguments.only!r} in its name")
    print(f"{machine()}\n", flush=True)
    with ExitStack() as stack:
        before = stack.enter_context(Side.of(stack.enter_context(_sources_of(arguments.before))))
        now = stack.enter_context(Side.of(REPOSITORY / "src"))
        rows = []
        for name in chosen:
            rows.append(_row(name, *_measured(name, before, now, arguments.rounds)))
            print(" | ".join(rows[-1]), flush=True)
    print(f"\n{table(HEADINGS, rows)}\n")
    print("Medians, with the least and the most in brackets.")


def _measured(
    name: str, before: Side, now: Side, rounds: int
) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds before and now, and the ratio of each round."""
    all_before: list[float] = []
    all_now: list[float] = []
    ratios: list[float] = []
    for number in range(rounds):
        sides = (before, now) if number % 2 else (now, before)
        times = {side: side.run(name, FIRST_SEED + number) for side in sides}
        all_before += times[before]
        all_now += times[now]
        if times[before] and times[now]:
            ratios.append(statistics.median(times[before]) / statistics.median(times[now]))
    return all_before, all_now, ratios


def _row(
    name: str, before: Sequence[float], now: Sequence[float], ratios: Sequence[float]
) -> tuple[str, ...]:
    ratio = f"{rounded(statistics.median(ratios))}×" if ratios else "–"
    return name, spread(before) if before else "fails", spread(now) if now else "fails", ratio


@contextmanager
def _sources_of(commit: str) -> Iterator[Path]:
    """Where the sources of a commit are, as long as the context lasts."""
    git = ["git", "-C", str(REPOSITORY), "worktree"]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder) / "before"
        subprocess.run([*git, "add", "--quiet", "--detach", place, commit], check=True)  # noqa: S603 - git
        try:
            yield place / "src"
        finally:
            subprocess.run([*git, "remove", "--force", place], check=True)  # noqa: S603 - git


class Side:
    """A process that runs cases in sessions of one state of the sources."""

    def __init__(self, process: subprocess.Popen[str], sources: Path) -> None:
        self._process = process
        self._sources = sources

    @classmethod
    @contextmanager
    def of(cls, sources: Path) -> Iterator[Side]:
        """Start it; it ends with the context."""
        path = os.pathsep.join([str(sources), str(REPOSITORY)])
        with (
            tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as state,
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "benchmarks.between_commits", "--answer"],
                env={**os.environ, "PYTHONPATH": path, "QSESSION_HOME": state},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            side = cls(process, sources)
            loaded = Path(str(side._read())).parents[1]
            if loaded != sources:
                raise RuntimeError(f"The sources in {loaded} were loaded, not those in {sources}.")
            yield side
            process.communicate()

    def run(self, name: str, seed: int) -> list[float]:
        """Run a case as often as a round does; milliseconds of each run, none if it fails."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([name, seed]) + "\n")
        self._process.stdin.flush()
        times = self._read()
        if isinstance(times, str):
            print(f"{self._sources}: {name}: {times}", file=sys.stderr)
            return []
        return [float(each) for each in times]

    def _read(self) -> list[float] | str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The process with the sources in {self._sources} has ended.")
        answer: list[float] | str = json.loads(line)
        return answer


def _answer() -> None:
    """Be the process of a side: run what the lines of the standard input say."""
    import qsession  # noqa: PLC0415 - the side's own; the process that asks needs none

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a case prints is no answer

    def answer(words: object) -> None:
        print(json.dumps(words), file=answers, flush=True)

    answer(qsession.__file__)
    by_name = {case.name: case for case in cases.CASES}
    current, run, close = "", None, None
    for line in sys.stdin:
        name, seed = json.loads(line)
        case = by_name[name]
        try:
            if name != current:
                if close is not None:
                    close()
                current, (run, close) = name, runner(case, qsession.Session)
                if not case.is_first_job:
                    run(seed)  # the first job has a case of its own
            assert run is not None
            answer([run(seed)[0] for _ in range(case.repeats)])
        except Exception as error:  # noqa: BLE001 - that it fails is a result, too
            answer(f"{type(error).__name__}: {error}".splitlines()[0])
    if close is not None:
        close()


if __name__ == "__main__":
    main()
