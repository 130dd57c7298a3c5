"""The errors of qsession that stand without IBM's client.

Each is also the built-in class that people already catch::

    QSessionError
    ├── InvalidMaxTimeError     (ValueError)    a max_time that is no duration, or out of bounds
    ├── InvalidInputError       (ValueError)    a name, circuit, PUB, number of shots, …
    ├── UnknownJobError         (LookupError)   a job id that the session does not know
    ├── IllegalMoveError        (RuntimeError)  a change of state that the lifecycle forbids
    ├── SessionEndedError       (IBMRuntimeError, RuntimeError)    ┐
    ├── SessionNotFoundError    (IBMInputValueError, ValueError)   │ in `qsession.client_errors`:
    ├── SessionNotAllowedError  (IBMRuntimeError)                  │
    ├── UsageLimitError         (IBMRuntimeError)                  │
    ├── ServiceError            (IBMRuntimeError)                  │
    ├── BackendNotFoundError    (QiskitBackendNotFoundError)       │ they are IBM's classes too
    ├── JobCancelledError       (RuntimeInvalidStateError)         │
    └── JobTimeoutError         (RuntimeJobTimeoutError, TimeoutError) ┘

All of them can be imported from `qsession`.
"""

from __future__ import annotations


def shown(value: object) -> str:
    """A value as a message names it: as Python writes it, cut if that is long."""
    longest = 80
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - Python refuses an int of 5000 digits, other classes err
        return f"<{type(value).__name__}>"
    return text if len(text) <= longest else f"{type(value).__name__} {text[:longest]}…"


class QSessionError(Exception):
    """Base of every error that qsession raises on purpose."""

    def __str__(self) -> str:
        """The message as it is; Qiskit's errors would put it in quotes."""
        return Exception.__str__(self)


class InvalidMaxTimeError(QSessionError, ValueError):
    """A ``max_time`` that is not a duration or lies outside the bounds."""


class InvalidInputError(QSessionError, ValueError):
    """Something handed to qsession cannot be used; the message says what and what to do."""


class UnknownJobError(QSessionError, LookupError):
    """No job of the session has this id."""


class IllegalMoveError(QSessionError, RuntimeError):
    """An engine reported a change of state that the lifecycle forbids: a defect of the engine."""
