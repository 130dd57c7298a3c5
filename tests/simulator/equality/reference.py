"""IBM's local mode without its copies: `Reference`, which gives the same bits sooner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.primitives import BackendEstimatorV2, BackendSamplerV2
from qiskit.providers import BackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

from tests.support.circuit_families import Case

SEED_STEP = 2113
"""Between the seeds of the circuits of one job."""

_ALWAYS = frozenset(range(8))
"""Qubits whose noise stays: Aer decides by the kinds of errors that there are on a device."""


class Reference:
    """Qiskit's own primitives on one kept backend, as IBM's local mode runs them on copies.

    The noise is Aer's own, of which all is left out that no qubit in use can meet: to write and
    parse that takes up to a minute for each job.

    Of a device with general errors (of Kraus operators), each circuit runs by itself, with the seed
    that it has in its job. Together Aer 0.18 gives wrong shots for circuits that it simulates as a
    density matrix after others that it does not: of `test_mixed_jobs`.
    """

    def __init__(self, backend: BackendV2) -> None:
        self.backend = backend
        self._noise: NoiseModel | None = None
        if not isinstance(backend, AerSimulator):
            self._noise = backend._get_noise_model_from_backend_v2()
            backend.sim = AerSimulator()
        self.runs_jobs_as_one = self._noise is None or not _has_kraus(self._noise)

    def sample(self, cases: list[Case], seed: int) -> list[Any]:
        """The results of a sampler job, one a PUB."""
        if self.runs_jobs_as_one:
            return list(self._sample(cases, seed))
        results, before = [], Counter[int]()
        for case in cases:
            results.extend(self._sample([case], seed + SEED_STEP * before[case.shots]))
            before[case.shots] += case.size
        return results

    def _sample(self, cases: list[Case], seed: int) -> Any:
        backend = self._for(case.circuit for case in cases)
        sampler = BackendSamplerV2(backend=backend, options={"seed_simulator": seed})
        return sampler.run([case.pub for case in cases]).result()

    def estimate(self, pubs: list[Any], precision: float, seed: int) -> list[Any]:
        """The results of an estimator job, one a PUB."""
        backend = self._for((pub[0] for pub in pubs), (pub[1] for pub in pubs))
        estimator = BackendEstimatorV2(backend=backend, options={"seed_simulator": seed})
        return list(estimator.run(pubs, precision=precision).result())

    def run(self, circuits: list[QuantumCircuit], seed: int, **options: Any) -> list[Any]:
        """The result of ``backend.run`` for each circuit, by itself."""
        return [
            self._for([circuit])
            .run(circuit, seed_simulator=seed + SEED_STEP * number, **options)
            .result()
            for number, circuit in enumerate(circuits)
        ]

    def _for(
        self, circuits: Iterable[QuantumCircuit], observables: Iterable[SparsePauliOp] = ()
    ) -> BackendV2:
        if self._noise is not None:
            # An observable may look at qubits that its circuit leaves alone.
            used = {
                int(qubit)
                for each in observables
                for qubit in np.flatnonzero((each.paulis.x | each.paulis.z).any(axis=0))
            }
            used |= {
                circuit.find_bit(qubit).index
                for circuit in circuits
                for each in circuit.data
                if each.name != "barrier"
                for qubit in each.qubits
            }
            self.backend.set_options(noise_model=restricted(self._noise, used | _ALWAYS))
        return self.backend


def restricted(noise: NoiseModel, qubits: set[int]) -> NoiseModel:
    """What a noise model says of these qubits."""
    model = NoiseModel(basis_gates=noise.basis_gates)
    for name, errors in noise._local_quantum_errors.items():
        for own, error in errors.items():
            if qubits.issuperset(own):
                model.add_quantum_error(error, name, own, warnings=False)
    for own, error in noise._local_readout_errors.items():
        if qubits.issuperset(own):
            model.add_readout_error(error, own, warnings=False)
    model._custom_noise_passes = noise._custom_noise_passes
    return model


def _has_kraus(noise: NoiseModel) -> bool:
    return any(
        each.operation.name == "kraus"
        for errors in noise._local_quantum_errors.values()
        for error in errors.values()
        for circuit in error.circuits
        for each in circuit.data
    )
