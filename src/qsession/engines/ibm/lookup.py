"""Finds sessions of an account: by id, and all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from qsession.client_errors import ServiceError, SessionNotFoundError
from qsession.clock import SystemClock
from qsession.compat.ibm_service import (
    active_instance_kept,
    client_of,
    instances_of,
    know_secrets_of_service,
)
from qsession.compat.service_line import Line
from qsession.engines.ibm.reading import ServerTime
from qsession.engines.ibm.refusals import raise_refusal, refusal
from qsession.model.states import State

if TYPE_CHECKING:
    from qiskit_ibm_runtime import IBMBackend, QiskitRuntimeService

    from qsession.model.session_state import Mode

_STATES = {
    "pending": State.OPEN,
    "in_progress": State.ACTIVE,
    "completed": State.CLOSED,
    "failed": State.CLOSED,
    "canceled": State.CANCELLED,
}
"""The words of the listing for the state of a session; it does not tell open from inactive ones."""

MOST_WORKLOADS = 1000
"""The number of workloads to look back at in each instance: a session lasts for hours, and most
workloads are over."""

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
    know_secrets_of_service(service)
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
    except Exception as error:  # noqa: BLE001 - raised as one of ours, without secrets
        raise_refusal(error, f"find the backend {name} of session {session_id}")


@dataclass(frozen=True)
class ListedSession:
    """A session or batch as the service lists it."""

    session_id: str
    backend: str | None
    mode: Mode
    state: str
    opened: datetime | None
    ended: datetime | None
    instance: str | None = None


def list_sessions(service: QiskitRuntimeService, *, ended: bool, limit: int) -> list[ListedSession]:
    """The sessions and batches of all instances of an account, newest first.

    Raises:
        ServiceError: If the service could not be asked, or the client cannot list them.
    """
    know_secrets_of_service(service)
    found: list[ListedSession] = []
    try:
        for instance in instances_of(service):
            found += _listed_in(service, instance, ended=ended, limit=limit)
    except Exception as error:  # noqa: BLE001 - raised as one of ours, without secrets
        raise_refusal(error, "list the account's sessions")
    return sorted(found, key=_age)[:limit]


def _listed_in(
    service: QiskitRuntimeService, instance: str | None, *, ended: bool, limit: int
) -> list[ListedSession]:
    line = Line(service, instance, SystemClock())
    try:
        listed = read_listing(line, instance, MOST_WORKLOADS)
        return list(islice((item for item in listed if ended or item.ended is None), limit))
    finally:
        line.close()


def read_listing(line: Line, instance: str | None, most: int) -> Iterator[ListedSession]:
    """The sessions and batches among so many of an instance's newest workloads, page by page."""
    for raw in islice(line.workloads(), most):
        listed = _read_workload(raw)
        if listed is not None:
            yield replace(listed, instance=instance)


def _age(listed: ListedSession) -> float:
    """For sorting: the newest first, those without a time last."""
    return -listed.opened.timestamp() if listed.opened else 0.0


def _read_workload(raw: Mapping[str, Any]) -> ListedSession | None:
    mode, session_id = raw.get("mode"), raw.get("id")
    if mode not in ("session", "batch") or not isinstance(session_id, str):
        return None
    server = ServerTime()
    backend = raw.get("backend")
    return ListedSession(
        session_id=session_id,
        backend=backend if isinstance(backend, str) else None,
        mode="batch" if mode == "batch" else "session",
        state=_STATES.get(str(raw.get("status")), State.OPEN).value,
        opened=server.read(raw.get("created")),
        ended=server.read(raw.get("ended")),
    )


def _look_up(
    session_id: str, service: QiskitRuntimeService
) -> tuple[Mapping[str, Any], str | None]:
    for instance in instances_of(service):
        try:
            return client_of(service, instance).session_details(session_id), instance
        except Exception as error:  # noqa: BLE001 - raised as one of ours, without secrets
            told = refusal(error, f"look up session {session_id}")
            if not isinstance(told, SessionNotFoundError) and not _is_missing(error):
                raise_refusal(error, f"look up session {session_id}")
    raise SessionNotFoundError(
        f"No session {session_id!r} in this account.",
        "The id is that of the session, not of a job: job.session_id has it.",
    )


def _is_missing(error: Exception) -> bool:
    not_found = 404
    return getattr(error, "status_code", None) == not_found
