"""Runs random programs: ``python -m tests.stress --minutes 10``, or ``--place cloud --seed 17``."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from tempfile import TemporaryDirectory

from tests.stress import cloud_running, running
from tests.stress.noticing import Notices
from tests.stress.programs import LOCAL_PLACES, PLACES, Program
from tests.stress.reducing import reduced

Run = Callable[[Program], Notices]


def runner_of(place: str) -> Run:
    """What runs programs there."""
    return cloud_running.run if place == "cloud" else running.run


def main() -> int:
    """Run programs until the time is over; 1 if one of them broke something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--count", type=int, default=sys.maxsize, help="programs at most")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--place", choices=PLACES, help="in this place alone")
    options = parser.parse_args()
    first, count = options.first, options.count
    if options.seed is not None:
        first, count = options.seed, 1
    places = LOCAL_PLACES if options.place is None else (options.place,)
    # What observers and refusals are logged as is told by the programs, where it matters.
    logging.getLogger("qsession").propagate = False
    logging.getLogger("qiskit_runtime_service").setLevel(logging.ERROR)
    deadline = time.monotonic() + 60 * options.minutes
    ran: Counter[str] = Counter()
    happened: Counter[str] = Counter()
    broken: list[int] = []
    seed = first
    while seed < first + count and time.monotonic() < deadline:
        place = places[seed % len(places)]
        program, run = Program.of_seed(seed, place), runner_of(place)
        notices = run(program)
        ran[place] += 1
        happened += notices.happened
        if notices.words:
            broken.append(seed)
            _tell(f"seed {seed} in {place}:", *notices.words)
            _tell("reduced:", str(reduced(program, partial(_breaks, run))))
        seed += 1
    _tell(f"{ran.total()} programs (seeds {first} to {seed - 1}): {dict(ran)}; {len(broken)} broke")
    _tell(f"what happened: {dict(sorted(happened.items()))}")
    _tell(*(f"seed {each}" for each in broken))
    return 1 if broken else 0


def _breaks(run: Run, program: Program) -> bool:
    return bool(run(program).words)


def _tell(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)  # noqa: T201 - what it is run for


if __name__ == "__main__":
    with TemporaryDirectory() as home:
        os.environ["QSESSION_HOME"] = home
        sys.exit(main())
