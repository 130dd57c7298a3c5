"""The pretended account: what IBM's client must be told to talk to a server of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from tests.cloud.instances import crn

if TYPE_CHECKING:
    from qiskit_ibm_runtime import QiskitRuntimeService

TOKEN = "canary-token-that-must-not-leak"
"""The API key. Easy to find wherever it should not be."""

PREMIUM_CRN = crn(1)
OPEN_CRN = crn(2)


class Addressed(Protocol):
    """A `Server` or a `ServerProcess`."""

    @property
    def origin(self) -> str:
        """The address of the services around the REST API."""

    @property
    def url(self) -> str:
        """The address of the REST API."""


def environment(server: Addressed) -> dict[str, str]:
    """Environment variables with which the client finds the services around the REST API.

    It drops the port of every address but these, and of one that contains "experimental".
    """
    return {
        "IAM_URL": server.origin,
        "GLOBAL_SEARCH_URL": server.origin,
        "GLOBAL_CATALOG_URL": f"{server.origin}/catalog",
        "USAGE_DATA_OPT_OUT": "True",  # else each request walks the whole call stack
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",  # wins over the other where both are set
    }


def default_account(server: Addressed, instance: str = PREMIUM_CRN) -> dict[str, str]:
    """Environment variables for ``QiskitRuntimeService()`` without arguments."""
    return {
        "QISKIT_IBM_CHANNEL": "ibm_quantum_platform",
        "QISKIT_IBM_TOKEN": TOKEN,
        "QISKIT_IBM_URL": server.url,
        "QISKIT_IBM_INSTANCE": instance,
    }


def connect(server: Addressed, **options: Any) -> QiskitRuntimeService:
    """IBM's own service object; the environment must be as `environment` says."""
    from qiskit_ibm_runtime import QiskitRuntimeService

    account = {
        "channel": "ibm_quantum_platform",
        "token": TOKEN,
        "url": server.url,
        "instance": PREMIUM_CRN,
    }
    return QiskitRuntimeService(**{**account, **options})
