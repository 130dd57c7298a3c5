"""Every private or moving name of IBM's client that qsession relies on, in one place.

``tests/contract`` runs against the oldest and the newest supported release of the client.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import IBMBackend, QiskitRuntimeService
from qiskit_ibm_runtime.fake_provider.executor.broadcast_sample import broadcast_sample
from qiskit_ibm_runtime.fake_provider.executor.run_quantum_program import run_quantum_program
from qiskit_ibm_runtime.fake_provider.fake_backend import FakeBackendV2
from qiskit_ibm_runtime.fake_provider.local_runtime_job import LocalRuntimeJob
from qiskit_ibm_runtime.fake_provider.local_service import QiskitRuntimeLocalService
from qiskit_ibm_runtime.results import QuantumProgramItemResult, QuantumProgramResult
from qiskit_ibm_runtime.utils.default_session import get_cm_session, set_cm_session
from qiskit_ibm_runtime.utils.utils import is_isa_circuit

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

__all__ = [
    "LocalRuntimeJob",
    "QiskitRuntimeLocalService",
    "QuantumProgramItemResult",
    "broadcast_sample",
    "client_side_primitives",
    "fake_backend_properties",
    "fresh_properties",
    "get_cm_session",
    "is_ibm_backend",
    "is_ibm_service",
    "is_isa_circuit",
    "is_plain_fake_backend",
    "quantum_program_result",
    "run_quantum_program",
    "semantic_role",
    "set_cm_session",
]


def is_ibm_backend(backend: BackendV2) -> bool:
    """Return True if this is a backend of IBM Quantum, reached over the network."""
    return isinstance(backend, IBMBackend)


def is_ibm_service(service: object) -> bool:
    """Return True if this is an account of IBM Quantum."""
    return isinstance(service, QiskitRuntimeService)


def client_side_primitives() -> tuple[Any, Any]:
    """The sampler and the estimator that IBM recommends: they prepare and finish on this side."""
    from qiskit_ibm_runtime.executor_estimator import Estimator  # noqa: PLC0415 - local runs do
    from qiskit_ibm_runtime.executor_sampler import Sampler  # noqa: PLC0415   - without them

    return Sampler, Estimator


def semantic_role(program: Any) -> str | None:
    """Return the primitive that made a program: ``"sampler_v2"`` or ``"estimator_v2"``.

    None for a program that was handed to an ``Executor`` directly.
    """
    role = getattr(program, "_semantic_role", None)
    return role if isinstance(role, str) else None


def is_plain_fake_backend(backend: BackendV2) -> bool:
    """Return True for a fake backend of IBM's whose circuits Aer runs, unmodified."""
    if not isinstance(backend, FakeBackendV2):
        return False
    simulator = backend.sim
    return (simulator is None or type(simulator) is AerSimulator) and all(
        getattr(type(backend), name, None) is getattr(FakeBackendV2, name, backend)
        and name not in vars(backend)
        for name in ("run", "_setup_sim", "_get_noise_model_from_backend_v2", "properties")
    )


def fake_backend_properties(backend: FakeBackendV2) -> object:
    """Return the source of ``backend.properties()``; the same object while unchanged."""
    _ = backend.target  # reads them
    return backend._props_dict  # noqa: SLF001 - see above


def fresh_properties(backend: Any) -> Any:
    """Ask IBM Quantum for the properties of a backend as they are now.

    The backend goes on with those that it has: its user may rely on them. So a copy is asked, which
    keeps the answer.
    """
    return copy.copy(backend).properties(refresh=True)


def quantum_program_result(program: Any, items: list[QuantumProgramItemResult]) -> Any:
    """The result of a quantum program, as IBM's local executor gives it."""
    result = QuantumProgramResult(
        data=items, metadata=None, passthrough_data=program.passthrough_data
    )
    result._semantic_role = program._semantic_role  # noqa: SLF001 - see above
    return result
