"""What carries out a session: each engine turns instructions into jobs and events.

A new kind of backend is a new engine and a line in `engine_for`; nothing above asks which one runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsession.client_errors import UnsupportedBackendError
from qsession.engines.local.engine import LocalEngine
from qsession.ibm_client import is_ibm_backend

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.engines.base import Engine, Journal

__all__ = ["engine_for"]


def engine_for(backend: BackendV2, journal: Journal) -> Engine:
    """Choose the engine that runs a session on this backend.

    Raises:
        UnsupportedBackendError: If there is none.
    """
    if is_ibm_backend(backend):
        raise UnsupportedBackendError(
            f"{backend.name} is a QPU of IBM Quantum, which this release does not run yet: it runs "
            "sessions on local backends. Use a simulator, for example "
            'Session("aer_simulator"), or one modelled on the QPU: '
            "Session(AerSimulator.from_backend(backend))."
        )
    return LocalEngine(backend, journal)
