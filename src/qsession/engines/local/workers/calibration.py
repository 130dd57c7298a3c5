"""The measured costs of the steps of a simulation on this machine, tried once: `costs_here`."""

from __future__ import annotations

import logging
import sys
import time

from qiskit import QuantumCircuit

from qsession.engines.local.workers.costs import USUAL, Costs

_log = logging.getLogger("qsession")

_TRIES = 2
"""The shorter one counts: something else may have run meanwhile."""

MOST_TIMES = 10.0
"""A machine that seems to be more than this many times slower or faster was only interrupted."""

# What the tries take on the machine on which `USUAL` was measured.
_PYTHON_S = 0.2e-3
_SHOTS_S = 1.2e-3
_AMPLITUDES_S = 1.2e-3


def costs_here() -> Costs:
    """The costs on this machine, for which some milliseconds of work are tried the first time.

    Those of a usual machine as long as Aer is not loaded: to load it takes a hundred times longer.
    """
    global _tried  # noqa: PLW0603 - of the machine, so of the process
    if _tried is None and "qiskit_aer" in sys.modules:
        _tried = _try()
    return _tried or USUAL


_tried: Costs | None = None


def _try() -> Costs:
    try:
        return USUAL.scaled(
            python=_factor(min(_python_s() for _ in range(_TRIES)), _PYTHON_S),
            shots=_factor(min(_shots_s() for _ in range(_TRIES)), _SHOTS_S),
            amplitudes=_factor(min(_amplitudes_s() for _ in range(_TRIES)), _AMPLITUDES_S),
        )
    except Exception:  # noqa: BLE001 - another release of Aer; an estimate is all that is wanted
        _log.debug("The costs of a simulation could not be tried.", exc_info=True)
        return USUAL


def _factor(seconds: float, usual_s: float) -> float:
    return min(max(seconds / usual_s, 1 / MOST_TIMES), MOST_TIMES)


def _python_s() -> float:
    """Return the seconds that it takes to build a circuit of 80 gates."""
    began = time.perf_counter()
    circuit = QuantumCircuit(2)
    for _ in range(40):
        circuit.h(0)
        circuit.cx(0, 1)
    return time.perf_counter() - began


def _shots_s() -> float:
    """Return the seconds that Aer takes for 40 shots, simulated one by one."""
    circuit = QuantumCircuit(1, 1)
    for _ in range(2):
        circuit.h(0)
        circuit.measure(0, 0)
    return _simulated_s(circuit, shots=40)


def _amplitudes_s() -> float:
    """Return the seconds that Aer takes for 27 operations on 16 384 amplitudes."""
    circuit = QuantumCircuit(14)
    for qubit in range(14):
        circuit.ry(0.1 + qubit, qubit)
    for qubit in range(13):
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return _simulated_s(circuit, shots=1)


def _simulated_s(circuit: QuantumCircuit, *, shots: int) -> float:
    from qiskit_aer import AerSimulator  # noqa: PLC0415 - it is loaded, see above

    # More threads take longer to start than to run.
    simulator = AerSimulator(method="statevector", max_parallel_threads=1)
    ran = simulator.run(circuit, shots=shots, seed_simulator=1).result()
    return float(ran.results[0].time_taken)
