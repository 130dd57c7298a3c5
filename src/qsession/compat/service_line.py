"""The connection that looks at one account, closes its sessions and cancels its jobs: `Line`.

Its requests are those of the published API (https://quantum.cloud.ibm.com/docs/api/qiskit-runtime-rest),
which it makes itself, with the authentication of IBM's client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

import requests
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError

from qsession.compat.access_token import AccessToken
from qsession.compat.ibm_service import client_parameters, secrets_of_parameters
from qsession.redaction.secrets import know_secrets_of

if TYPE_CHECKING:
    from qiskit_ibm_runtime import QiskitRuntimeService

    from qsession.clock import Clock

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 10.0

PAGE = 200
"""The most jobs that the service lists at once."""

WORKLOADS_PAGE = 50
"""The most workloads that it lists at once."""

API_VERSION = "2026-04-15"
"""The release of the API whose answers are read here; both supported clients ask for it."""

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
    instance, its connections and its time. A refusal is raised as IBM's client raises it
    (``IBMNotAuthorizedError``, or ``RequestsApiError`` with the status), a failed connection as a
    ``requests.RequestException``.
    """

    def __init__(self, service: QiskitRuntimeService, instance: str | None, clock: Clock) -> None:
        self._clock = clock
        self._parameters = client_parameters(service, instance)
        self._timeout_s = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
        self.heard = Heard()
        self._connect()
        know_secrets_of(self, Line._secrets)

    def reconnect(self) -> None:
        """Begin anew, with a new access token."""
        self.close()
        self._connect()

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def hurry(self, seconds: float) -> None:
        """Wait no longer than about this for each answer from now on."""
        self._timeout_s = (seconds / 2, seconds / 2)
        self._token.wait_at_most(self._timeout_s)

    def forget_what_was_heard(self) -> None:
        """Forget the pause that an earlier answer asked for."""
        self.heard.retry_after_s = None

    # ---- What the service is asked

    def session(self, session_id: str) -> dict[str, Any]:
        """``GET /sessions/{id}``."""
        return self._get(f"/sessions/{_segment(session_id)}")

    def jobs(self, session_id: str, *, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
        """``GET /jobs``: a page of the session's jobs, newest first, and how many there are."""
        answer = self._get(
            "/jobs",
            session_id=session_id,
            limit=PAGE,
            offset=offset or None,
            exclude_params="true",
        )
        jobs = answer.get("jobs")
        if not isinstance(jobs, list):
            raise TypeError("The service's list of jobs is no list.")
        count = answer.get("count")
        found = [job for job in jobs if isinstance(job, dict)]
        return found, count if isinstance(count, int) else len(found)

    def backend_status(self, name: str) -> dict[str, Any]:
        """``GET /backends/{name}/status``."""
        return self._get(f"/backends/{_segment(name)}/status")

    def metrics(self, job_id: str) -> dict[str, Any]:
        """``GET /jobs/{id}/metrics``."""
        return self._get(f"/jobs/{_segment(job_id)}/metrics")

    def usage(self) -> dict[str, Any]:
        """``GET /instances/usage``: what the instance has used, and may use."""
        return self._get("/instances/usage")

    def workloads(self) -> Iterator[dict[str, Any]]:
        """``GET /workloads``: the account's sessions, batches and jobs, newest first, by pages."""
        cursor: str | None = None
        while True:
            answer = self._get("/workloads", sort="-createdAt", limit=WORKLOADS_PAGE, next=cursor)
            page = answer.get("workloads")
            if not isinstance(page, list):
                raise TypeError("The service's list of workloads is no list.")
            yield from (item for item in page if isinstance(item, dict))
            cursor = _cursor(answer.get("next"))
            if cursor is None or not page:
                return

    # ---- What the service is told

    def cancel_session(self, session_id: str) -> None:
        """``DELETE /sessions/{id}/close``."""
        self._send("DELETE", f"/sessions/{_segment(session_id)}/close")

    def close_session(self, session_id: str) -> None:
        """``PATCH /sessions/{id}``; one that the service does not know needs no closing."""
        try:
            self._send("PATCH", f"/sessions/{_segment(session_id)}", json={"accepting_jobs": False})
        except RequestsApiError as error:
            if error.status_code != HTTPStatus.NOT_FOUND:
                raise

    def cancel_job(self, job_id: str) -> None:
        """``POST /jobs/{id}/cancel``."""
        self._send("POST", f"/jobs/{_segment(job_id)}/cancel")

    # ---- Within

    def _get(self, path: str, **params: object) -> dict[str, Any]:
        answer = self._send("GET", path, params=params).json()
        if not isinstance(answer, Mapping):
            raise TypeError(f"The service answered with a {type(answer).__name__}, not an object.")
        return dict(answer)

    def _send(self, method: str, path: str, **contents: Any) -> requests.Response:
        response = self._http.request(
            method, f"{self._url}{path}", timeout=self._timeout_s, **contents
        )
        try:
            response.raise_for_status()
        except requests.HTTPError as error:
            told = f"{error}. {response.text}"
            if response.status_code == HTTPStatus.UNAUTHORIZED:
                raise IBMNotAuthorizedError(told) from error
            raise RequestsApiError(told, response.status_code) from error
        return response

    def _connect(self) -> None:
        http = requests.Session()
        http.headers.update({"Accept": "application/json", "IBM-API-Version": API_VERSION})
        options = self._parameters.connection_parameters()
        http.verify = options.get("verify", True)
        http.proxies = options.get("proxies") or {}
        self._token = AccessToken(self._parameters.get_auth_handler(), self._timeout_s)
        http.auth = self._token
        http.hooks["response"].append(self._listen)
        self._url = self._parameters.get_runtime_api_base_url()
        self._http = http

    def _secrets(self) -> Iterator[object]:
        yield from secrets_of_parameters(self._parameters)
        yield from self._token.secrets()

    def _listen(self, response: requests.Response, *_: object, **__: object) -> None:
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


def _segment(text: str) -> str:
    """An id as one part of a path, whatever is in it."""
    return quote(text, safe="")


def _cursor(link: object) -> str | None:
    """The cursor in a link to the next page."""
    href = link.get("href") if isinstance(link, Mapping) else None
    if not isinstance(href, str):
        return None
    return next(iter(parse_qs(urlsplit(href).query).get("next", [])), None)


def _http_date(text: str | None) -> datetime | None:
    try:
        date = None if text is None else parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date is None or date.tzinfo else date.replace(tzinfo=UTC)
