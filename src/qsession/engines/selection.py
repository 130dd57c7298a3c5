"""The choice of an engine by what it is for: a backend, or the id of a session.

A new kind of backend is a new engine and a line here; nothing above asks which one runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsession.client_errors import SessionNotFoundError
from qsession.clock import SystemClock
from qsession.compat.ibm import is_ibm_backend, is_ibm_service
from qsession.engines.local.engine import LocalEngine
from qsession.engines.recovered import RecoveredBackend
from qsession.ledger import ledger_of_process
from qsession.ledger.reading import find_sessions

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.engines.ibm.engine import IBMEngine
    from qsession.engines.recovered import RecoveredEngine
    from qsession.model.session_state import Mode

# A script on a simulator needs nothing of the engine for IBM Quantum.


@dataclass(frozen=True)
class FoundSession:
    """A session that exists somewhere, and what is needed to take it up."""

    session_id: str
    backend: BackendV2
    mode: Mode
    name: str | None = None
    max_time_s: int | None = None


def engine_class_for(backend: BackendV2) -> type[IBMEngine | LocalEngine | RecoveredEngine]:
    """The engine that runs sessions on this backend."""
    if isinstance(backend, RecoveredBackend):
        its_own: type[RecoveredEngine] = backend.engine_class()
        return its_own
    if not is_ibm_backend(backend):
        return LocalEngine
    from qsession.engines.ibm.engine import IBMEngine  # noqa: PLC0415 - see above

    return IBMEngine


def locate(session_id: str, service: Any, **backend_options: Any) -> FoundSession | None:
    """Ask a service for a session, or the ledger for a local one; None if there is none.

    Raises:
        SessionNotFoundError: If the service knows no such session, or it is local and open in
            another process.
        ServiceError: If it could not be asked.
    """
    ledger = ledger_of_process()
    entries = ledger and ledger.read_up_to_date(lambda file: find_sessions(file, session_id))
    entry = next((each for each in entries or () if each.session_id == session_id), None)
    name = None if entry is None else entry.facts.name
    max_time_s = None if entry is None else entry.facts.max_time_s
    if is_ibm_service(service):
        from qsession.engines.ibm.lookup import find_session  # noqa: PLC0415 - see above

        backend, mode = find_session(session_id, service, **backend_options)
        return FoundSession(session_id, backend, mode, name, max_time_s)
    if entry is None or entry.facts.kind != "local":
        return None
    if entry.ended is None and not entry.is_lost(SystemClock().now()):
        where = f"process {entry.process.pid}"
        where += f" ({entry.notebook})" if entry.notebook else ""
        raise SessionNotFoundError(
            f"The local session {session_id} is open in {where}: it can be used there alone."
        )
    recovered = RecoveredBackend(entry.facts.backend)
    return FoundSession(session_id, recovered, entry.facts.mode, name, max_time_s)
