"""Aer without three of its faults, as a second opinion: `circuits_apart`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from qiskit import QuantumCircuit
from qiskit_aer.backends import (
    aer_simulator,
    backend_utils,
    qasm_simulator,
    statevector_simulator,
    unitary_simulator,
)
from qiskit_aer.backends.aerbackend import AerBackend

_SEED_STEP = 2113
"""Between the seeds of the circuits of one job."""

_together = backend_utils.cpp_execute_circuits
_run = AerBackend.run


def _apart(controller: Any, circuits: Any, noise_model: Any, config: Any) -> Any:
    if len(circuits) == 1 or config.parameterizations:
        return _together(controller, circuits, noise_model, config)
    first = config.seed_simulator
    if first == 0:
        # That is what it says where none is set, too.
        return _together(controller, circuits, noise_model, config)
    outputs, memory = [], config.memory_slots
    for number, circuit in enumerate(circuits):
        config.seed_simulator = first + _SEED_STEP * number
        config.memory_slots = circuit.num_memory
        outputs.append(_together(controller, [circuit], noise_model, config))
    whole = dict(outputs[0])
    whole["results"] = [result for each in outputs for result in each["results"]]
    whole["success"] = all(each["success"] for each in outputs)
    if not whole["success"]:
        config.seed_simulator, config.memory_slots = first, memory
        return _together(controller, circuits, noise_model, config)
    return whole


def _run_bound(self: Any, run_input: Any, parameter_binds: Any = None, **options: Any) -> Any:
    if not parameter_binds:
        return _run(self, run_input, **options)
    circuits = [run_input] if isinstance(run_input, QuantumCircuit) else run_input
    bound = [
        circuit.assign_parameters(dict(zip(binds, values, strict=True)))
        for circuit, binds in zip(circuits, parameter_binds, strict=True)
        for values in zip(*binds.values(), strict=True)
    ]
    return _run(self, bound, **options)


@contextmanager
def circuits_apart() -> Iterator[None]:
    """Let Aer simulate each circuit of a job by itself, with the seed that it has in its job.

    Aer 0.18 gives wrong shots for a circuit that it simulates as a density matrix, with noise of
    Kraus operators, after others that it simulates as states. The variables of a circuit with fewer
    classical bits than the largest one of its job come out as such bits, beyond its own. And values
    that it is to bind itself, as IBM's executor asks it to, do not reach the angles of controlled
    rotations.
    """
    modules = (aer_simulator, qasm_simulator, statevector_simulator, unitary_simulator)
    with ExitStack() as stack:
        for module in modules:
            stack.enter_context(patch.object(module, "cpp_execute_circuits", _apart))
        stack.enter_context(patch.object(AerBackend, "run", _run_bound))
        yield
