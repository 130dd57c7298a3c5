"""The service behind a backend of IBM Quantum: every private name of the client for it.

``tests/contract`` and ``tests/cloud`` run against the oldest and the newest supported release.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from qiskit_ibm_runtime import QiskitRuntimeService
from qiskit_ibm_runtime.api.client_parameters import ClientParameters

# From where it is used: the module that defines it has moved with 0.51.
from qiskit_ibm_runtime.qiskit_runtime_service import RuntimeClient
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from qsession.client_errors import ServiceError
from qsession.forks import in_child
from qsession.redaction.errors import without_secrets
from qsession.redaction.secrets import know_secrets_of, passwords_in

if TYPE_CHECKING:
    from requests import PreparedRequest

    from qsession.clock import Clock

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 10.0
"""The client itself waits for an answer without end."""

USERS_READ_TIMEOUT_S = 30.0
"""For the user's own client while it works for a session; a POST of a job keeps IBM's 900 s."""

PAGE = 200
"""The most jobs that the service lists at once."""

WORKLOADS_PAGE = 50
"""The most workloads that it lists at once."""

_SAME_TIME = timedelta(seconds=2)
"""Clocks that differ by less go the same: the header is in whole seconds, and took its time."""


@dataclass
class Heard:
    """The contents of the headers of the last answer."""

    server_ahead: timedelta = timedelta()
    retry_after_s: float | None = None


class Line:
    """A connection to the service of our own, for looking at one account.

    It neither retries nor waits without end, and leaves the user's service alone: its active
    instance, its connections and its time.
    """

    def __init__(self, service: QiskitRuntimeService, instance: str | None, clock: Clock) -> None:
        self._clock = clock
        self._params = _own_params(service, instance)
        self.heard = Heard()
        know_secrets_of(self, Line._secrets)
        self._client = self._connect()

    def reconnect(self) -> None:
        """Begin anew, with a new access token."""
        self.close()
        self._client = self._connect()

    def close(self) -> None:
        """Let go of the connection."""
        self._client._session.close()

    def hurry(self, seconds: float) -> None:
        """Wait no longer than about this for each answer from now on."""
        http = self._client._session
        http._timeout = (seconds / 2, seconds / 2)
        http.auth.hurry(seconds)

    def forget_what_was_heard(self) -> None:
        """Forget the pause that an earlier answer asked for."""
        self.heard.retry_after_s = None

    def session(self, session_id: str) -> dict[str, Any]:
        """``GET /sessions/{id}``."""
        return _object(self._client.session_details(session_id))

    def jobs(
        self,
        session_id: str,
        *,
        offset: int = 0,
    ) -> tuple[list[dict[str, Any]], int]:
        """A page of the session's jobs, newest first, and how many there are."""
        answer = _object(
            self._client.jobs_get(
                limit=PAGE,
                skip=offset or None,
                session_id=session_id,
                descending=True,
            )
        )
        jobs = answer.get("jobs")
        if not isinstance(jobs, list):
            raise TypeError("The service's list of jobs is no list.")
        count = answer.get("count")
        found = [job for job in jobs if isinstance(job, dict)]
        return found, count if isinstance(count, int) else len(found)

    def cancel_session(self, session_id: str) -> None:
        """``DELETE /sessions/{id}/close``."""
        self._client.cancel_session(session_id)

    def close_session(self, session_id: str) -> None:
        """``PATCH /sessions/{id}``."""
        self._client.close_session(session_id)

    def cancel_job(self, job_id: str) -> None:
        """``POST /jobs/{id}/cancel``."""
        self._client.job_cancel(job_id)

    def workloads(self) -> Iterator[dict[str, Any]]:
        """``GET /workloads``, page by page: the account's sessions, batches and jobs, newest first.

        The client has no method for it; its connection is used.
        """
        http = self._client._session
        params: dict[str, Any] = {"sort": "-createdAt", "limit": WORKLOADS_PAGE}
        while True:
            answer = _object(http.get("/workloads", params=params).json())
            page = answer.get("workloads")
            if not isinstance(page, list):
                raise TypeError("The service's list of workloads is no list.")
            yield from (item for item in page if isinstance(item, dict))
            cursor = _cursor(answer.get("next"))
            if cursor is None or not page:
                return
            params = {**params, "next": cursor}

    def _secrets(self) -> Iterator[object]:
        yield from _secrets_of_params(self._params)
        yield from _secrets_of_client(getattr(self, "_client", None))

    def _connect(self) -> RuntimeClient:
        client = RuntimeClient(self._params)
        http = getattr(client, "_session", None)
        if http is None:
            raise ServiceError(
                "This release of qiskit-ibm-runtime keeps its connection out of reach, so sessions "
                "of the service can be neither watched nor listed. qsession needs another release."
            )
        for scheme in ("http://", "https://"):
            # The client's own would turn an answer of 503 into one that never came.
            http.mount(scheme, HTTPAdapter(max_retries=0))
        http._timeout = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
        http.auth = _Credentials(http.auth)
        http.hooks["response"].append(self._listen)
        return client

    def _listen(self, response: Any, *_: object, **__: object) -> None:
        self.heard.retry_after_s = self._seconds(response.headers.get("Retry-After"))
        date = _http_date(response.headers.get("Date"))
        if date is not None:
            ahead = date - self._clock.now()
            # Kept while it is about right: else every time of the service's would tremble.
            if abs(ahead) <= _SAME_TIME:
                self.heard.server_ahead = timedelta()
            elif abs(ahead - self.heard.server_ahead) > _SAME_TIME:
                self.heard.server_ahead = ahead

    def _seconds(self, text: str | None) -> float | None:
        """Return the seconds to wait that ``Retry-After`` gives, as seconds or as a date."""
        try:
            return None if text is None else max(0.0, float(text))  # of NaN: 0.0
        except ValueError:
            date = _http_date(text)
            return None if date is None else max((date - self._clock.now()).total_seconds(), 0.0)


