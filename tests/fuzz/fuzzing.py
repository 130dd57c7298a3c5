"""Runs programs, confirms and reduces what differs, and counts: `Fuzzer`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.fuzz.comparing import Difference
from tests.fuzz.deviations import deviation_of
from tests.fuzz.generating import Program
from tests.fuzz.process import Answer, Process
from tests.fuzz.reducing import reduce_program

_RESULTS = ("shots", "counts", "values", "distribution")


@dataclass(frozen=True)
class Found:
    """A program with a difference of ours.

    Attributes:
        program: The program, reduced.
        differences: What differs.
        note: How it can be seen again, if not by running the program alone.
    """

    program: Program
    differences: tuple[Difference, ...]
    note: str = ""

    @property
    def script(self) -> str:
        """The program as a file, which ``python -m tests.fuzz FILE`` runs."""
        lines = [f"{self.program.name}: {self.differences[0]}"]
        lines += [str(each) for each in self.differences[1:3]]
        lines += [self.note] if self.note else []
        lines += [] if self.program.is_seeded else [WITHOUT_SEEDS]
        head = "\n".join(f"# {line}" for text in lines for line in text.splitlines())
        return f"{head}\n{self.program.source}\n"


WITHOUT_SEEDS = "Without seeds: distributions are compared."


@dataclass
class Statistics:
    """What was run, and what came of it."""

    programs: int = 0
    jobs: int = 0
    broken: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    theirs_s: float = 0
    ours_s: float = 0


class Fuzzer:
    """Runs programs in a disposable process.

    Args:
        process: The process.
        is_reducing: Whether programs that fail are made smaller.
    """

    def __init__(self, process: Process, *, is_reducing: bool = True) -> None:
        self.statistics = Statistics()
        self._process = process
        self._is_reducing = is_reducing

    def run(self, program: Program) -> Found | None:
        """Run a program; what differs is confirmed in a new process, and reduced."""
        answer = self._process.run(program.source, is_seeded=program.is_seeded)
        self._count(program, answer)
        found = self._differences(program, answer)
        if not found:
            return None
        self._process.stop()
        again = self._differences(program, self._ask(program))
        if not again:
            self.statistics.outcomes["not seen again"] += 1
            note = "Seen once, behind other programs in one process."
            return Found(program, tuple(found), note)
        if self._is_of_reference(program):
            self.statistics.outcomes["the reference differs from itself"] += 1
            return None
        if not self._differences(program, self._ask(program, sides="apart")):
            self.statistics.outcomes[
                "known: gone where Aer runs circuits one by one, with angles bound before"
            ] += 1
            return None
        self.statistics.outcomes["difference"] += 1
        if self._is_reducing:
            program, again = self._reduced(program, again)
        return Found(program, tuple(again))

    def _count(self, program: Program, answer: Answer) -> None:
        counts, verdict = self.statistics, answer.verdict
        counts.programs += 1
        counts.tags.update(program.tags)
        if not program.is_seeded:
            counts.tags["without seeds"] += 1
        if verdict is None:
            counts.outcomes[f"{answer.ended} ({answer.side})"] += 1
            return
        counts.jobs += verdict.jobs
        counts.errors.update(verdict.errors)
        counts.broken += bool(verdict.broken)
        counts.ways.update(verdict.ways)
        counts.theirs_s += verdict.theirs_s
        counts.ours_s += verdict.ours_s

    def _ask(self, program: Program, *, sides: str = "both") -> Answer:
        return self._process.run(program.source, is_seeded=program.is_seeded, sides=sides)

    def _differences(self, program: Program, answer: Answer) -> list[Difference]:
        """Those that are not known."""
        if answer.verdict is None:
            if answer.side == "theirs":
                # There is nothing to compare with, but ours must not end the process.
                if answer.ended == "hang":
                    return []
                answer = self._ask(program, sides="ours")
                if answer.verdict is not None:
                    return []
            words = " ".join(answer.text.split())[-150:]
            return [Difference(-1, answer.ended, "process", words, "no end of the process")]
        unknown = []
        for each in answer.verdict.differences:
            deviation = deviation_of(program.source, each)
            if deviation is None:
                unknown.append(each)
            else:
                self.statistics.outcomes[f"known: {deviation.name}"] += 1
        return unknown

    def _is_of_reference(self, program: Program) -> bool:
        answer = self._ask(program, sides="theirs")
        return answer.verdict is not None and bool(answer.verdict.differences)

    def _reduced(
        self, program: Program, found: list[Difference]
    ) -> tuple[Program, list[Difference]]:
        wanted = {_signature(each) for each in found}

        def still_fails(source: str) -> bool:
            own = Program(program.name, source, program.tags, program.is_seeded)
            now = self._differences(own, self._ask(own, sides="apart"))
            if wanted.isdisjoint(map(_signature, now)):
                return False
            # It must not have lost its seeds on the way.
            return not own.is_seeded or not self._is_of_reference(own)

        # Each try of a program that ends its process costs a new one.
        most_tries = 30 if found[0].where == "process" else 400
        source = reduce_program(program.source, still_fails, most_tries=most_tries)
        smaller = Program(program.name, source, program.tags, program.is_seeded)
        self._process.stop()
        last = self._differences(smaller, self._ask(smaller))
        return (smaller, last) if last else (program, found)


def _signature(found: Difference) -> tuple[str, ...]:
    """What must stay the same of a difference while its program is reduced."""
    if found.kind == "error":
        return (found.kind, *(text.partition(":")[0] for text in (found.ours, found.theirs)))
    return ("results",) if found.kind in _RESULTS else (found.kind,)
