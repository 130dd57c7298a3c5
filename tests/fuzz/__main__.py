"""The command line: ``python -m tests.fuzz``."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import NoReturn

from tests.fuzz.fuzzing import WITHOUT_SEEDS, Found, Fuzzer, Statistics
from tests.fuzz.generating import Program, generate
from tests.fuzz.process import ROOT, Process

FOUND = ROOT / "test-results" / "fuzz"

EVERY_S = 20.0


def main(arguments: list[str] | None = None) -> int:
    """Run; the exit status is 1 if anything differs."""
    chosen = _parser().parse_args(arguments)
    seed = int(time.time()) if chosen.seed is None else chosen.seed
    programs = _programs(chosen, seed)
    if chosen.show:
        for program in programs:
            print(f"# {program.name}: {', '.join(sorted(program.tags))}\n{program.source}")
        return 0
    # A run that is ended by "timeout" or the like tells what it has done, too.
    before = signal.signal(signal.SIGTERM, _interrupt)
    process = Process(chosen.timeout, is_in_workers=chosen.in_workers)
    fuzzer = Fuzzer(process, is_reducing=not (chosen.no_reducing or chosen.files))
    begun = told = time.monotonic()
    different = 0
    try:
        for program in programs:
            found = fuzzer.run(program)
            if found is not None:
                different += 1
                _tell(found, chosen.found, " --branching" if chosen.branching else "")
            now = time.monotonic()
            if now - told > EVERY_S:
                told = now
                print(_progress(fuzzer.statistics, different, now - begun), flush=True)
            if now - begun > chosen.minutes * 60:
                break
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
    finally:
        process.close()
        signal.signal(signal.SIGTERM, before)
    print(summary(fuzzer.statistics, different, time.monotonic() - begun))
    if not chosen.files:
        following = chosen.first + fuzzer.statistics.programs
        print(f"\nTo go on: make fuzz SEED={seed} FIRST={following}")
    return 1 if different else 0


def _interrupt(number: int, _frame: object) -> NoReturn:
    # "timeout" sends it twice: to its child, and to the group of that.
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="programs to run instead of new ones")
    parser.add_argument("--minutes", type=float, default=60, help="how long (60)")
    parser.add_argument("--programs", type=int, help="at most so many programs")
    parser.add_argument("--seed", type=int, help="of the series; a new one if there is none")
    parser.add_argument("--first", type=int, default=0, help="number of the first program (0)")
    parser.add_argument("--devices", type=float, default=1, help="factor for fake backends (1)")
    parser.add_argument(
        "--branching", action="store_true", help="mostly circuits that measure on their way"
    )
    parser.add_argument(
        "--timeout", type=float, default=120, help="seconds for a program on a side (120)"
    )
    parser.add_argument(
        "--in-workers", action="store_true", help="run all jobs of ours in worker processes"
    )
    parser.add_argument("--show", action="store_true", help="print programs instead")
    parser.add_argument("--no-reducing", action="store_true", help="leave programs as they are")
    parser.add_argument("--found", type=Path, default=FOUND, help="where to put what differs")
    return parser


def _programs(chosen: argparse.Namespace, seed: int) -> Iterator[Program]:
    if chosen.files:
        return iter([read_program(path) for path in chosen.files])
    numbers = islice(count(chosen.first), chosen.programs)
    return (
        generate(seed, number, share_of_devices=chosen.devices, is_branching=chosen.branching)
        for number in numbers
    )


def read_program(path: Path) -> Program:
    """A program from a file that was written for one that differs."""
    text = path.read_text()
    return Program(path.stem, text, is_seeded=WITHOUT_SEEDS not in text)


def _tell(found: Found, folder: Path, profile: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found.program.name.replace(':', '-')}.txt"
    path.write_text(found.script)
    seed, _, number = found.program.name.partition(":")
    print(f"\n{found.script}\nTo run it again: python -m tests.fuzz {path}", flush=True)
    if number:
        whole = f"--seed {seed} --first {number} --programs 1{profile} --no-reducing"
        print(f"As it was, before it was reduced: python -m tests.fuzz {whole}\n", flush=True)


def _progress(counts: Statistics, different: int, seconds: float) -> str:
    return (
        f"{seconds:5.0f} s: {counts.programs} programs, {counts.jobs} jobs, "
        f"{counts.ways['fast']} of them fast, {different} with differences"
    )


def summary(counts: Statistics, different: int, seconds: float) -> str:
    """What was run, and what came of it, in lines."""
    whole = (
        f"{counts.programs} programs with {counts.jobs} jobs in {seconds:.0f} s "
        f"(reference {counts.theirs_s:.0f} s, ours {counts.ours_s:.0f} s), {different} with "
        f"differences, {counts.broken} ended by an error outside of a job."
    )
    lines = [whole]
    parts = {
        "Outcomes": counts.outcomes,
        "Ours computed": counts.ways,
        "Programs": counts.tags,
        "Errors of the reference": counts.errors,
    }
    for title, counter in parts.items():
        lines.append(f"\n{title}:")
        lines += [f"  {often:6}  {what}" for what, often in counter.most_common(80)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