class _Credentials(AuthBase):
    """The client's, with an end to their waiting, and without a fall-back to the API key.

    After a token request that failed, IBM's token manager sleeps until a minute has passed, and the
    client sends the API key itself in the token's place.
    """

    def __init__(self, theirs: Any) -> None:
        self._theirs = theirs
        self._manager = theirs.tm
        self._bound(CONNECT_TIMEOUT_S, READ_TIMEOUT_S)

    def hurry(self, seconds: float) -> None:
        """Wait no longer than about this for an access token from now on."""
        self._bound(seconds / 2, seconds / 2)

    def _bound(self, connect_s: float, read_s: float) -> None:
        config = self._manager.http_config
        self._manager.http_config = {**config, "timeout": (connect_s, read_s)}

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Put the access token into a request."""
        request.headers["Service-CRN"] = self._theirs.crn
        request.headers["Authorization"] = f"Bearer {self._token()}"
        return request

    def _token(self) -> str:
        self._manager.request_time = 0  # no other request for a token is under way
        try:
            return str(self._manager.get_token())
        except Exception as error:  # noqa: BLE001 - raised as one of ours, without secrets
            if not self._manager._is_token_expired():
                return str(self._manager.access_token)  # it could not be renewed before its time
            problem = ServiceError("The account's access token cannot be renewed.")
            raise problem from without_secrets(error)


def _cursor(link: object) -> str | None:
    """The cursor in a link to the next page."""
    href = link.get("href") if isinstance(link, Mapping) else None
    if not isinstance(href, str):
        return None
    return next(iter(parse_qs(urlsplit(href).query).get("next", [])), None)


def client_of(service: QiskitRuntimeService, instance: str | None) -> RuntimeClient:
    """The user's own client for an instance; asking does not change the active one."""
    return service._get_api_client(instance)


