"""The errors of qsession that stand without IBM's client.

Each is also the built-in class that people already catch::

    QSessionError
    ├── InvalidMaxTimeError     (ValueError)    a max_time that is no duration, or out of bounds
    ├── InvalidInputError       (ValueError)    a name, circuit, PUB, number of shots, …
    ├── RecordError             (ValueError)    a file that is no whole record of a session
    ├── UnknownJobError         (LookupError)   a job id that the session does not know
    ├── WorkerLostError         (RuntimeError)  the process that ran a job ended under it
    ├── JobMemoryError          (MemoryError)   a job needed more memory than it may have
    ├── JobFailedError          (RuntimeError)  a job's failure that only words could bring here
    ├── IllegalMoveError        (RuntimeError)  a change of state that the lifecycle forbids
    ├── SessionEndedError       (IBMRuntimeError, RuntimeError)    ┐
    ├── SessionNotFoundError    (IBMInputValueError, ValueError)   │ in `qsession.client_errors`:
    ├── SessionNotAllowedError  (IBMRuntimeError)                  │
    ├── UsageLimitError         (IBMRuntimeError)                  │
    ├── ServiceError            (IBMRuntimeError)                  │
    ├── BackendNotFoundError    (QiskitBackendNotFoundError)       │ they are IBM's classes too
    ├── JobCancelledError       (RuntimeInvalidStateError)         │
    ├── JobLostError            (RuntimeJobFailureError)           │
    └── JobTimeoutError         (RuntimeJobTimeoutError, TimeoutError) ┘

All of them can be imported from `qsession`, and so can `LedgerWarning` and
`UnreferencedSessionWarning`, which are each a `UserWarning`.
"""

from __future__ import annotations

import threading

from qsession.redaction.secrets import redacted


def shown(value: object) -> str:
    """A value as a message names it: as Python writes it, cut if that is long."""
    longest = 80
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - Python refuses an int of 5000 digits, other classes err
        return f"<{type(value).__name__}>"
    return text if len(text) <= longest else f"{type(value).__name__} {text[:longest]}…"


def in_words(error: BaseException) -> str:
    """An error as a line says it: its class and its message; its class alone if that fails.

    Secrets are taken out: the error may be anybody's.
    """
    try:
        return redacted(f"{type(error).__name__}: {error}")
    except Exception:  # noqa: BLE001 - its class is not ours
        return type(error).__name__


def is_interrupt(error: BaseException) -> bool:
    """Return True if the error is Ctrl-C or an exit that ends the main thread.

    On other threads nobody waits for it: it is a failure as others are.
    """
    is_main = threading.current_thread() is threading.main_thread()
    return is_main and not isinstance(error, Exception)


class QSessionError(Exception):
    """Base of every error that qsession raises on purpose."""

    def __str__(self) -> str:
        """The message as it is; Qiskit's errors would put it in quotes."""
        return Exception.__str__(self)


class InvalidMaxTimeError(QSessionError, ValueError):
    """A ``max_time`` that is not a duration or lies outside the bounds."""


class InvalidInputError(QSessionError, ValueError):
    """Something handed to qsession cannot be used; the message says what and what to do."""


class RecordError(QSessionError, ValueError):
    """A file is no record, is damaged or was changed, or is of a later release."""


class UnknownJobError(QSessionError, LookupError):
    """No job of the session has this id."""


class LedgerWarning(UserWarning):
    """The ledger cannot be used; sessions and jobs go on. Once for each kind of trouble."""


class UnreferencedSessionWarning(UserWarning):
    """An open session of IBM Quantum that nothing refers to any more: it goes on and is charged."""


class WorkerLostError(QSessionError, RuntimeError):
    """The process that ran a job ended under it: killed, out of memory, crashed. Others go on."""


class JobMemoryError(QSessionError, MemoryError):
    """A job needed more memory than there is, or than ``memory_limit`` allows."""


class JobFailedError(QSessionError, RuntimeError):
    """A job failed elsewhere, with an error that could not be brought back: its message is here."""


class IllegalMoveError(QSessionError, RuntimeError):
    """An engine reported a change of state that the lifecycle forbids: a defect of the engine."""
