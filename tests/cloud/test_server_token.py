"""What IBM's client makes of tokens that do not work."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ibm_cloud_sdk_core.token_managers import token_manager  # type: ignore[import-untyped]
from qiskit_ibm_runtime import QiskitRuntimeService, Session
from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError

from tests.cloud.faults import refuse, unauthorized
from tests.cloud.server import Server

GET_SESSION = r"GET /sessions/[^/]+$"


def test_an_expired_token_is_not_renewed(server: Server, ibm_session: Session) -> None:
    server.faults.add(GET_SESSION, unauthorized())
    with pytest.raises(IBMNotAuthorizedError):
        ibm_session.status()
    assert ibm_session.status() == "Pending"

    server.identity.expire_tokens()
    for _ in range(2):
        with pytest.raises(IBMNotAuthorizedError):
            ibm_session.status()
    assert server.log.count("POST /identity/token") == 0


def test_a_token_near_its_end_is_renewed(server: Server, service: QiskitRuntimeService) -> None:
    server.identity.expire_tokens()
    service._active_api_client._session.auth.tm.refresh_time = 0

    assert service.usage()["usage_consumed_seconds"] == 0
    assert service._active_api_client._session.auth.tm.refresh_time > 0


def test_one_failure_of_the_token_service_costs_a_minute(
    server: Server, service: QiskitRuntimeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is sent instead; the next request waits, asleep, for a request that is no more."""
    clock = SimpleNamespace(now=2_000_000_000.0, slept=0.0)

    def sleep(seconds: float) -> None:
        clock.now += seconds
        clock.slept += seconds

    monkeypatch.setattr(token_manager, "time", SimpleNamespace(time=lambda: clock.now, sleep=sleep))
    server.faults.add("POST /identity/token", refuse(500))

    with pytest.warns(UserWarning, match="API Key will be used instead"):
        service.usage()
    assert server.log.matching()[-1].headers["authorization"].startswith("apikey ")
    assert clock.slept == 0.0
    service.usage()
    assert clock.slept >= 60.0
