"""The ideal result of a job: the same circuits on a simulator without noise, `ideal_result`."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_aer import AerSimulator

from qsession.circuits.pubs import PubRequest
from qsession.clock import SystemClock
from qsession.engines.journal import Journal
from qsession.engines.local.engine import LocalEngine
from qsession.errors import InvalidInputError
from qsession.forks import in_child
from qsession.model.session_state import Limits, SessionState

if TYPE_CHECKING:
    from qsession.engines.local.job import LocalJob

IDEAL: Final = "ideal"
"""The word for it where a job is expected."""

LEAST_SHOTS: Final = 100_000
"""The reference has so many shots, that what it adds to a distance is small."""

PRECISION: Final = 0.002
"""The standard error of its expectation values, at most."""


def ideal_result(job: Any, *, shots: int = LEAST_SHOTS) -> Any:
    """Run what a job ran on an ideal simulator, and wait for the result.

    It runs beside the kernel if it is not short, in no session, and the ledger is not told.

    Args:
        job: The job. Its inputs are asked for, of a service's over the network.
        shots: The shots of each circuit.

    Raises:
        InvalidInputError: If what it ran is not known, or no circuits.
        Exception: If the simulator cannot run it, such as a circuit of too many qubits.
    """
    return _submitted(job, shots).result()


def _submitted(job: Any, shots: int) -> LocalJob:
    inputs = job.inputs
    engine = _engine()
    if isinstance(inputs, Mapping):
        program = inputs.get("quantum_program")
        if inputs.get("pubs"):
            return engine.run_pubs(_request(inputs["pubs"], shots))
        if inputs.get("circuits"):
            return engine.run_circuits(list(inputs["circuits"]), {"shots": shots}, None)
    else:
        program = inputs
    if hasattr(program, "items") and hasattr(program, "shots"):
        return engine.run_quantum_program(_with_shots(program, shots), _options(), dry_run=False)
    raise InvalidInputError(
        f"It is not known what job {job.job_id()} ran, so there is no ideal result of it. Compare "
        "it with a result that you have: session.compare(job, result)."
    )


def _request(pubs: Any, shots: int) -> PubRequest:
    """The PUBs of a job, however they came, for more shots."""
    listed = list(pubs)
    # Of a service's job they are lists: an estimator's has four parts.
    if all(isinstance(pub, EstimatorPub) or _is_of_estimator(pub) for pub in listed):
        coerced = [EstimatorPub.coerce(_as_pub(pub)) for pub in listed]
        estimated = tuple(
            EstimatorPub(pub.circuit, pub.observables, pub.parameter_values, PRECISION)
            for pub in coerced
        )
        return PubRequest("estimator", estimated)
    sampled = tuple(
        SamplerPub(pub.circuit, pub.parameter_values, shots)
        for pub in (SamplerPub.coerce(_as_pub(each)) for each in listed)
    )
    return PubRequest("sampler", sampled)


_PARTS_OF_AN_ESTIMATOR: Final = 4


def _is_of_estimator(pub: Any) -> bool:
    return isinstance(pub, list | tuple) and len(pub) == _PARTS_OF_AN_ESTIMATOR


def _as_pub(pub: Any) -> Any:
    return tuple(pub) if isinstance(pub, list) else pub


def _with_shots(program: Any, shots: int) -> Any:
    changed = copy.copy(program)
    changed.shots = shots
    for item in changed.items:
        # That of a program which came from the service is not ready to be sampled.
        samplex = getattr(item, "samplex", None)
        if samplex is not None:
            samplex.finalize()
    return changed


def _options() -> Any:
    from qiskit_ibm_runtime.options_models.simulator import SimulatorOptions  # noqa: PLC0415

    return SimulatorOptions()


@cache
def _engine() -> LocalEngine:
    """The engine for references, made on first use."""
    endless = Limits(max_time_s=None, interactive_timeout_s=None)
    return LocalEngine(AerSimulator(), Journal(SessionState("job", endless), SystemClock()))


in_child(_engine.cache_clear)
