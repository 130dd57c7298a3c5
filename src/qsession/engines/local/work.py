"""The unit of work of a local job: a picklable description, run by one module-level function.

It shares nothing with its submitter that the submitter could change: `own_pub`, `own_circuit`.
"""

from __future__ import annotations

import copy
import logging
import math
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from qiskit.circuit import Barrier, Measure, Reset
from qiskit.primitives import BackendEstimatorV2, BackendSamplerV2
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

from qsession.compat.ibm import run_quantum_program
from qsession.simulator import aer_private as aer
from qsession.simulator.circuits import run_circuits
from qsession.simulator.errors import FastPathError
from qsession.simulator.estimator import estimate
from qsession.simulator.lru import Bounded
from qsession.simulator.programs import run_program
from qsession.simulator.sampler import sample
from qsession.simulator.simulator import note_copy

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2


_log = logging.getLogger(__name__)

_Number = TypeVar("_Number", int, float)

DEFAULT_SHOTS = 1024
"""The default of Qiskit's `BackendSamplerV2`."""

DEFAULT_PRECISION = 0.015625
"""The default of Qiskit's `BackendEstimatorV2`: 4096 shots."""


@dataclass(frozen=True)
class _PubWork:
    """The common part of all work that is made of PUBs."""

    backend: BackendV2
    pubs: tuple[Any, ...]

    @property
    def circuits(self) -> list[QuantumCircuit]:
        """The circuits, one a PUB."""
        return [pub.circuit for pub in self.pubs]

    @property
    def inputs(self) -> object:
        """The value of ``job.inputs``."""
        return {"pubs": list(self.pubs)}


