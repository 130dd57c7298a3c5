"""Reads what people hand to ``run``: circuits, several of them, or PUBs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from qiskit import QuantumCircuit
from qiskit.primitives.containers import BindingsArray, ObservablesArray
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import Operator, Pauli, PauliList, SparseObservable, SparsePauliOp

from qsession.circuits.checks import (
    read_name,
    read_optimization_level,
    read_primitive_options,
)
from qsession.circuits.pub_checks import check_pub, check_quantities
from qsession.errors import InvalidInputError, shown
from qsession.render.circuit_names import name_of_all

Program = Literal["sampler", "estimator"]

_OBSERVABLE_TYPES = (
    ObservablesArray,
    Operator,
    Pauli,
    PauliList,
    SparseObservable,
    SparsePauliOp,
)
_OBSERVABLE_LABEL = re.compile(r"[+-]?i?[IXYZ01rl+-]+")


@dataclass(frozen=True)
class PubRequest:
    """PUBs of one kind, checked, and how to run them."""

    program: Program
    pubs: tuple[SamplerPub | EstimatorPub, ...]
    name: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    optimization_level: int | None = None

    def named(self, name: str) -> PubRequest:
        """The same under a name."""
        return replace(self, name=name)

    def with_shots(self, shots: int) -> PubRequest:
        """The same with another number of shots.

        Raises:
            InvalidInputError: If it is an estimator's, or the number cannot be used.
        """
        check_quantities(self.program, shots, None)
        pubs = (SamplerPub(pub.circuit, pub.parameter_values, shots) for pub in self.pubs)
        return replace(self, pubs=tuple(pubs))

    def with_precision(self, precision: float) -> PubRequest:
        """The same with another precision.

        Raises:
            InvalidInputError: If it is a sampler's, or the number cannot be used.
        """
        check_quantities(self.program, None, precision)
        return replace(
            self,
            pubs=tuple(
                EstimatorPub(pub.circuit, pub.observables, pub.parameter_values, float(precision))
                for pub in self.estimator_pubs
            ),
        )

    @property
    def single_values(self) -> dict[str, float]:
        """The parameters that have one value, by name; those of a sweep are left out."""
        return {
            name: float(value)
            for pub in self.pubs
            if not pub.parameter_values.shape
            for names, values in pub.parameter_values.data.items()
            for name, value in zip(names, values, strict=True)
        }

    def with_values(self, values: Mapping[str, float]) -> PubRequest:
        """The same with other values of some of the parameters that have one value."""
        return replace(self, pubs=tuple(_pub_with_values(pub, values) for pub in self.pubs))

    @property
    def sampler_pubs(self) -> tuple[SamplerPub, ...]:
        """The PUBs of a sampler request."""
        return tuple(pub for pub in self.pubs if isinstance(pub, SamplerPub))

    @property
    def estimator_pubs(self) -> tuple[EstimatorPub, ...]:
        """The PUBs of an estimator request."""
        return tuple(pub for pub in self.pubs if isinstance(pub, EstimatorPub))


def read_request(  # noqa: PLR0913 - each is an option of its own
    work: object,
    *,
    shots: int | None = None,
    precision: float | None = None,
    name: str | None = None,
    options: Mapping[str, Any] | None = None,
    optimization_level: int | None = None,
) -> PubRequest:
    """Turn work into PUBs of one kind.

    Args:
        work: A circuit, several, a PUB, or several. Observables make it an estimator's.
        shots: Shots for sampler PUBs that name none.
        precision: Precision for estimator PUBs that name none.
        name: A word for people.
        options: Options of the primitive.
        optimization_level: How much Qiskit optimizes circuits that do not fit the backend.

    Raises:
        InvalidInputError: If it is none of these, mixes the two kinds, or a part is malformed.
    """
    parts = _parts(work)
    program = _program(parts)
    check_quantities(program, shots, precision)
    level = read_optimization_level(optimization_level)
    coerced: list[SamplerPub | EstimatorPub] = []
    for index, part in enumerate(parts):
        try:
            pub = (
                SamplerPub.coerce(part, shots)
                if program == "sampler"
                else EstimatorPub.coerce(part, precision)
            )
        except Exception as error:
            # Qiskit raises a dozen kinds of errors for malformed PUBs.
            raise InvalidInputError(
                f"PUB {index} is not a valid {program} PUB: {str(error).rstrip('.')}. "
                f"{_EXPECTED[program]}"
            ) from error
        check_pub(index, pub)
        coerced.append(pub)
    # As they were handed in: who looks for a job does not know the transpiled ones.
    own_name = read_name(name) or name_of_all([pub.circuit for pub in coerced])
    return PubRequest(program, tuple(coerced), own_name, read_primitive_options(options), level)


def own_values(values: BindingsArray) -> BindingsArray:
    """A copy of values whose arrays are its own, made faster than a deep one.

    Its keys are names, which nobody can change.
    """
    arrays = {names: array.copy() for names, array in values.data.items()}
    return BindingsArray(arrays, values.shape)


def _pub_with_values(
    pub: SamplerPub | EstimatorPub, values: Mapping[str, float]
) -> SamplerPub | EstimatorPub:
    before = pub.parameter_values
    if before.shape or before.num_parameters == 0:
        return pub
    after = BindingsArray(
        {
            names: [values.get(name, old) for name, old in zip(names, olds, strict=True)]
            for names, olds in before.data.items()
        }
    )
    if isinstance(pub, SamplerPub):
        return SamplerPub(pub.circuit, after, pub.shots)
    return EstimatorPub(pub.circuit, pub.observables, after, pub.precision)


def with_placeholders(work: object) -> tuple[object, tuple[str, ...]]:
    """Work whose circuits may lack parameter values, with zeros in their place.

    Returns:
        What `read_request` takes, and the names of the parameters that have no value yet.

    Raises:
        InvalidInputError: If it is no work at all.
    """
    parts = _parts(work)
    filled = [_filled(part) for part in parts]
    names = {name: None for _, lacking in filled for name in lacking}
    # One part stays one: its observables tell which primitive it is for.
    return ([part for part, _ in filled] if names else work), tuple(names)


def _filled(part: Any) -> tuple[Any, tuple[str, ...]]:
    items = (part,) if isinstance(part, QuantumCircuit) else part
    if not isinstance(items, tuple):
        return part, ()  # a PUB that has been made already
    circuit = items[0]
    place = 2 if len(items) > 1 and _are_observables(items[1], circuit) else 1
    if not circuit.parameters or (len(items) > place and items[place] is not None):
        return part, ()
    zeros = [0.0] * len(circuit.parameters)
    names = tuple(parameter.name for parameter in circuit.parameters)
    return (*items[:place], zeros, *items[place + 1 :]), names


_EXPECTED = {
    "sampler": "Expected (circuit, parameter values, shots), the last two if needed.",
    "estimator": (
        "Expected (circuit, observables, parameter values, precision), the last two if needed; "
        "observables act on as many qubits as the circuit has."
    ),
}


def _parts(work: object) -> list[Any]:
    """Split work into its PUBs."""
    if isinstance(work, QuantumCircuit | SamplerPub | EstimatorPub) or _is_pub_tuple(work):
        return [work]
    if not isinstance(work, Iterable) or isinstance(work, str | bytes | Mapping):
        raise InvalidInputError(
            f"{shown(work)} cannot be run. Give a QuantumCircuit, a list of circuits, or PUBs "
            "such as (circuit, observables)."
        )
    parts = list(work)
    if not parts:
        raise InvalidInputError(
            "Nothing to run: the list is empty. Give at least one circuit or PUB."
        )
    for index, part in enumerate(parts):
        is_circuit = isinstance(part, QuantumCircuit | SamplerPub | EstimatorPub)
        if not is_circuit and not _is_pub_tuple(part):
            raise InvalidInputError(
                f"Item {index} is {shown(part)}, neither a circuit nor a PUB. A PUB is a tuple "
                "that starts with a circuit, such as (circuit, observables)."
            )
    return parts


def _is_pub_tuple(part: object) -> bool:
    """Return True if a part is one PUB as a tuple; a tuple of circuits is several PUBs."""
    if not isinstance(part, tuple) or not part or not isinstance(part[0], QuantumCircuit):
        return False
    return not any(isinstance(item, QuantumCircuit) for item in part[1:])


def _program(parts: list[Any]) -> Program:
    programs = [_program_of(part) for part in parts]
    if len(set(programs)) > 1:
        other = next(i for i, program in enumerate(programs) if program != programs[0])
        raise InvalidInputError(
            f"PUB 0 is for the {programs[0]} but PUB {other} for the {programs[other]}: one job "
            "runs one primitive. Give observables with all circuits or with none, or run them "
            "apart."
        )
    return programs[0]


def _program_of(part: Any) -> Program:
    if isinstance(part, EstimatorPub):
        return "estimator"
    if isinstance(part, SamplerPub | QuantumCircuit) or len(part) == 1:
        return "sampler"
    return "estimator" if _are_observables(part[1], part[0]) else "sampler"


def _are_observables(value: Any, circuit: QuantumCircuit) -> bool:
    if isinstance(value, (*_OBSERVABLE_TYPES, str)):
        return True
    if isinstance(value, Mapping):
        # {"theta": 0.1} binds parameters, {"ZZ": 0.5} is an observable.
        names = {parameter.name for parameter in circuit.parameters}
        return bool(value) and all(_is_label(key) and key not in names for key in value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "OU" and value.size:
        return _are_observables(value.flat[0], circuit)
    if isinstance(value, Sequence) and value:
        return _are_observables(value[0], circuit)
    return False


def _is_label(key: object) -> bool:
    if isinstance(key, Pauli):
        return True
    return isinstance(key, str) and _OBSERVABLE_LABEL.fullmatch(key) is not None
