"""What sessions cost on backends of others, beside IBM's local testing mode, by turns.

Qiskit's generic backend and basic simulator, and where they are installed the local simulators of
Braket (``qiskit-braket-provider``) and DDSIM (``mqt-ddsim``). Both sides run IBM's ``SamplerV2``
and ``EstimatorV2``; where these refuse the backend before a session sees it, ours is
``session.run``. No ratio is given where answers differ. Run it alone on a quiet machine:
``make benchmark-backends``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import qiskit_ibm_runtime
from qiskit import QuantumCircuit, transpile
from qiskit.providers.basic_provider import BasicSimulator
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp

import qsession
from benchmarks.local.cases import Answer, Case, Work
from benchmarks.local.comparing import compare
from benchmarks.local.report import HEADINGS, comparison_row, table, verdict
from benchmarks.machine import machine

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

QUBITS = 5
SHOTS = 1024
PRECISION = 1 / 32  # of 1024 shots


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--rounds", type=int, help="fewer rounds, for a quick look")
    arguments = parser.parse_args()
    print(f"{machine()}\n", flush=True)
    compared = []
    for case in cases():
        if arguments.only in case.name:
            compared.append(compare(case, arguments.rounds))
            print(" | ".join(comparison_row(compared[-1])), flush=True)
    print(f"\n{table(HEADINGS, [comparison_row(each) for each in compared])}\n")
    for comparison in compared:
        if comparison.their_error is not None:
            print(f"{comparison.name}: IBM's fails with {comparison.their_error}")
        if (words := verdict(comparison)) is not None:
            print(words)


def cases() -> Iterator[Case]:
    """Every backend that is installed here, with a sampler and an estimator."""
    for name, make, is_seeded in backends():
        for kind, prepare in (("sampler", _sampler), ("estimator", _estimator)):
            yield Case(
                f"GHZ-{QUBITS}, {name}, {kind}",
                make,
                partial(prepare, is_seeded=is_seeded),
                goal=1,
                repeats=6,
                rounds=9,
                is_same=_equal if is_seeded else _alike,
            )


def backends() -> Iterator[tuple[str, Callable[[], BackendV2], bool]]:
    """Name, a way to make one, and whether it takes a seed."""
    yield "generic backend", lambda: GenericBackendV2(QUBITS, seed=1), True
    yield "generic backend of 27 qubits", lambda: GenericBackendV2(27, seed=1), True
    yield "generic backend without noise", _without_noise, True
    yield "basic simulator", BasicSimulator, True
    try:
        from qiskit_braket_provider import BraketLocalBackend  # noqa: PLC0415 - if it is there
    except ImportError:
        pass
    else:
        yield "Braket, state vector", BraketLocalBackend, False
    try:
        from mqt.ddsim import DDSIMProvider  # noqa: PLC0415 - if it is there
    except ImportError:
        return
    yield "DDSIM", lambda: DDSIMProvider().get_backend("qasm_simulator"), True


def _without_noise() -> BackendV2:
    return GenericBackendV2(QUBITS, noise_info=False, seed=1)


def _ghz() -> QuantumCircuit:
    circuit = QuantumCircuit(QUBITS, name="ghz")
    circuit.h(0)
    for qubit in range(QUBITS - 1):
        circuit.cx(qubit, qubit + 1)
    return circuit


def _sampler(backend: BackendV2, *, is_seeded: bool) -> Work:
    circuit = transpile(_ghz().measure_all(inplace=False), backend, seed_transpiler=1)

    def run(session: Any, seed: int) -> Answer:
        options = _seeded(seed, is_seeded=is_seeded)
        if _is_refused(backend) and isinstance(session, qsession.Session):
            job = session.run(circuit, shots=SHOTS, options=options)
        else:
            sampler = qiskit_ibm_runtime.SamplerV2(mode=session, options=options)
            job = sampler.run([circuit], shots=SHOTS)
        return [sorted(job.result()[0].data.meas.get_counts().items())]

    return run


def _estimator(backend: BackendV2, *, is_seeded: bool) -> Work:
    circuit = transpile(_ghz(), backend, seed_transpiler=1)
    observable = SparsePauliOp(["Z" * (QUBITS - 1) + "I", "X" * QUBITS])
    observable = observable.apply_layout(circuit.layout)

    def run(session: Any, seed: int) -> Answer:
        options = _seeded(seed, is_seeded=is_seeded)
        pub = (circuit, observable)
        if _is_refused(backend) and isinstance(session, qsession.Session):
            job = session.run(pub, precision=PRECISION, options=options)
        else:
            estimator = qiskit_ibm_runtime.EstimatorV2(mode=session, options=options)
            job = estimator.run([pub], precision=PRECISION)
        return [float(job.result()[0].data.evs)]

    return run


def _is_refused(backend: BackendV2) -> bool:
    """IBM's primitives compare the number of qubits, and the basic simulator has none."""
    return backend.num_qubits is None


def _seeded(seed: int, *, is_seeded: bool) -> dict[str, Any]:
    return {"simulator": {"seed_simulator": seed}} if is_seeded else {}


def _equal(ours: Answer, theirs: Answer) -> bool:
    return ours == theirs


def _alike(ours: Answer, theirs: Answer) -> bool:
    """Without a seed: the same outcomes, or the same value, since the circuits are ideal."""
    if isinstance(ours[0], float):
        return ours == theirs
    return [outcome for outcome, _ in ours[0]] == [outcome for outcome, _ in theirs[0]]


if __name__ == "__main__":
    main()
