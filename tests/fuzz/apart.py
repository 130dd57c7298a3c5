"""Aer without one of its faults, as a second opinion: `circuits_apart`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from qiskit_aer.backends import (
    aer_simulator,
    backend_utils,
    qasm_simulator,
    statevector_simulator,
    unitary_simulator,
)

_SEED_STEP = 2113
"""Between the seeds of the circuits of one job."""

_together = backend_utils.cpp_execute_circuits


def _apart(controller: Any, circuits: Any, noise_model: Any, config: Any) -> Any:
    if len(circuits) == 1 or config.parameterizations:
        return _together(controller, circuits, noise_model, config)
    first = config.seed_simulator
    if first is None:
        return _together(controller, circuits, noise_model, config)
    outputs = []
    for number, circuit in enumerate(circuits):
        config.seed_simulator = first + _SEED_STEP * number
        outputs.append(_together(controller, [circuit], noise_model, config))
    whole = dict(outputs[0])
    whole["results"] = [result for each in outputs for result in each["results"]]
    whole["success"] = all(each["success"] for each in outputs)
    if not whole["success"]:
        return _together(controller, circuits, noise_model, config)
    return whole


@contextmanager
def circuits_apart() -> Iterator[None]:
    """Let Aer simulate each circuit of a job by itself, with the seed that it has in its job.

    Aer 0.18 gives wrong shots for a circuit that it simulates as a density matrix, with noise of
    Kraus operators, after others that it simulates as states.
    """
    modules = (aer_simulator, qasm_simulator, statevector_simulator, unitary_simulator)
    with ExitStack() as stack:
        for module in modules:
            stack.enter_context(patch.object(module, "cpp_execute_circuits", _apart))
        yield
