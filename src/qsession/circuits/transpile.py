"""Makes circuits fit a backend, once per circuit: `TranspileCache`."""

from __future__ import annotations

import copy
import os
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.transpiler import generate_preset_pass_manager

from qsession.circuits.backends import is_of_another_provider
from qsession.circuits.content_key import content_key
from qsession.circuits.pubs import own_values
from qsession.compat.ibm import is_ibm_backend, is_isa_circuit
from qsession.errors import InvalidInputError
from qsession.forks import ForkSafeLock, is_forked_child
from qsession.render.circuit_names import name_of

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2
    from qiskit.transpiler import PassManager, Target

    from qsession.circuits.pubs import PubRequest

OPTIMIZATION_LEVEL = 2
"""Qiskit's own default, for whoever names no level."""

SEED_TRANSPILER = 0
"""Fixed, so that one circuit gets one layout in every session."""

MOST_CIRCUITS = 256
"""The largest number of circuits in a transpile cache; the least recently used go first."""

Key = tuple[int, bytes]
"""The key of a transpiled circuit: the level, and the digest of what it was made from."""


class UntranspilableError(InvalidInputError):
    """A circuit that Qiskit cannot transpile to a backend."""


def needs_no_transpiling(circuit: QuantumCircuit, target: Target) -> bool:
    """Return True if a circuit needs no transpiling for a target."""
    return target.num_qubits is None or not is_isa_circuit(circuit, target)


class TranspileCache:
    """The transpiled circuits of one backend.

    A circuit is recognised by its content (its QPY form without name and metadata), never by
    identity or ``==``: edited in place, or with other parameters of the same name, it is another.
    The level is a part of the key; seed and Qiskit release are fixed for the life of a cache, which
    is that of a session. If the target becomes another, as that of Aer's simulator does with a
    noise model, what was transpiled before is forgotten. Safe to use from several threads.
    """

    def __init__(self, backend: BackendV2) -> None:
        self._backend = backend
        self._fits: _Fits | None = None
        self._lock = ForkSafeLock()
        self.hits = 0
        self.misses = 0

    def fit(self, circuit: QuantumCircuit, level: int | None = None) -> QuantumCircuit:
        """Transpile a circuit to the backend; one that already fits comes back as it is.

        Name and metadata are the circuit's own; the returned circuit is the caller's to keep.

        Args:
            circuit: The circuit.
            level: Qiskit's level of optimization; None is its default.

        Raises:
            InvalidInputError: If the backend cannot run it.
        """
        target = self._backend.target
        if needs_no_transpiling(circuit, target):
            return circuit.copy()
        level = OPTIMIZATION_LEVEL if level is None else level
        key = _key(circuit, level)
        fits = self._fits_for(target)
        fitting = self._find(fits, key)
        if fitting is None:
            fitting = self._transpile(circuit, fits, level)
            self._keep(fits, key, fitting)
        copied = fitting.copy(name=circuit.name)
        copied.metadata = copy.deepcopy(circuit.metadata)
        return copied

    def fit_for_run(self, circuit: QuantumCircuit, level: int | None = None) -> QuantumCircuit:
        """Transpile a circuit for ``backend.run``, as `fit` does, or copy it if that fails.

        Another provider's ``run`` may take more than the backend's target says, and Aer's saves
        states. A simulated device would run other gates, but without their noise.

        Raises:
            InvalidInputError: If it has more qubits than the backend, or cannot be transpiled for a
                backend that needs it.
        """
        try:
            return self.fit(circuit, level)
        except UntranspilableError:
            if is_of_another_provider(self._backend) or self._lacks_saves_alone(circuit):
                return circuit.copy()
            raise

    def _lacks_saves_alone(self, circuit: QuantumCircuit) -> bool:
        known = {"barrier", *self._backend.target.operation_names}
        lacking = {name for name in _names_in(circuit) if name not in known}
        return all(name.startswith("save_") for name in lacking) and not is_ibm_backend(
            self._backend
        )

    def fitted_before(
        self, circuit: QuantumCircuit, level: int | None = None
    ) -> QuantumCircuit | None:
        """The circuit if it fits the backend, or as it was transpiled earlier; else None."""
        target = self._backend.target
        if target.num_qubits is None or not is_isa_circuit(circuit, target):
            return circuit
        key = _key(circuit, OPTIMIZATION_LEVEL if level is None else level)
        fits = self._fits_for(target)
        with self._lock:
            return None if key is None else fits.circuits.get(key)

    def fit_request(self, request: PubRequest) -> PubRequest:
        """Transpile the circuits of a request and lay out its observables likewise.

        What comes back shares nothing that the caller could change while the job waits.

        Raises:
            InvalidInputError: If the backend cannot run one of them.
        """
        level = request.optimization_level
        return replace(request, pubs=tuple(self._fit_pub(pub, level) for pub in request.pubs))

    def _fit_pub(
        self, pub: SamplerPub | EstimatorPub, level: int | None
    ) -> SamplerPub | EstimatorPub:
        circuit = self.fit(pub.circuit, level)
        values = own_values(pub.parameter_values)
        if isinstance(pub, SamplerPub):
            return SamplerPub(circuit, values, pub.shots)
        observables = pub.observables
        if circuit.layout is not None and circuit.layout != pub.circuit.layout:
            observables = observables.apply_layout(circuit.layout)
        return EstimatorPub(circuit, observables, values, pub.precision)

    def _fits_for(self, target: Target) -> _Fits:
        with self._lock:
            if self._fits is None or not self._fits.are_for(target):
                self._fits = _Fits(self._backend, target)
            return self._fits

    def _transpile(self, circuit: QuantumCircuit, fits: _Fits, level: int) -> QuantumCircuit:
        target_qubits = fits.target.num_qubits
        if circuit.num_qubits > target_qubits:
            raise InvalidInputError(
                f"Circuit {name_of(circuit)!r} has {circuit.num_qubits} qubits, but "
                f"{self._backend.name} has {target_qubits}. Use a smaller circuit or a larger "
                "backend."
            )
        try:
            return fits.transpile(circuit, level)
        except Exception as error:
            # Passes raise errors of many kinds; what they have in common is the circuit.
            raise UntranspilableError(
                f"Circuit {name_of(circuit)!r} could not be transpiled for {self._backend.name}: "
                f"{error}"
            ) from error

    def _find(self, fits: _Fits, key: Key | None) -> QuantumCircuit | None:
        with self._lock:
            fitting = fits.circuits.get(key) if key else None
            if fitting is None or key is None:
                self.misses += 1
                return None
            fits.circuits.move_to_end(key)
            self.hits += 1
            return fitting

    def _keep(self, fits: _Fits, key: Key | None, fitting: QuantumCircuit) -> None:
        if key is None:
            return
        with self._lock:
            fits.circuits[key] = fitting
            if len(fits.circuits) > MOST_CIRCUITS:
                fits.circuits.popitem(last=False)


