"""The user's own account of IBM Quantum: every private name of the client for it.

``tests/contract`` and ``tests/cloud`` run against the oldest and the newest supported release.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from qiskit_ibm_runtime import QiskitRuntimeService
from qiskit_ibm_runtime.api.client_parameters import ClientParameters

from qsession.forks import in_child
from qsession.redaction.errors import without_secrets
from qsession.redaction.secrets import know_secrets_of, passwords_in

if TYPE_CHECKING:
    # From where it is used: the module that defines it has moved with 0.51.
    from qiskit_ibm_runtime.qiskit_runtime_service import RuntimeClient

USERS_TIMEOUT_S = (5.0, 30.0)
"""For the user's own client while it works for a session: to connect, and for an answer, which it
awaits without end by itself. A POST of a job keeps IBM's 900 s."""


def client_of(service: QiskitRuntimeService, instance: str | None) -> RuntimeClient:
    """The user's own client for an instance; asking does not change the active one."""
    return service._get_api_client(instance)


def instances_of(service: QiskitRuntimeService) -> list[str | None]:
    """The instances that the service may use, the active one first."""
    active = service._active_api_client._instance
    others = [instance for instance in service._get_api_clients() if instance != active]
    return [active, *others]


def instance_name_and_plan(
    service: QiskitRuntimeService, instance: str | None
) -> tuple[str | None, str | None]:
    """The name of an instance, and its plan, as far as the client has been told; no request."""
    for each in service._all_instances:
        if each.get("crn") == instance:
            return each.get("name"), each.get("plan")
    return None, None


@contextmanager
def answers_awaited_for_a_while(
    service: QiskitRuntimeService, instance: str | None
) -> Iterator[None]:
    """Give the user's own client an end to its waiting for the time of the block.

    It retries what it may retry, so a silent service is given up after a few minutes.
    """
    http = client_of(service, instance)._session
    before, ours = http._timeout, USERS_TIMEOUT_S
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
    yield from secrets_of_parameters(service._client_params)
    for client in list(service._get_api_clients().values()):
        yield from _secrets_of_client(client)


def secrets_of_parameters(params: ClientParameters) -> Iterator[object]:
    """The API key of an account, and the passwords of its proxies."""
    yield params.token
    if params.proxies is not None:
        yield params.proxies.password_ntlm
        yield from passwords_in((params.proxies.urls or {}).values())


def _secrets_of_client(client: Any) -> Iterator[object]:
    """The access token that a client has at the moment."""
    auth = getattr(getattr(client, "_session", None), "auth", None)
    manager = getattr(auth, "tm", None)
    yield getattr(manager, "access_token", None)
    yield getattr(manager, "refresh_token", None)


in_child(default_service.cache_clear)  # its connection is the parent's


def client_parameters(service: QiskitRuntimeService, instance: str | None) -> ClientParameters:
    """Return the parameters of a connection of one's own to an instance of the account."""
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
