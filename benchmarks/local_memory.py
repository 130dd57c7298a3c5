"""Whether a session of ten thousand local jobs stays small: the process's memory on the way.

Circuits, parameters and results differ from job to job; nothing holds the jobs. The most memory
that the process had so far is told (POSIX). Run it with ``make benchmark-local``.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile

from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from benchmarks.local.report import table
from benchmarks.machine import machine
from qsession import Session

MARKS = (1_000, 2_500, 5_000, 7_500, 10_000)
SEEDS = 7
MOST_GROWTH = 1.5


def peak_mb() -> float:
    """The most memory that this process had so far, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def circuit(number: int) -> QuantumCircuit:
    """One of fifty structures, with angles of its own."""
    made = QuantumCircuit(2 + number % 5)
    for layer in range(1 + number % 10):
        for qubit in range(made.num_qubits):
            made.rx(number / 1000 + layer, qubit)
        for qubit in range(made.num_qubits - 1):
            made.cx(qubit, qubit + 1)
    made.measure_all()
    return made


def measure() -> list[tuple[str, str]]:
    rows = []
    with Session(AerSimulator(), "8h", name="memory") as session:
        for number in range(1, MARKS[-1] + 1):
            seed = number if number % SEEDS == 0 else None
            options = {"simulator": {"seed_simulator": seed}} if seed else None
            session.run(circuit(number), shots=1024, options=options).result()
            if number in MARKS:
                rows.append((f"{number:,}", f"{peak_mb():.0f}"))
    return rows


def main() -> None:
    print(f"{machine()}\n")
    with tempfile.TemporaryDirectory() as home:
        os.environ["QSESSION_HOME"] = home
        rows = measure()
    print(table(("jobs", "most memory so far, MB"), rows))
    growth = float(rows[-1][1]) / float(rows[0][1])
    word = "met" if growth <= MOST_GROWTH else "MISSED"
    print(f"\n{word}: flat over {MARKS[-1]:,} jobs: {growth:.2f}× of {MOST_GROWTH:g}×")


if __name__ == "__main__":
    main()
