"""How long it takes until work is estimated: what the Run panel waits for.

Prints the time from the request of a page to the reply, for circuits of 100 qubits on a backend of
133, as they were handed in and as they were transpiled, and with a sweep of many PUBs.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import numpy as np
from qiskit.circuit.library import efficient_su2
from qiskit_ibm_runtime.fake_provider import FakeTorino

from qsession import Session
from qsession.widget.details import estimate_of

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

ROUNDS = 15
QUBITS = 100


def ansatz(repetitions: int) -> QuantumCircuit:
    """Layers of rotations and CNOTs on a line, measured."""
    circuit = efficient_su2(QUBITS, reps=repetitions)
    generator = np.random.default_rng(0)
    bound: QuantumCircuit = circuit.assign_parameters(generator.random(circuit.num_parameters))
    bound.measure_all()
    bound.name = f"{repetitions} layers"
    return bound


def main() -> None:
    """Measure and print."""
    with Session(FakeTorino(), max_time="30m") as session:
        works = {f"{layers} layers": ansatz(layers) for layers in (1, 8, 32)}
        for name, circuit in works.items():
            session.add_program(circuit, name=name, shots=1000)
        many = [works["1 layers"].copy() for _ in range(200)]
        session.add_program(many, name="200 PUBs of 1 layer", shots=1000)
        for is_transpiled in (False, True):
            if is_transpiled:
                for name in works:
                    session.run_program(name, shots=1).cancel()
            for name in session.programs:
                measure(session, name, is_transpiled=is_transpiled)
        session.cancel(running=True)


def measure(session: Session, name: str, *, is_transpiled: bool) -> None:
    """Print how long the answer to one question takes."""
    times_ms = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        told = estimate_of(session, program=name, job_id=None, shots=None, precision=None)
        times_ms.append((time.perf_counter() - began) * 1000)
    state = "transpiled" if is_transpiled else "as handed in"
    print(
        f"{name:22} {state:13} about {told['qpu_s']:.2f} s of QPU  "
        f"median {statistics.median(times_ms):6.1f} ms, worst {max(times_ms):6.1f} ms"
    )


if __name__ == "__main__":
    main()