def instances_of(service: QiskitRuntimeService) -> list[str | None]:
    """The instances that the service may use, the active one first."""
    active = service._active_api_client._instance
    others = [instance for instance in service._get_api_clients() if instance != active]
    return [active, *others]


@contextmanager
def answers_awaited_for_a_while(
    service: QiskitRuntimeService, instance: str | None
) -> Iterator[None]:
    """Give the user's own client an end to its waiting for the time of the block.

    It retries what it may retry, so a silent service is given up after a few minutes.
    """
    http = client_of(service, instance)._session
    before, ours = http._timeout, (CONNECT_TIMEOUT_S, USERS_READ_TIMEOUT_S)
    if before == ours:  # another thread is at it, and will put it back
        yield
        return
    http._timeout = ours
    try:
        yield
    finally:
        http._timeout = before


@contextmanager
def active_instance_kept(service: QiskitRuntimeService) -> Iterator[None]:
    """Undo what calls in the block do to the active instance of the user's service."""
    client = service._active_api_client
    try:
        yield
    finally:
        service._active_api_client = client


def default_account_exists() -> bool:
    """Return True if ``QiskitRuntimeService()`` would find an account; no network use."""
    if os.environ.get("QISKIT_IBM_TOKEN"):
        return True
    return bool(_saved_accounts())


def _saved_accounts() -> list[dict[str, Any]]:
    try:
        return list(QiskitRuntimeService.saved_accounts().values())
    except Exception:  # noqa: BLE001 - an unreadable file holds no account
        return []


@cache
def default_service() -> QiskitRuntimeService:
    """The user's default account, connected once."""
    try:
        service = QiskitRuntimeService()
    except Exception as error:  # noqa: BLE001 - raised as one of ours, without secrets
        saved = (account.get("token") for account in _saved_accounts())
        tokens = [token for token in saved if isinstance(token, str)]
        raise without_secrets(error, *tokens) from error.__cause__
    know_secrets_of_service(service)
    return service


def know_secrets_of_service(service: QiskitRuntimeService) -> None:
    """Take the secrets of an account out of all that comes from outside, as long as it lives."""
    know_secrets_of(service, _secrets_of_service)


def _secrets_of_service(service: QiskitRuntimeService) -> Iterator[object]:
    yield from _secrets_of_params(service._client_params)
    for client in list(service._get_api_clients().values()):
        yield from _secrets_of_client(client)


def _secrets_of_params(params: ClientParameters) -> Iterator[object]:
    yield params.token
    if params.proxies is not None:
        yield params.proxies.password_ntlm
        yield from passwords_in((params.proxies.urls or {}).values())


def _secrets_of_client(client: Any) -> Iterator[object]:
    """The access token that a client has at the moment."""
    auth = getattr(getattr(client, "_session", None), "auth", None)
    manager = getattr(auth, "tm", None) or getattr(auth, "_manager", None)
    yield getattr(manager, "access_token", None)
    yield getattr(manager, "refresh_token", None)


in_child(default_service.cache_clear)  # its connection is the parent's


def _own_params(service: QiskitRuntimeService, instance: str | None) -> ClientParameters:
    theirs = service._client_params
    return ClientParameters(
        channel=theirs.channel,
        token=theirs.token,
        url=theirs.url,
        instance=instance or theirs.instance,
        proxies=theirs.proxies,
        verify=theirs.verify,
        private_endpoint=theirs.private_endpoint,
        url_resolver=theirs.url_resolver,
    )


def _object(answer: object) -> dict[str, Any]:
    if not isinstance(answer, Mapping):
        raise TypeError(f"The service answered with a {type(answer).__name__}, not an object.")
    return dict(answer)


def _http_date(text: str | None) -> datetime | None:
    try:
        date = None if text is None else parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date is None or date.tzinfo else date.replace(tzinfo=UTC)