@dataclass(frozen=True)
class SamplerWork(_PubWork):
    """Sampler PUBs for Qiskit's `BackendSamplerV2`, as in IBM's local testing mode."""

    pubs: tuple[SamplerPub, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    primitive: Literal["sampler"] = "sampler"

    @property
    def shots(self) -> int | None:
        """Shots of each PUB; None where they differ."""
        default = self.options.get("default_shots", DEFAULT_SHOTS)
        return _common(pub.shots or default for pub in self.pubs)

    def with_shots(self, shots: int) -> SamplerWork:
        """The same with another number of shots."""
        pubs = (SamplerPub(pub.circuit, pub.parameter_values, shots) for pub in self.pubs)
        return replace(self, pubs=tuple(pubs))

    def run_fast(self) -> object:
        """Compute the same with what is kept of the backend, if it can be done exactly."""
        return sample(self.backend, self.pubs, self.options, DEFAULT_SHOTS)

    def run(self) -> object:
        """Compute a `PrimitiveResult`."""
        sampler = BackendSamplerV2(backend=self.backend, options=dict(self.options))
        return sampler.run(self.pubs).result()


@dataclass(frozen=True)
class EstimatorWork(_PubWork):
    """Estimator PUBs for Qiskit's `BackendEstimatorV2`, as in IBM's local testing mode."""

    pubs: tuple[EstimatorPub, ...]
    precision: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    primitive: Literal["estimator"] = "estimator"

    @property
    def shots(self) -> int | None:
        """Shots that the precision asks for; None where PUBs differ."""
        default = self.precision or self.options.get("default_precision", DEFAULT_PRECISION)
        precision = _common(pub.precision or default for pub in self.pubs)
        return None if precision is None else math.ceil(1 / precision**2)

    def with_shots(self, shots: int) -> EstimatorWork:
        """The same with the precision that this many shots give."""
        precision = 1 / math.sqrt(shots)
        while math.ceil(1 / precision**2) > shots:  # rounding must not ask for one more
            precision = math.nextafter(precision, math.inf)
        pubs = (
            EstimatorPub(pub.circuit, pub.observables, pub.parameter_values, precision)
            for pub in self.pubs
        )
        return replace(self, pubs=tuple(pubs), precision=precision)

    def run_fast(self) -> object:
        """Compute the same with what is kept of the backend, if it can be done exactly."""
        return estimate(self.backend, self.pubs, self.options, self.precision, DEFAULT_PRECISION)

    def run(self) -> object:
        """Compute a `PrimitiveResult`."""
        estimator = BackendEstimatorV2(backend=self.backend, options=dict(self.options))
        return estimator.run(self.pubs, precision=self.precision).result()


@dataclass(frozen=True)
class ExecutorWork:
    """A quantum program of IBM's ``Executor`` or client-side primitives."""

    backend: BackendV2
    program: Any
    options: Any
    primitive: Literal["sampler", "estimator", "executor"] = "executor"

    @property
    def shots(self) -> int | None:
        """Shots of each item of the program."""
        return int(self.program.shots)

    @property
    def circuits(self) -> list[QuantumCircuit]:
        """The circuits of the program's items."""
        return [item.circuit for item in self.program.items]

    @property
    def inputs(self) -> object:
        """The value of ``job.inputs``."""
        return self.program

    def with_shots(self, shots: int) -> ExecutorWork:
        """The same with another number of shots."""
        program = copy.copy(self.program)
        program.shots = shots
        return replace(self, program=program)

    def run_fast(self) -> object:
        """Compute the same with what is kept of the backend, if it can be done exactly."""
        return run_program(self.backend, self.program, self.options)

    def run(self) -> object:
        """Compute a `QuantumProgramResult`; the job decodes it as IBM's local job does."""
        return run_quantum_program(backend=self.backend, program=self.program, options=self.options)


@dataclass(frozen=True)
class CircuitWork:
    """Circuits for ``backend.run``, as in the older provider."""

    backend: BackendV2
    circuit_list: tuple[QuantumCircuit, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    primitive: Literal["circuits"] = "circuits"

    @property
    def shots(self) -> int | None:
        """Shots of each circuit."""
        shots = self.options.get("shots", getattr(self.backend.options, "shots", None))
        return None if shots is None else int(shots)

    @property
    def circuits(self) -> list[QuantumCircuit]:
        """The circuits."""
        return list(self.circuit_list)

    @property
    def inputs(self) -> object:
        """The value of ``job.inputs``."""
        return {"circuits": self.circuits, **self.options}

    def with_shots(self, shots: int) -> CircuitWork:
        """The same with another number of shots."""
        return replace(self, options={**self.options, "shots": shots})

    def run_fast(self) -> object:
        """Compute the same with what is kept of the backend, if it can be done exactly."""
        return run_circuits(self.backend, self.circuits, self.options)

    def run(self) -> object:
        """Compute a `qiskit.result.Result`."""
        return self.backend.run(self.circuits, **self.options).result()


Work = SamplerWork | EstimatorWork | ExecutorWork | CircuitWork


def _common(values: Iterable[_Number]) -> _Number | None:
    different = set(values)
    return different.pop() if len(different) == 1 else None


@dataclass(frozen=True)
class Outcome:
    """The outcome of a unit of work. Picklable.

    Attributes:
        result: What the job's handle gets.
        fallback: Why it was computed the long way, by Qiskit's own classes; None if it was not.
    """

    result: object
    fallback: str | None = None


def run_work(work: Work) -> Outcome:
    """Run a unit of work to its end: what an executor calls, in whatever thread or process.

    What is kept to compute fast, noise and compiled circuits, is kept in the calling process, for
    as long as the backend of the work lives there.
    """
    try:
        return Outcome(work.run_fast())
    except FastPathError as error:
        fallback = str(error)
    except Exception as error:  # noqa: BLE001 - Qiskit's own computation tells if it is the user's
        _log.debug("The fast path failed.", exc_info=True)
        fallback = f"an unexpected {type(error).__name__}"
    return Outcome(work.run(), fallback)


_UNCHANGEABLE = {Barrier, Measure, Reset}

_MOST_MODELS = 64
"""The largest number of copies of noise models; the least recently used goes first."""


def as_submitted(work: Work) -> Work:
    """A unit of work whose simulator and noise stay as they are now, whenever it runs."""
    backend = own_backend(work.backend)
    if isinstance(work, CircuitWork) and isinstance(work.options.get("noise_model"), NoiseModel):
        noise = own_noise(work.options["noise_model"])
        return replace(work, backend=backend, options={**work.options, "noise_model": noise})
    return work if backend is work.backend else replace(work, backend=backend)


def own_backend(backend: BackendV2) -> BackendV2:
    """A copy of Aer's simulator with options of its own; others are returned as they are."""
    if type(backend) is not AerSimulator:
        return backend
    copied = aer.with_own_options(backend)
    noise = getattr(copied.options, "noise_model", None)
    if noise is not None:
        # Set directly: the simulator's method would look at all of the model again.
        copied.options.noise_model = own_noise(noise)
    note_copy(copied, backend)
    return copied


_models: Bounded[int, tuple[weakref.ref[Any], aer.ModelContent, Any]]
_models = Bounded(_MOST_MODELS)


def own_noise(model: NoiseModel) -> NoiseModel:
    """A copy of a noise model: the same one, as long as the model is as it was.

    Its errors are the model's own. They are replaced, not edited, when it is changed.
    """
    if type(model) is not NoiseModel:
        return model
    try:
        content = aer.content_of(model)
    except FastPathError:
        return copy.deepcopy(model)
    known = _models.get(id(model))
    if (
        known is not None
        and known[2].basis_gates == model.basis_gates
        and known[0]() is model
        and known[1].is_same(content)
    ):
        return known[2]
    copied = copy.copy(model)
    for name, value in vars(model).items():
        setattr(copied, name, _copied(value))
    _models.put(id(model), (weakref.ref(model), content, copied))
    return copied


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return copy.copy(value) if isinstance(value, list | set) else value


def own_pub(pub: Any) -> Any:
    """A copy of a PUB, as deep as its submitter can reach."""
    if isinstance(pub, SamplerPub):
        values = copy.deepcopy(pub.parameter_values)
        return SamplerPub(own_circuit(pub.circuit), values, pub.shots, validate=False)
    if isinstance(pub, EstimatorPub):
        return EstimatorPub(
            own_circuit(pub.circuit),
            copy.deepcopy(pub.observables),
            copy.deepcopy(pub.parameter_values),
            pub.precision,
            validate=False,
        )
    return copy.deepcopy(pub)


def own_circuit(circuit: QuantumCircuit) -> QuantumCircuit:
    """A copy of a circuit, ten times as fast as a deep one where its gates are Qiskit's own.

    Those are kept by value; other instructions are objects that somebody may hold.
    """
    if not all(
        each.is_standard_gate() or each.operation.base_class in _UNCHANGEABLE
        for each in circuit.data
    ):
        return copy.deepcopy(circuit)
    copied = circuit.copy()
    copied.metadata = copy.deepcopy(circuit.metadata)
    return copied
