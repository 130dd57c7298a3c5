"""Named work that the Run button submits: `Programs`."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qsession.errors import InvalidInputError
from qsession.inputs import read_name
from qsession.model.snapshot import WorkLabel
from qsession.pubs import PubRequest, read_request


@dataclass(frozen=True)
class Program:
    """Work with a name, ready to be submitted any number of times."""

    name: str
    request: PubRequest
    shots: int | None = None
    precision: float | None = None

    @property
    def label(self) -> WorkLabel:
        """What people see of it."""
        return WorkLabel(self.name, self.request.program, self.shots, self.precision)


class Programs(Mapping[str, Program]):
    """The programs of a session by name, in the order in which they were added."""

    def __init__(self) -> None:
        # Replaced as a whole on each change, so that any thread may read it.
        self._programs: dict[str, Program] = {}

    def add(
        self,
        work: object,
        *,
        name: str | None = None,
        shots: int | None = None,
        precision: float | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Program:
        """Check work and keep it under a name; one of the same name is replaced.

        Raises:
            InvalidInputError: If the work cannot be run or the name cannot be used.
        """
        request = read_request(work, shots=shots, precision=precision, options=options)
        # The caller may go on changing its circuits and arrays.
        request = copy.deepcopy(request)
        own_name = read_name(name) or read_name(request.pubs[0].circuit.name)
        if own_name is None:
            raise InvalidInputError('The program has no name. Give one, such as name="ansatz".')
        program = Program(own_name, request, shots, precision)
        self._programs = {**self._programs, own_name: program}
        return program

    @property
    def labels(self) -> tuple[WorkLabel, ...]:
        """What people see of them."""
        return tuple(program.label for program in self._programs.values())

    def find(self, name: str) -> Program:
        """The program with this name.

        Raises:
            InvalidInputError: If there is none; the message lists those there are.
        """
        program = self._programs.get(name)
        if program is None:
            known = ", ".join(repr(name) for name in self._programs) or "none yet"
            raise InvalidInputError(
                f"No program is called {name!r}. Programs of this session: {known}. Add one with "
                "session.add_program(circuit, name=...)."
            )
        return program

    def __getitem__(self, name: str) -> Program:
        """The program with this name."""
        return self._programs[name]

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._programs)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._programs)
