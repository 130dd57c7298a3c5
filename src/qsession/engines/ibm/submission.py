"""Hands work to IBM's primitives, the first time and again, and labels its jobs."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub

from qsession.compat.ibm import client_side_primitives
from qsession.errors import InvalidInputError
from qsession.render.circuit_names import name_of_all

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from qsession.circuits.pubs import PubRequest
    from qsession.engines.base import Job


_job_name: ContextVar[str | None] = ContextVar("qsession_job_name", default=None)
"""The name of the job that a primitive is handing over; primitives have no place for it."""


_circuit_length_s: ContextVar[float | None] = ContextVar("qsession_circuit_length", default=None)
"""The length of the circuits that a primitive is handing over: in its program they are bytes."""


def circuit_length_on_the_way() -> float | None:
    """The length of the circuits being handed over in this context; None if it is not known."""
    return _circuit_length_s.get()


def name_on_the_way() -> str | None:
    """The name of the job that is being handed over in this context; None if it has none."""
    return _job_name.get()


def submit_pubs(request: PubRequest, mode: Any, circuit_s: float | None = None) -> Job:
    """Run PUBs in a session, which gets them back from the primitive as a program.

    Args:
        request: The PUBs.
        mode: The session.
        circuit_s: The length of their circuits, if it is known, in seconds.
    """
    sampler, estimator = client_side_primitives()
    primitive_class = sampler if request.program == "sampler" else estimator
    primitive = primitive_class(mode=mode, options=dict(request.options))
    token = _circuit_length_s.set(circuit_s)
    try:
        with _named(request.name or name_of_all([pub.circuit for pub in request.pubs])):
            return primitive.run(list(request.pubs))
    finally:
        _circuit_length_s.reset(token)


def submit_circuits(
    circuits: Sequence[QuantumCircuit], shots: int | None, name: str | None, mode: Any
) -> Job:
    """Run circuits by the sampler: the service no longer runs them otherwise."""
    sampler, _ = client_side_primitives()
    with _named(name or name_of_all(circuits)):
        return sampler(mode=mode).run(list(circuits), shots=shots)


@contextmanager
def _named(name: str | None) -> Iterator[None]:
    token = _job_name.set(name)
    try:
        yield
    finally:
        _job_name.reset(token)


@dataclass(frozen=True)
class Submission:
    """The arguments of one ``Session._run`` of IBM's."""

    program_id: str
    inputs: Mapping[str, Any]
    options: Mapping[str, Any]
    extra: Mapping[str, Any]

    def send(self, service: Any, backend: Any, instance: str | None, session_id: str | None) -> Job:
        """Submit it with the user's own service."""
        options = {"instance": instance, **self.options, "backend": backend}
        return service._run(  # noqa: SLF001 - what IBM's Session._run calls
            program_id=self.program_id,
            inputs=dict(self.inputs),
            options=options,
            session_id=session_id,
            start_session=False,
            **self.extra,
        )

    def with_shots(self, shots: int) -> Submission:
        """The same with another number of shots.

        Raises:
            InvalidInputError: If the work does not count shots.
        """
        program = self.inputs.get("quantum_program")
        if isinstance(program, Mapping):
            changed = {**copy.deepcopy(dict(program)), "shots": shots}
            return replace(self, inputs={**self.inputs, "quantum_program": changed})
        pubs = self.inputs.get("pubs") or ()
        again = [_pub_with_shots(pub, shots) for pub in pubs]
        if not again or None in again:
            raise InvalidInputError(
                f"shots={shots} does not apply to a job of the {self.program_id}. Run it again as "
                "it was."
            )
        return replace(self, inputs={**self.inputs, "pubs": again})


def _pub_with_shots(pub: object, shots: int) -> SamplerPub | EstimatorPub | None:
    """The same PUB with other shots, or the precision that they give; None if it is none."""
    if isinstance(pub, SamplerPub):
        return SamplerPub(pub.circuit, pub.parameter_values, shots)
    if not isinstance(pub, EstimatorPub):
        return None
    precision = 1 / math.sqrt(shots)
    while math.ceil(1 / precision**2) > shots:  # rounding must not ask for one more
        precision = math.nextafter(precision, math.inf)
    return EstimatorPub(pub.circuit, pub.observables, pub.parameter_values, precision)


_ROLES = {"sampler_v2": "sampler", "estimator_v2": "estimator"}


@dataclass(frozen=True, slots=True)
class Label:
    """A job's name, primitive, shots and tags; the service's listings leave most of it out."""

    name: str | None
    primitive: str
    shots: int | None
    tags: tuple[str, ...]


def label_of(
    program_id: str, inputs: Mapping[str, Any], options: Mapping[str, Any], name: str | None
) -> Label:
    """Read it from what a primitive hands over."""
    tags = tuple(map(str, options.get("job_tags") or ()))
    program = inputs.get("quantum_program")
    if isinstance(program, Mapping):
        role = _ROLES.get(str(program.get("semantic_role")), program_id)
        shots = program.get("shots")
        return Label(name, role, shots if isinstance(shots, int) else None, tags)
    pubs = list(inputs.get("pubs") or ())
    shots_of_pubs = {_shots_of(pub) for pub in pubs}
    shots = shots_of_pubs.pop() if len(shots_of_pubs) == 1 else None
    circuits = [pub.circuit for pub in pubs if hasattr(pub, "circuit")]
    return Label(name or name_of_all(circuits), program_id, shots, tags)


def _shots_of(pub: object) -> int | None:
    """A PUB's shots, or those that its precision asks for."""
    shots, precision = getattr(pub, "shots", None), getattr(pub, "precision", None)
    return math.ceil(1 / precision**2) if precision else shots
