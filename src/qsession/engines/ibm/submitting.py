"""Hands work to the primitives that IBM recommends: `submit_pubs` and `submit_circuits`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from qsession.ibm_client import client_side_primitives

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from qsession.engines.base import Job
    from qsession.pubs import PubRequest

_job_name: ContextVar[str | None] = ContextVar("qsession_job_name", default=None)
"""The name of the job that a primitive is handing over; primitives have no place for it."""


def name_on_the_way() -> str | None:
    """The name of the job that is being handed over in this context; None if it has none."""
    return _job_name.get()


def submit_pubs(request: PubRequest, mode: Any) -> Job:
    """Run PUBs in a session, which gets them back from the primitive as a program."""
    sampler, estimator = client_side_primitives()
    primitive_class = sampler if request.program == "sampler" else estimator
    primitive = primitive_class(mode=mode, options=dict(request.options))
    with _named(request.name or request.pubs[0].circuit.name):
        return primitive.run(list(request.pubs))


def submit_circuits(
    circuits: Sequence[QuantumCircuit], shots: int | None, name: str | None, mode: Any
) -> Job:
    """Run circuits by the sampler: the service no longer runs them otherwise."""
    sampler, _ = client_side_primitives()
    with _named(name or circuits[0].name):
        return sampler(mode=mode).run(list(circuits), shots=shots)


@contextmanager
def _named(name: str | None) -> Iterator[None]:
    token = _job_name.set(name)
    try:
        yield
    finally:
        _job_name.reset(token)
