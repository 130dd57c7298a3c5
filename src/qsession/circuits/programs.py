"""Named work that the Run button submits: `Programs`."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from numbers import Real
from typing import TYPE_CHECKING, Any

from qsession.circuits.checks import read_name
from qsession.circuits.pubs import PubRequest, read_request, with_placeholders
from qsession.errors import InvalidInputError, shown
from qsession.model.snapshot import WorkLabel
from qsession.render.circuit_names import described, given_name

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

Values = Mapping[str, float] | Sequence[float]
"""Values of parameters: by name, or in the order in which the circuit lists its parameters."""


@dataclass(frozen=True)
class Program:
    """Work with a name, ready to be submitted any number of times.

    Attributes:
        name: Its name.
        request: The work; parameters without a value have zeros in their place.
        shots: The shots it was given.
        precision: The precision it was given.
        lacking: The names of the parameters that have no value yet: each run gives them.
    """

    name: str
    request: PubRequest
    shots: int | None = None
    precision: float | None = None
    lacking: tuple[str, ...] = ()

    @property
    def parameters(self) -> dict[str, float | None]:
        """The parameters that a run may set, with their values; None for those that lack one.

        Parameters of a sweep are set once and for all.
        """
        return {
            name: None if name in self.lacking else value
            for name, value in self.request.single_values.items()
        }

    @cached_property
    def label(self) -> WorkLabel:
        """The program's name, primitive and settings, as views show them at every change."""
        return WorkLabel(
            self.name,
            self.request.program,
            self.shots,
            self.precision,
            tuple(self.parameters.items()),
        )

    def request_with(
        self,
        *,
        shots: int | None = None,
        precision: float | None = None,
        parameters: object = None,
    ) -> PubRequest:
        """The work of one run.

        Raises:
            InvalidInputError: If shots, precision or parameters do not fit it, or values lack.
        """
        values = self._read_values(parameters)
        lacking = [name for name in self.lacking if name not in values]
        if lacking:
            raise InvalidInputError(
                f"The program {self.name!r} needs values of {_listed(lacking)}, for example "
                f"session.run_program({self.name!r}, parameters={{{lacking[0]!r}: 0.5}})."
            )
        request = self.request.with_values(values) if values else self.request
        if shots is not None:
            request = request.with_shots(shots)
        return request if precision is None else request.with_precision(precision)

    def _read_values(self, values: Any) -> dict[str, float]:
        if values is None:
            return {}
        known = tuple(self.parameters)
        if not isinstance(values, Mapping):
            values = self._by_name(values, known)
        named = {getattr(key, "name", key): value for key, value in values.items()}
        unknown = [str(name) for name in named if name not in known]
        if unknown:
            raise InvalidInputError(
                f"The program {self.name!r} has no parameter {_listed(unknown)} to be set. It has "
                f"{_listed(known) or 'none'}."
            )
        return {name: _number(name, value) for name, value in named.items()}

    def _by_name(self, values: object, known: tuple[str, ...]) -> dict[str, Any]:
        is_list = isinstance(values, Iterable) and not isinstance(values, str | bytes)
        listed = list(values) if is_list else None  # type: ignore[call-overload]  # mypy loses it
        if listed is None or len(listed) != len(known):
            raise InvalidInputError(
                f"parameters={shown(values)} does not fit the program {self.name!r}. Expected "
                f"{len(known)} numbers, or a dict with {_listed(known) or 'nothing'}."
            )
        return dict(zip(known, listed, strict=True))


def _number(name: str, value: Any) -> float:
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise InvalidInputError(
            f"{shown(value)} is no value of the parameter {name!r}. Expected a number, such as "
            f"parameters={{{name!r}: 0.5}}."
        )
    return float(value)


def _listed(names: Sequence[str]) -> str:
    most = 10
    return ", ".join(map(repr, names[:most])) + (", …" if len(names) > most else "")


class Programs(Mapping[str, Program]):
    """The programs of a session by name, in the order in which they were added."""

    def __init__(self) -> None:
        # Replaced as a whole on each change, so that any thread may read it.
        self._programs: dict[str, Program] = {}

    def add(  # noqa: PLR0913 - each is an option of its own
        self,
        work: object,
        *,
        name: str | None = None,
        shots: int | None = None,
        precision: float | None = None,
        options: Mapping[str, Any] | None = None,
        optimization_level: int | None = None,
    ) -> Program:
        """Check work and keep it under a name; one of the same name is replaced.

        Circuits may lack values of their parameters; each run then gives them.

        Raises:
            InvalidInputError: If the work cannot be run or the name cannot be used.
        """
        filled, lacking = with_placeholders(work)
        request = read_request(
            filled,
            shots=shots,
            precision=precision,
            options=options,
            optimization_level=optimization_level,
        )
        # The caller may go on changing its circuits and arrays.
        request = copy.deepcopy(request)
        own_name = read_name(name) or self._own_name(request.pubs[0].circuit)
        program = Program(own_name, request, shots, precision, lacking)
        self._programs = {**self._programs, own_name: program}
        return program

    def _own_name(self, circuit: QuantumCircuit) -> str:
        """The circuit's name; without one, words for it that are no other program's."""
        given = given_name(circuit)
        if given is not None:
            return read_name(given) or given
        words = described(circuit)
        names = (words if number == 1 else f"{words} ({number})" for number in count(1))
        return next(name for name in names if self._is_free_for(name, circuit))

    def _is_free_for(self, name: str, circuit: QuantumCircuit) -> bool:
        # A cell that is run again makes its circuit anew: that takes the place of the one before.
        other = self._programs.get(name)
        return other is None or other.request.pubs[0].circuit == circuit

    @property
    def labels(self) -> tuple[WorkLabel, ...]:
        """The labels of all registered programs, in the order of their registration."""
        return tuple(program.label for program in self._programs.values())

    def find(self, name: object) -> Program:
        """The program with this name.

        Raises:
            InvalidInputError: If there is none; the message lists those there are.
        """
        program = self._programs.get(name) if isinstance(name, str) else None
        if program is None:
            known = ", ".join(repr(name) for name in self._programs) or "none yet"
            raise InvalidInputError(
                f"No program is called {shown(name)}. Programs of this session: {known}. Add one "
                "with session.add_program(circuit, name=...)."
            )
        return program

    def __getitem__(self, name: str) -> Program:
        """The program with this name."""
        return self._programs[name]

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._programs)

    def __len__(self) -> int:
        """Return the number of registered programs."""
        return len(self._programs)
