"""Finds sessions of an account: by id, and all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qsession.client_errors import ServiceError, SessionNotFoundError
from qsession.engines.ibm.refusals import refusal
from qsession.ibm_service import active_instance_kept, client_of, instances_of

if TYPE_CHECKING:
    from qiskit_ibm_runtime import IBMBackend, QiskitRuntimeService

    from qsession.model.session_state import Mode

_MODES: dict[object, Mode] = {"dedicated": "session", "batch": "batch"}


def find_session(
    session_id: str, service: QiskitRuntimeService, **backend_options: Any
) -> tuple[IBMBackend, Mode]:
    """The backend and mode of a session, looked for in every instance of the account.

    Reading creates no session and leaves the active instance as it was.

    Raises:
        SessionNotFoundError: If no instance knows it.
        ServiceError: If the service could not be asked, or does not know its backend yet.
    """
    raw, instance = _look_up(session_id, service)
    name, mode = raw.get("backend_name"), _MODES.get(raw.get("mode"))
    if not isinstance(name, str) or mode is None:
        raise ServiceError(
            f"The service does not say on which backend session {session_id} runs. Run a job in it "
            "first."
        )
    try:
        with active_instance_kept(service):
            return service.backend(name, instance=instance, **backend_options), mode
    except Exception as error:
        raise refusal(error, f"find the backend {name} of session {session_id}") from error


def _look_up(
    session_id: str, service: QiskitRuntimeService
) -> tuple[Mapping[str, Any], str | None]:
    for instance in instances_of(service):
        try:
            return client_of(service, instance).session_details(session_id), instance
        except Exception as error:
            told = refusal(error, f"look up session {session_id}")
            if not isinstance(told, SessionNotFoundError) and not _is_missing(error):
                raise told from error
    raise SessionNotFoundError(
        f"No session {session_id!r} in this account. The id is that of the session, not of a job: "
        "job.session_id has it."
    )


def _is_missing(error: Exception) -> bool:
    not_found = 404
    return getattr(error, "status_code", None) == not_found
