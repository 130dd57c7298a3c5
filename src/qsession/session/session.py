"""The live session: `Session`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from numbers import Number
from typing import TYPE_CHECKING, Any, Self

import qiskit_ibm_runtime

from qsession.backends import find_backend
from qsession.client_errors import SessionNotFoundError
from qsession.clock import SystemClock
from qsession.engines import engine_for
from qsession.engines.base import Journal
from qsession.errors import InvalidInputError
from qsession.ibm_client import get_cm_session, set_cm_session
from qsession.model.durations import SYSTEM_MAX_TIME_S, parse_duration, read_max_time
from qsession.model.session_state import Limits, SessionState
from qsession.pubs import read_name
from qsession.session import live
from qsession.session.working import WorkingSession

if TYPE_CHECKING:
    from types import TracebackType

    from qiskit.providers import BackendV2

    from qsession.clock import Clock


class Session(qiskit_ibm_runtime.Session, WorkingSession):
    """A time-limited window on a quantum computer or simulator that shows what goes on in it.

    It takes the place of `qiskit_ibm_runtime.Session`: IBM's primitives accept it as ``mode`` and
    in a ``with`` block. On a local backend it keeps the rules of IBM's service: one job at a time,
    in order, ``max_time`` from the start of the first job, an interactive timeout.

    Displayed in a notebook it is a live view; ``observe`` any of its traits to follow it in code::

        with Session("fake_manila", max_time="30m") as session:
            job = session.run(bell)
            print(job.result()[0].data.meas.get_counts())

    Args:
        backend: A backend, or the name of one (``"fake_manila"``); None is the Aer simulator. A
            duration in its place is a ``max_time``: the older provider's ``Session(max_time)``.
        max_time: How long the session may last from the start of its first job: seconds, a text
            such as ``"2h 30m 40s"`` or a `timedelta`; 300 s to 28800 s. None is the system's
            maximum.
        create_new: True opens it at once; otherwise its first job does.
        name: A word for people.
        clock: Where it reads the time, for tests.

    Raises:
        InvalidMaxTimeError: If ``max_time`` is not a duration or out of bounds (a ``ValueError``).
        InvalidInputError: If the backend or the name cannot be used (a ``ValueError``).
        BackendNotFoundError: If no backend has the name.
    """

    # IBM's property would come first: its class stands first, since that of traitlets calls on to
    # the next constructor, and IBM's opens a session.
    session_id = WorkingSession.session_id

    def __init__(
        self,
        backend: BackendV2 | str | int | timedelta | None = None,
        max_time: int | str | timedelta | None = None,
        *,
        create_new: bool | None = None,
        name: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        backend, max_time = _tell_apart(backend, max_time)
        self._max_time = read_max_time(max_time)
        self._backend = find_backend(backend)
        own_name = read_name(name)
        limits = Limits(max_time_s=self._max_time or SYSTEM_MAX_TIME_S)
        journal = Journal(SessionState(self._mode, limits), clock or SystemClock())
        self._engine = engine_for(self._backend, journal)
        WorkingSession.__init__(self, journal, own_name)
        self._service = self._engine.service
        self._instance = None
        self._outer: list[qiskit_ibm_runtime.Session | None] = []
        live.remember(self)
        if create_new:
            self._engine.open()

    # --- what IBM's primitives ask for ------------------------------------------------------------

    def _run(  # noqa: PLR0913, PLR0917 - IBM's signature
        self,
        program_id: str,
        inputs: dict[str, Any],
        options: dict[str, Any] | None = None,
        result_decoder: Any = None,
        calibration_id: str | None = None,
        dry_run: bool = False,
        **extra: Any,
    ) -> Any:
        """Take what IBM's primitives hand over."""
        return self._engine.run_program(
            program_id,
            inputs,
            options or {},
            result_decoder=result_decoder,
            calibration_id=calibration_id,
            dry_run=dry_run,
            **extra,
        )

    # --- ending ---------------------------------------------------------------------------------

    def cancel(self, *, reason: str = "cancel() was called") -> None:
        """End the session: queued jobs are cancelled, one that runs finishes.

        Args:
            reason: Why, in words that people will see.
        """
        self._engine.cancel(reason)

    def close(self, *, reason: str = "close() was called") -> None:
        """Take no new jobs; queued and running ones finish, then the session ends.

        Args:
            reason: Why, in words that people will see.
        """
        self._engine.close(reason)

    @contextmanager
    def as_default(self) -> Iterator[Self]:
        """Make it the default mode of IBM's primitives for a block, without closing it after."""
        outer = get_cm_session()
        set_cm_session(self)
        try:
            yield self
        finally:
            set_cm_session(outer)

    def __enter__(self) -> Self:
        """Make it the default mode of IBM's primitives until the block ends."""
        self._outer.append(get_cm_session())
        set_cm_session(self)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        """Close it and give the default mode back to an enclosing session's block."""
        set_cm_session(self._outer.pop())
        self.close(reason="its with block ended")

    # --- what IBM's session tells ---------------------------------------------------------------

    @property
    def max_time(self) -> int | None:
        """The ``max_time`` it was given, in seconds; None if none was."""
        return self._max_time

    def details(self) -> dict[str, Any] | None:
        """The session in the shape of IBM's ``details()``; None before it is opened."""
        return self._engine.details()

    def usage(self) -> float | None:
        """Usage in seconds as IBM counts it; None before it is opened."""
        return None if self.session_id is None else self.usage_seconds

    @classmethod
    def from_id(
        cls,
        session_id: str,
        service: Any,  # noqa: ARG003 - IBM's signature
        use_fractional_gates: bool = False,  # noqa: ARG003 - IBM's signature
        calibration_id: str | None = None,  # noqa: ARG003 - IBM's signature
    ) -> Session:
        """The session with this id.

        A local session is found while this process holds it.

        Args:
            session_id: Its id.
            service: The service that knows it; ``session.service`` or None for a local one.
            use_fractional_gates: Has no meaning for a local session.
            calibration_id: Has no meaning for a local session.

        Raises:
            SessionNotFoundError: If there is none, or it is of the other mode.
        """
        session = live.find(session_id)
        if session is None:
            raise SessionNotFoundError(
                f"No session {session_id!r} in this process. Local sessions live in the process "
                "that opened them."
            )
        if type(session)._mode != cls._mode:  # noqa: SLF001 - our own class
            raise SessionNotFoundError(
                f"{session_id} is a {session._mode}: use {type(session).__name__}.from_id."  # noqa: SLF001
            )
        return session


def _tell_apart(backend: Any, max_time: Any) -> tuple[Any, Any]:
    """Read the first argument, which may be a ``max_time`` in a backend's place."""
    is_max_time = isinstance(backend, Number | timedelta) or (
        isinstance(backend, str) and parse_duration(backend) is not None
    )
    if not is_max_time:
        return backend, max_time
    if max_time is not None:
        raise InvalidInputError(
            f"Two max_times were given: {backend!r} in the backend's place and "
            f"max_time={max_time!r}."
        )
    return None, backend
