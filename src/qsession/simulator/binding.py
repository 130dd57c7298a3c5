"""Binds parameters to the open angles of compiled circuits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.circuit import Parameter, ParameterExpression

from qsession.simulator.fingerprint import Reading, UnboundError, read
from qsession.simulator.runs import Run

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives.containers.bindings_array import BindingsArray

    from qsession.simulator.noise import Noise
    from qsession.simulator.simulator import Simulator


def bound_runs(
    simulator: Simulator,
    circuit: QuantumCircuit,
    values: BindingsArray,
    noise: Noise | None,
    basis: frozenset[str] | None,
) -> list[Run]:
    """A run for each set of values, in order.

    Raises:
        FastPathError: If the content of the circuit cannot be told.
    """
    try:
        reading = read(circuit)
    except UnboundError:
        every = np.ravel(values.bind_all(circuit)).tolist()
        return [single_run(simulator, bound, noise, basis) for bound in every]
    compiled = simulator.compiled(circuit, reading, noise, basis)
    return [Run(compiled, row) for row in angle_rows(circuit, reading, values)]


def single_run(
    simulator: Simulator,
    circuit: QuantumCircuit,
    noise: Noise | None,
    basis: frozenset[str] | None,
) -> Run:
    """The run of a circuit without parameters.

    Raises:
        FastPathError: If its content cannot be told.
    """
    reading = read(circuit)
    return Run(simulator.compiled(circuit, reading, noise, basis), _numbers(reading))


def angle_rows(
    circuit: QuantumCircuit, reading: Reading, values: BindingsArray
) -> Sequence[Sequence[float]]:
    """The angles for each set of values, in order."""
    size = int(np.prod(values.shape, dtype=int))
    if not circuit.num_parameters:
        return [_numbers(reading)] * size
    columns = {parameter: column for column, parameter in enumerate(circuit.parameters)}
    table = values.as_array(circuit.parameters).reshape(size, -1)
    rows = np.empty((size, len(reading.angles)))
    for place, angle in enumerate(reading.angles):
        if isinstance(angle, Parameter):
            rows[:, place] = table[:, columns[angle]]
        elif isinstance(angle, ParameterExpression) and angle.parameters:
            rows[:, place] = _evaluated(angle, columns, table)
        else:
            rows[:, place] = float(angle)
    return rows.tolist()


def _numbers(reading: Reading) -> tuple[float, ...]:
    return tuple(map(float, reading.angles))


def _evaluated(angle: Any, columns: dict[Any, int], table: Any) -> list[float]:
    own = {parameter: columns[parameter] for parameter in angle.parameters}
    return [
        float(angle.bind({parameter: row[column] for parameter, column in own.items()}))
        for row in table.tolist()
    ]
