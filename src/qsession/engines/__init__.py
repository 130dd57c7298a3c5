"""What carries out a session: each engine turns instructions into jobs and events.

A new kind of backend is a new engine and a line here; nothing above asks which one runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsession.engines.ibm.engine import IBMEngine
from qsession.engines.ibm.finding import find_session, list_sessions
from qsession.engines.local.engine import LocalEngine
from qsession.ibm_client import is_ibm_backend, is_ibm_service

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.model.session_state import Mode

__all__ = ["FoundSession", "engine_class_for", "list_sessions", "locate"]


@dataclass(frozen=True)
class FoundSession:
    """A session that exists somewhere, and what is needed to take it up."""

    session_id: str
    backend: BackendV2
    mode: Mode


def engine_class_for(backend: BackendV2) -> type[IBMEngine | LocalEngine]:
    """The engine that runs sessions on this backend."""
    return IBMEngine if is_ibm_backend(backend) else LocalEngine


def locate(session_id: str, service: Any, **backend_options: Any) -> FoundSession | None:
    """Ask a service for a session; None if it is one that keeps none.

    Raises:
        SessionNotFoundError: If the service knows no such session.
        ServiceError: If it could not be asked.
    """
    if not is_ibm_service(service):
        return None
    backend, mode = find_session(session_id, service, **backend_options)
    return FoundSession(session_id, backend, mode)
