"""The unit of work of a local job: a picklable description, run by one module-level function.

It shares nothing with its submitter that the submitter could change: `own_pub`, `own_circuit`.
"""

from __future__ import annotations

import copy
import logging
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from qiskit.circuit import Barrier, Measure, Reset
from qiskit.primitives import BackendEstimatorV2, BackendSamplerV2
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_aer.backends.aerbackend import AerBackend

from qsession.circuits.pubs import own_values
from qsession.compat.ibm_simulation import run_quantum_program
from qsession.engines.local.device_simulators import device_to_run
from qsession.engines.local.submitted_backend import Use, backend_as_submitted, own_option
from qsession.errors import InvalidInputError
from qsession.simulator.circuits import run_circuits
from qsession.simulator.errors import FastPathError
from qsession.simulator.estimator import estimate
from qsession.simulator.instructions import kind_of
from qsession.simulator.programs import run_program
from qsession.simulator.sampler import sample

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

    use: ClassVar[Use] = "primitive"

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
        sampler = BackendSamplerV2(backend=device_to_run(self.backend), options=dict(self.options))
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
        estimator = BackendEstimatorV2(
            backend=device_to_run(self.backend), options=dict(self.options)
        )
        return estimator.run(self.pubs, precision=self.precision).result()


@dataclass(frozen=True)
class ExecutorWork:
    """A quantum program of IBM's ``Executor`` or client-side primitives."""

    backend: BackendV2
    program: Any
    options: Any
    primitive: Literal["sampler", "estimator", "executor"] = "executor"

    use: ClassVar[Use] = "program"

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
        if self.backend.coupling_map is None and not isinstance(self.backend, AerBackend):
            raise InvalidInputError(
                f"IBM's client-side primitives simulate a backend by its coupling map, and "
                f"{self.backend.name} has none. session.run(...) and SamplerV2 call its run()."
            )
        return run_quantum_program(backend=self.backend, program=self.program, options=self.options)


@dataclass(frozen=True)
class CircuitWork:
    """Circuits for ``backend.run``, as in the older provider."""

    backend: BackendV2
    circuit_list: tuple[QuantumCircuit, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    primitive: Literal["circuits"] = "circuits"

    use: ClassVar[Use] = "run"

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
        try:
            return device_to_run(self.backend).run(self.circuits, **self.options).result()
        except Exception as error:
            self._explain(error)
            raise

    def _explain(self, error: Exception) -> None:
        """Add which circuits could not be transpiled: all others were."""
        from qsession.circuits.transpile import (  # noqa: PLC0415 - it loads IBM's client
            needs_no_transpiling,
        )

        for circuit in self.circuits:
            if not needs_no_transpiling(circuit, self.backend.target):
                error.add_note(
                    f"Circuit {circuit.name!r} was handed over as it is, since it could not be "
                    f"transpiled for {self.backend.name}."
                )


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


def as_submitted(work: Work) -> Work:
    """A unit of work whose simulator and options stay as they are now, whenever it runs."""
    backend = backend_as_submitted(work.backend, work.use)
    if isinstance(work, CircuitWork) and work.options:
        options = {name: own_option(value) for name, value in work.options.items()}
        return replace(work, backend=backend, options=options)
    return work if backend is work.backend else replace(work, backend=backend)


def own_pub(pub: Any) -> Any:
    """A copy of a PUB, as deep as its submitter can reach."""
    if isinstance(pub, SamplerPub):
        values = own_values(pub.parameter_values)
        return SamplerPub(own_circuit(pub.circuit), values, pub.shots, validate=False)
    if isinstance(pub, EstimatorPub):
        return EstimatorPub(
            own_circuit(pub.circuit),
            copy.deepcopy(pub.observables),
            own_values(pub.parameter_values),
            pub.precision,
            validate=False,
        )
    return copy.deepcopy(pub)


def own_circuit(circuit: QuantumCircuit) -> QuantumCircuit:
    """A copy of a circuit, ten times as fast as a deep one where its gates are Qiskit's own.

    Those are kept by value; other instructions are objects that somebody may hold.
    """
    if not all(
        each.is_standard_gate() or kind_of(each.operation) in _UNCHANGEABLE for each in circuit.data
    ):
        return copy.deepcopy(circuit)
    copied = circuit.copy()
    copied.metadata = copy.deepcopy(circuit.metadata)
    return copied
