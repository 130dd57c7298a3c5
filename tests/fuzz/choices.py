"""Random choices of a generator, and the source that it writes: `Choices` and `Lines`."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

_T = TypeVar("_T")

INDENT = "    "


class Choices:
    """Choices that a seed decides."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def chance(self, percent: float) -> bool:
        """Whether something with this chance happens."""
        return self._random.random() * 100 < percent

    def below(self, limit: int) -> int:
        """A number from 0."""
        return self._random.randrange(limit)

    def between(self, least: int, most: int) -> int:
        """A number, both ends included."""
        return self._random.randint(least, most)

    def one_of(self, options: Sequence[_T]) -> _T:
        """One of these."""
        return self._random.choice(options)

    def weighted(self, options: Mapping[_T, float]) -> _T:
        """One of these, by weight."""
        return self._random.choices(list(options), list(options.values()))[0]

    def some(self, options: Sequence[_T], count: int) -> list[_T]:
        """So many of these, in any order."""
        return self._random.sample(options, count)

    def shuffled(self, options: Sequence[_T]) -> list[_T]:
        """All of these, in any order."""
        return self.some(options, len(options))

    def seed(self) -> int:
        """A seed for something in a program."""
        return self._random.choice((1, 7, 42, self._random.randrange(1, 2**31)))

    def angle(self) -> str:
        """An angle as source, often a multiple of a quarter turn."""
        if self.chance(45):
            quarters = self.between(-4, 4)
            return f"{quarters} * pi / 2"
        if self.chance(5):
            return self.one_of(("0.0", "1e-9", "pi / 2 + 1e-9", "100.0", "-7.3"))
        return str(round(self._random.uniform(-4, 4), 2))

    def probability(self) -> float:
        """A probability, sometimes 0 or 1."""
        if self.chance(10):
            return self.one_of((0.0, 1.0))
        return round(self._random.uniform(0.01, 0.6), 2)


class Lines:
    """Python source that grows line by line."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._depth = 0

    def add(self, line: str) -> None:
        """Add a line at the present depth."""
        self._lines.append(INDENT * self._depth + line)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add a compound statement; what is added inside is its body."""
        self.add(head)
        before = len(self._lines)
        self._depth += 1
        yield
        if len(self._lines) == before:
            self.add("pass")
        self._depth -= 1

    @property
    def source(self) -> str:
        """All of it."""
        return "\n".join(self._lines) + "\n"