class _Fits:
    """The circuits that were transpiled for one target.

    Args:
        backend: Whose target it is.
        target: The target.
    """

    def __init__(self, backend: BackendV2, target: Target) -> None:
        self.target = target
        self.circuits: OrderedDict[Key, QuantumCircuit] = OrderedDict()
        self._backend = backend
        self._names = set(target.operation_names)
        self._content = _content_of(target)
        self._transpiling = ForkSafeLock()
        self._pass_managers: dict[int, PassManager] = {}

    def are_for(self, target: Target) -> bool:
        """Return True if the target is the same object as before, or one of equal content."""
        if set(target.operation_names) != self._names:
            return False
        return target is self.target or _content_of(target) == self._content

    def transpile(self, circuit: QuantumCircuit, level: int) -> QuantumCircuit:
        """Transpile a circuit anew."""
        # Building a pass manager takes longer than transpiling a small circuit with it. Its passes
        # keep what they work on, so that one thread at a time may run it.
        if is_forked_child():
            # Qiskit would hand work to threads that it started before the fork, and wait for them.
            os.environ["QISKIT_IN_PARALLEL"] = "TRUE"
        with self._transpiling:
            if level not in self._pass_managers:
                self._pass_managers[level] = generate_preset_pass_manager(
                    optimization_level=level,
                    backend=self._backend,
                    target=self.target,
                    seed_transpiler=SEED_TRANSPILER,
                )
            return self._pass_managers[level].run(circuit)


def _content_of(target: Target) -> Any:
    """Return everything in a target that transpiling depends on, in a form to compare."""
    timing = ("dt", "granularity", "min_length", "pulse_alignment", "acquire_alignment")
    properties = {
        name: {
            on: None if own is None else (own.duration, own.error)
            for on, own in (target[name] or {}).items()
        }
        for name in target.operation_names
    }
    return target.num_qubits, [getattr(target, name) for name in timing], properties


def _key(circuit: QuantumCircuit, level: int) -> Key | None:
    """The key of a circuit at a level; None if its content cannot be told."""
    content = content_key(circuit)
    return None if content is None else (level, content)


def _names_in(circuit: QuantumCircuit) -> set[str]:
    """Return the names of its instructions, inside control flow too."""
    names = set()
    for instruction in circuit.data:
        names.add(instruction.name)
        if instruction.is_control_flow():
            names.update(*map(_names_in, instruction.operation.blocks))
    return names
