"""Makes a failing program smaller: `reduced`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.stress.programs import Program

MOST_TRIES = 60
TRIES_EACH = 4
"""Threads race: a program that fails need not do so each time."""


def reduced(program: Program, fails: Callable[[Program], bool]) -> Program:
    """A smaller program that fails, too; the same one if none was found."""
    tries = MOST_TRIES
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for candidate in _smaller(program):
            if tries == 0:
                return program
            tries -= 1
            if any(fails(candidate) for _ in range(TRIES_EACH)):
                program, is_smaller = candidate, True
                break
    return program


def _smaller(program: Program) -> Iterator[Program]:
    """Programs with a thread less, then with half of a thread's steps, then with a step less."""
    threads = program.threads
    if len(threads) > 1:
        for index in range(len(threads)):
            yield replace(program, threads=threads[:index] + threads[index + 1 :])
    for index, steps in enumerate(threads):
        half = len(steps) // 2
        shorter = [steps[:half], steps[half:]] if half > 1 else []
        shorter += [steps[:cut] + steps[cut + 1 :] for cut in range(len(steps))]
        for kept in shorter:
            if kept:
                yield replace(program, threads=(*threads[:index], kept, *threads[index + 1 :]))
