"""The live Session for Qiskit notebooks.

Names are loaded when they are first used: importing this package, or ``%load_ext qsession``, loads
neither IBM's client nor Aer.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

from qsession.redaction.logs import redact_record

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from qsession.client_errors import (
        BackendNotFoundError,
        JobCancelledError,
        JobLostError,
        JobTimeoutError,
        ServiceError,
        SessionEndedError,
        SessionNotAllowedError,
        SessionNotFoundError,
        UsageLimitError,
    )
    from qsession.configuration import configure
    from qsession.dashboards import Dashboard, dashboard
    from qsession.devices import Device, device
    from qsession.errors import (
        IllegalMoveError,
        InvalidInputError,
        InvalidMaxTimeError,
        JobFailedError,
        JobMemoryError,
        LedgerWarning,
        QSessionError,
        RecordError,
        UnknownJobError,
        UnreferencedSessionWarning,
        WorkerLostError,
    )
    from qsession.listing import attach, sessions
    from qsession.model.job import JobRecord
    from qsession.model.states import JobStatus
    from qsession.opened_records import open_record
    from qsession.provider import SessionBackend, get_backend
    from qsession.session import Batch, Session
    from qsession.session_info import SessionInfo

__all__ = [
    "BackendNotFoundError",
    "Batch",
    "Dashboard",
    "Device",
    "IllegalMoveError",
    "InvalidInputError",
    "InvalidMaxTimeError",
    "JobCancelledError",
    "JobFailedError",
    "JobLostError",
    "JobMemoryError",
    "JobRecord",
    "JobStatus",
    "JobTimeoutError",
    "LedgerWarning",
    "QSessionError",
    "RecordError",
    "ServiceError",
    "Session",
    "SessionBackend",
    "SessionEndedError",
    "SessionInfo",
    "SessionNotAllowedError",
    "SessionNotFoundError",
    "UnknownJobError",
    "UnreferencedSessionWarning",
    "UsageLimitError",
    "WorkerLostError",
    "attach",
    "configure",
    "dashboard",
    "device",
    "get_backend",
    "open_record",
    "sessions",
]

_HOMES = {
    "qsession.configuration": ("configure",),
    "qsession.opened_records": ("open_record",),
    "qsession.provider": ("SessionBackend", "get_backend"),
    "qsession.client_errors": (
        "BackendNotFoundError",
        "JobCancelledError",
        "JobLostError",
        "JobTimeoutError",
        "ServiceError",
        "SessionEndedError",
        "SessionNotAllowedError",
        "SessionNotFoundError",
        "UsageLimitError",
    ),
    "qsession.dashboards": ("Dashboard", "dashboard"),
    "qsession.devices": ("Device", "device"),
    "qsession.errors": (
        "IllegalMoveError",
        "InvalidInputError",
        "InvalidMaxTimeError",
        "JobFailedError",
        "JobMemoryError",
        "LedgerWarning",
        "QSessionError",
        "RecordError",
        "UnknownJobError",
        "UnreferencedSessionWarning",
        "WorkerLostError",
    ),
    "qsession.listing": ("attach", "sessions"),
    "qsession.model.job": ("JobRecord",),
    "qsession.model.states": ("JobStatus",),
    "qsession.session": ("Batch", "Session"),
    "qsession.session_info": ("SessionInfo",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


logging.getLogger("qsession").addFilter(redact_record)


def __getattr__(name: str) -> Any:
    """Load a public name on its first use."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - rarely asked for

        return version("qsession")
    if name not in _HOME_OF:
        raise AttributeError(f"module 'qsession' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics: ``%load_ext qsession``."""
    from qsession.magics import load  # noqa: PLC0415 - needs IPython

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take back what loading did: ``%unload_ext qsession``. Sessions go on."""
    from qsession.magics import unload  # noqa: PLC0415 - needs IPython

    unload(shell)
