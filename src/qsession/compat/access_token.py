"""The access token of an account, by IBM's client but with an end to its waiting: `AccessToken`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from requests.auth import AuthBase

from qsession.client_errors import ServiceError
from qsession.redaction.errors import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiskit_ibm_runtime.api.auth import CloudAuth
    from requests import PreparedRequest


class AccessToken(AuthBase):
    """Puts the access token into requests, without a fall-back to the API key.

    After a token request that failed, IBM's token manager sleeps until a minute has passed, and the
    client sends the API key itself in the token's place.
    """

    def __init__(self, theirs: CloudAuth, timeout_s: tuple[float, float]) -> None:
        """Keep IBM's own and how long it may wait: to connect, and for an answer, in seconds."""
        self._theirs = theirs
        self._manager = theirs.tm
        self.wait_at_most(timeout_s)

    def wait_at_most(self, timeout_s: tuple[float, float]) -> None:
        """Wait no longer than this from now on: to connect, and for an answer."""
        self._manager.http_config = {**self._manager.http_config, "timeout": timeout_s}

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Put the access token into a request."""
        request.headers["Service-CRN"] = self._theirs.crn
        request.headers["Authorization"] = f"Bearer {self._token()}"
        return request

    def secrets(self) -> Iterator[object]:
        """The tokens that there are at the moment."""
        yield self._manager.access_token
        yield getattr(self._manager, "refresh_token", None)

    def _token(self) -> str:
        self._manager.request_time = 0  # no other request for a token is under way
        try:
            return str(self._manager.get_token())
        except Exception as error:  # noqa: BLE001 - raised as one of ours, without secrets
            if self._manager.access_token and self._manager.expire_time > time.time():
                return str(self._manager.access_token)  # it could not be renewed before its time
            raise ServiceError(
                "The account's access token cannot be renewed."
            ) from without_secrets(error)
