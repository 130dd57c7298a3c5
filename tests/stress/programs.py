"""Random programs on a local session: `Program`, made from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal, get_args

Place = Literal["kernel", "threads", "processes", "worker", "cloud"]
PLACES: tuple[Place, ...] = get_args(Place)
LOCAL_PLACES: tuple[Place, ...] = ("kernel", "threads", "processes", "kernel", "threads", "worker")
"""The places of local jobs, as often as they are to be used. A worker takes a second to start."""

MAX_TIME_S = 300
MOST_THREADS = 4
MOST_STEPS = 12

_WEIGHTS = {
    "run": 30,
    "run again": 8,
    "cancel job": 14,
    "result": 8,
    "wait": 4,
    "read": 6,
    "observe": 8,
    "let time pass": 6,
    "expire": 3,
    "renew": 3,
    "lose the process": 4,
    "close": 2,
    "cancel": 1,
    "cancel all": 2,
    "with": 1,
}


_ENDINGS = frozenset({"close", "cancel", "cancel all", "with"})

ACTIONS = tuple(_WEIGHTS)
"""Whatever a thread of a program may do."""


@dataclass(frozen=True)
class Step:
    """One thing that a thread does.

    Attributes:
        action: What, by its name in `tests.stress.running`.
        number: Which job, how long, and what else there is to choose.
    """

    action: str
    number: int


@dataclass(frozen=True)
class Program:
    """A session and what several threads do with it at once.

    Attributes:
        seed: What it was made from; a reduced one keeps it.
        place: Where its jobs run.
        is_batch: Whether the session is a batch.
        parallel: How many jobs run at once.
        auto_renew: Whether an expired session goes on in another.
        idle_timeout_s: After how many seconds without a job it closes; None never does.
        max_usage_s: After how many seconds of usage it closes; None never does.
        threads: The steps of each thread.
    """

    seed: int
    place: Place
    is_batch: bool
    parallel: int
    auto_renew: bool
    idle_timeout_s: int | None
    max_usage_s: int | None
    threads: tuple[tuple[Step, ...], ...]

    @classmethod
    def of_seed(cls, seed: int, place: Place) -> Program:
        """The program that this seed stands for."""
        choice = random.Random(seed)
        is_batch = choice.random() < 0.4
        # Half of the programs leave the ending to time: in a session that has ended little happens.
        has_endings = choice.random() < 0.5
        actions = [each for each in _WEIGHTS if has_endings or each not in _ENDINGS]
        weights = [_WEIGHTS[each] for each in actions]
        return cls(
            seed=seed,
            place=place,
            is_batch=is_batch,
            parallel=choice.randint(1, 3) if is_batch else 1,
            auto_renew=choice.random() < 0.5,
            idle_timeout_s=choice.choice([None, None, 120]),
            max_usage_s=choice.choice([None, None, 700]),
            threads=tuple(
                tuple(
                    Step(action, choice.randrange(1000))
                    for action in choice.choices(actions, weights, k=choice.randint(1, MOST_STEPS))
                )
                for _ in range(choice.randint(1, MOST_THREADS))
            ),
        )
