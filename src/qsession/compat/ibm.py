"""Every private or moving name of IBM's client that qsession relies on, in one place.

``tests/contract`` runs against the oldest and the newest supported release of the client.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from qiskit_ibm_runtime import IBMBackend, QiskitRuntimeService
from qiskit_ibm_runtime.fake_provider.local_runtime_job import LocalRuntimeJob
from qiskit_ibm_runtime.fake_provider.local_service import QiskitRuntimeLocalService
from qiskit_ibm_runtime.utils.default_session import get_cm_session, set_cm_session
from qiskit_ibm_runtime.utils.utils import is_isa_circuit

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

__all__ = [
    "LocalRuntimeJob",
    "QiskitRuntimeLocalService",
    "client_side_primitives",
    "fresh_properties",
    "get_cm_session",
    "is_ibm_backend",
    "is_ibm_service",
    "is_isa_circuit",
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


def fresh_properties(backend: Any) -> Any:
    """Ask IBM Quantum for the properties of a backend as they are now.

    The backend goes on with those that it has: its user may rely on them. So a copy is asked, which
    keeps the answer.
    """
    return copy.copy(backend).properties(refresh=True)
