"""The errors of qsession that are IBM's and Qiskit's classes too (the tree: `qsession.errors`).

A module of its own because importing IBM's classes loads the whole client.
"""

from __future__ import annotations

from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit_ibm_runtime.exceptions import (
    IBMInputValueError,
    IBMRuntimeError,
    RuntimeInvalidStateError,
    RuntimeJobFailureError,
    RuntimeJobTimeoutError,
)

from qsession.errors import QSessionError


class SessionEndedError(QSessionError, IBMRuntimeError, RuntimeError):
    """Work was handed to a session that is closed, cancelled or expired.

    ``RuntimeError`` is what the older provider raised, ``IBMRuntimeError`` what the client raises.
    """


class SessionNotFoundError(QSessionError, IBMInputValueError):
    """No session has this id.

    Attributes:
        advice: What to do, for whoever writes Python; empty if there is nothing to be done.
    """

    def __init__(self, words: str, advice: str = "") -> None:
        super().__init__(f"{words} {advice}" if advice else words)
        self.advice = advice

    @property
    def words(self) -> str:
        """The message without the advice."""
        return str(self).removesuffix(self.advice).rstrip()


class BackendNotFoundError(QSessionError, QiskitBackendNotFoundError):
    """No backend has this name."""


class SessionNotAllowedError(QSessionError, IBMRuntimeError):
    """The account's plan has no sessions."""


class UsageLimitError(QSessionError, IBMRuntimeError):
    """The usage that the account may have is used up."""


class ServiceError(QSessionError, IBMRuntimeError):
    """The service could not do what was asked, or be reached; the cause is IBM's error."""


class JobCancelledError(QSessionError, RuntimeInvalidStateError):
    """The result of a cancelled job was asked for."""


class JobLostError(QSessionError, RuntimeJobFailureError):
    """The result of a job that its process did not finish, or that was not kept, was asked for."""


class JobTimeoutError(QSessionError, RuntimeJobTimeoutError, TimeoutError):
    """A job did not end within the time that was given to it; it goes on."""
