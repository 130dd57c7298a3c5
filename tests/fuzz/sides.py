"""What a program runs on: IBM's classes and Aer, or ours: `Theirs` and `Ours`."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import qiskit
import qiskit_ibm_runtime
from qiskit import QuantumCircuit
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_aer import AerSimulator
from qiskit_aer.backends.aerbackend import AerBackend
from qiskit_ibm_runtime.quantum_program import QuantumProgram

import qsession
from qsession.circuits import transpile as transpiling
from qsession.compat.ibm import is_isa_circuit
from tests.fuzz.observing import Observation, failed, observation_of


class Side(ABC):
    """One run of a program: the names that differ between the sides, and what was observed."""

    name: str

    def __init__(self, like: Side | None = None) -> None:
        """Start a run.

        Args:
            like: The side that ran before. What it has transpiled is taken from it: Qiskit gives
                other circuits each time for targets with many kinds of gates, whatever the seed.
        """
        self.observations: list[Observation] = []
        self.transpiled: list[Any] = []
        """What the program has transpiled, in its order."""
        self.fits: dict[Any, Any] = {} if like is None else like.fits
        """What was transpiled since it did not fit, by circuit and target."""
        self._given = [] if like is None else list(like.transpiled)

    def transpile(self, circuit: Any, backend: Any, **options: Any) -> Any:
        """Transpile a circuit as the other side has done it."""
        number = len(self.transpiled)
        if number < len(self._given):
            self.transpiled.append(copy.deepcopy(self._given[number]))
        else:
            self.transpiled.append(qiskit.transpile(circuit, backend, **options))
            # It is changed in place by what comes later.
            return copy.deepcopy(self.transpiled[-1])
        return self.transpiled[-1]

    @property
    def names(self) -> dict[str, Any]:
        """The names of a program that each side has a meaning of its own for."""
        own = (self.open_session, self.on, self.run_circuits, self.sample, self.estimate)
        more = (
            self.execute,
            self.transpile,
            self.observe,
            self.submit,
            self.collect,
            self.together,
        )
        return {each.__name__: each for each in (*own, *more)}

    def observe(self, call: Callable[[], Any]) -> None:
        """Submit a job and wait for it."""
        self.collect(self.submit(call))

    def submit(self, call: Callable[[], Any]) -> Any:
        """Submit a job; a failure waits to be collected."""
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - it is what is observed
            return error

    def collect(self, job: Any) -> None:
        """Wait for a job that was submitted."""
        self.observations.append(_outcome(job))

    @abstractmethod
    def open_session(self, backend: Any) -> Any:
        """Open a session."""

    @abstractmethod
    def on(self, backend: Any) -> Any:
        """A backend to run circuits on."""

    @abstractmethod
    def run_circuits(self, session: Any, circuits: Any, **options: Any) -> Any:
        """Run circuits on the backend of a session."""

    @abstractmethod
    def sample(
        self, session: Any, pubs: Any, *, shots: int | None = None, options: Any = None
    ) -> Any:
        """Run sampler PUBs in a session, without a primitive."""

    @abstractmethod
    def estimate(
        self, session: Any, pubs: Any, *, precision: float | None = None, options: Any = None
    ) -> Any:
        """Run estimator PUBs in a session, without a primitive."""

    def execute(self, session: Any, items: Sequence[Any], shots: int, options: Any) -> Any:
        """Run a quantum program."""
        program = QuantumProgram(shots=shots)
        for circuit, values in items:
            program.append_circuit_item(circuit, circuit_arguments=values)
        return qiskit_ibm_runtime.Executor(session, options=options).run(program)

    @abstractmethod
    def together(self, *calls: Callable[[], Any]) -> None:
        """Run jobs at the same time."""

    @abstractmethod
    def close(self) -> None:
        """End what was opened."""

    @contextmanager
    def running(self) -> Iterator[None]:
        """While a program runs; it is closed at the end."""
        try:
            yield
        finally:
            self.close()


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
            return _named_like(circuit, self.fits[key])
        # Of a device's gates Qiskit makes the same circuit each time.
        self.has_transpiled |= isinstance(backend, AerBackend) and key is None
        passes = generate_preset_pass_manager(
            optimization_level=2, backend=backend, seed_transpiler=0
        )
        fitting = passes.run(circuit)
        if key is not None:
            self.fits[key] = fitting
            return _named_like(circuit, fitting)
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


def key_of_fit(circuit: Any, target: Any) -> Any:
    """What a circuit that was transpiled for a target is found by; None if it cannot be told."""
    content = transpiling._content_key(circuit)
    return None if content is None else (content, frozenset(target.operation_names))


def _named_like(circuit: Any, fitting: Any) -> Any:
    copied = fitting.copy(name=circuit.name)
    copied.metadata = copy.deepcopy(circuit.metadata)
    return copied


class Ours(Side):
    """Sessions of ours, and backends that are wrapped."""

    name = "ours"

    def __init__(self, like: Side | None = None) -> None:
        super().__init__(like)
        self._sessions: list[Any] = []
        self._wrapped: list[tuple[Any, Any]] = []

    def open_session(self, backend: Any) -> Any:
        self._sessions.append(qsession.Session(backend))
        return self._sessions[-1]

    def on(self, backend: Any) -> Any:
        for own, wrapped in self._wrapped:
            if own is backend:
                return wrapped
        self._wrapped.append((backend, qsession.get_backend(backend)))
        return self._wrapped[-1][1]

    def run_circuits(self, session: Any, circuits: Any, **options: Any) -> Any:
        return session.run_circuits(circuits, **options)

    def sample(
        self, session: Any, pubs: Any, *, shots: int | None = None, options: Any = None
    ) -> Any:
        return session.run(pubs, shots=shots, options=options)

    def estimate(
        self, session: Any, pubs: Any, *, precision: float | None = None, options: Any = None
    ) -> Any:
        return session.run(pubs, precision=precision, options=options)

    def together(self, *calls: Callable[[], Any]) -> None:
        with ThreadPoolExecutor(len(calls)) as threads:
            jobs = [threads.submit(self.submit, call) for call in calls]
            ended = [threads.submit(_outcome, job.result()) for job in jobs]
            self.observations.extend(each.result() for each in ended)

    def close(self) -> None:
        for session in self._sessions:
            session.close()

    @staticmethod
    def start_worker() -> Any:
        """A session that keeps a worker process at hand for the others, until it is closed."""
        session = qsession.Session(AerSimulator(method="matrix_product_state"))
        circuit = QuantumCircuit(1)
        circuit.measure_all()
        session.run(circuit).result()
        return session

    @contextmanager
    def running(self) -> Iterator[None]:
        transpile = transpiling._Fits.transpile

        def transpile_alike(fits: Any, circuit: Any) -> Any:
            known = self.fits.get(key_of_fit(circuit, fits.target))
            return transpile(fits, circuit) if known is None else known.copy()

        with patch.object(transpiling._Fits, "transpile", transpile_alike), super().running():
            yield

    def ways(self) -> Counter[str]:
        """How often each way of computing was taken."""
        counted: Counter[str] = Counter()
        engines = [wrapped._jobs_alone for _, wrapped in self._wrapped if wrapped._jobs_alone]
        for each in [*self._sessions, *engines]:
            counts = each.simulation_counts
            counted["fast"] += counts.fast
            counted.update(counts.reasons)
        return counted


class _Fitting:
    """A backend that transpiles what does not fit, as ours do."""

    def __init__(self, side: Theirs, backend: Any) -> None:
        self._side = side
        self._backend = backend

    def run(self, circuits: Any, **options: Any) -> Any:
        listed = [circuits] if isinstance(circuits, QuantumCircuit) else circuits
        fitting = [self._side.fitted(circuit, self._backend) for circuit in listed]
        return self._backend.run(fitting, **options)


def _outcome(job: Any) -> Observation:
    if isinstance(job, Exception):
        return failed(job, at="submission")
    try:
        result = job.result()
    except Exception as error:  # noqa: BLE001 - it is what is observed
        return failed(error, at="result")
    return observation_of(result)
