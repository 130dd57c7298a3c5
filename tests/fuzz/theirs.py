"""IBM's sessions and Aer itself, as a program runs on them: `Theirs`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import qiskit_ibm_runtime
from qiskit import QuantumCircuit
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_aer.backends.aerbackend import AerBackend

from qsession.compat.ibm import is_isa_circuit
from tests.fuzz.fits import key_of_fit, named_like
from tests.fuzz.sides import Side


class Theirs(Side):
    """IBM's session, and backends themselves."""

    name = "theirs"
    has_transpiled = False
    """Whether a circuit was transpiled for the last job, so that its bits are of another one."""

    def __init__(self, like: Side | None = None) -> None:
        super().__init__(like)
        self._sessions: list[Any] = []

    def open_session(self, backend: Any) -> Any:
        self._sessions.append(qiskit_ibm_runtime.Session(backend=backend))
        return self._sessions[-1]

    def on(self, backend: Any) -> Any:
        return _Fitting(self, backend)

    def run_circuits(self, session: Any, circuits: Any, **options: Any) -> Any:
        return _Fitting(self, session._backend).run(circuits, **options)

    def sample(
        self, session: Any, pubs: Any, *, shots: int | None = None, options: Any = None
    ) -> Any:
        backend, fitting = session._backend, []
        for each in pubs:
            pub = SamplerPub.coerce(each, shots)
            circuit = self.fitted(pub.circuit, backend)
            fitting.append(SamplerPub(circuit, pub.parameter_values, pub.shots))
        return qiskit_ibm_runtime.SamplerV2(session, options=options).run(fitting)

    def estimate(
        self, session: Any, pubs: Any, *, precision: float | None = None, options: Any = None
    ) -> Any:
        backend, fitting = session._backend, []
        for each in pubs:
            pub = EstimatorPub.coerce(each, precision)
            circuit, observables = self.fitted(pub.circuit, backend), pub.observables
            if circuit is not pub.circuit:
                observables = observables.apply_layout(circuit.layout)
            own = EstimatorPub(circuit, observables, pub.parameter_values, pub.precision)
            fitting.append(own)
        return qiskit_ibm_runtime.EstimatorV2(session, options=options).run(fitting)

    def fitted(self, circuit: Any, backend: Any) -> Any:
        """The circuit, transpiled as sessions say they do if the backend cannot run it as it is."""
        target = backend.target
        if target.num_qubits is None or not is_isa_circuit(circuit, target):
            return circuit
        key = key_of_fit(circuit, target)
        if key is not None and key in self.fits:
            return named_like(circuit, self.fits[key])
        # Of a device's gates Qiskit makes the same circuit each time.
        self.has_transpiled |= isinstance(backend, AerBackend) and key is None
        passes = generate_preset_pass_manager(
            optimization_level=2, backend=backend, seed_transpiler=0
        )
        fitting = passes.run(circuit)
        if key is not None:
            self.fits[key] = fitting
            return named_like(circuit, fitting)
        return fitting

    def submit(self, call: Callable[[], Any]) -> Any:
        self.has_transpiled = False
        job = super().submit(call)
        return (job, self.has_transpiled)

    def collect(self, job: Any) -> None:
        own, has_transpiled = job
        super().collect(own)
        self.observations[-1].is_exact = not has_transpiled

    def together(self, *calls: Callable[[], Any]) -> None:
        for call in calls:
            self.observe(call)

    def close(self) -> None:
        for session in self._sessions:
            session.close()


class _Fitting:
    """A backend that transpiles what does not fit, as ours do."""

    def __init__(self, side: Theirs, backend: Any) -> None:
        self._side = side
        self._backend = backend

    def run(self, circuits: Any, **options: Any) -> Any:
        listed = [circuits] if isinstance(circuits, QuantumCircuit) else circuits
        fitting = [self._side.fitted(circuit, self._backend) for circuit in listed]
        return self._backend.run(fitting, **options)
