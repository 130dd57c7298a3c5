"""The live session: `Session`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from numbers import Number
from typing import TYPE_CHECKING, Any, Self

import qiskit_ibm_runtime

from qsession.backends import find_backend
from qsession.client_errors import SessionNotFoundError
from qsession.clock import SystemClock
from qsession.engines import engine_class_for, locate
from qsession.engines.base import Journal
from qsession.errors import InvalidInputError
from qsession.ibm_client import get_cm_session, set_cm_session
from qsession.inputs import read_name
from qsession.model.durations import parse_duration, read_max_time
from qsession.model.session_state import SessionState
from qsession.session import live
from qsession.session.working import WorkingSession

if TYPE_CHECKING:
    from types import TracebackType

    from qiskit.providers import BackendV2

    from qsession.clock import Clock
    from qsession.widget import SessionWidget


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
        self._backend = find_backend(backend)
        engine_class = engine_class_for(self._backend)
        self._max_time = read_max_time(max_time, maximum_s=engine_class.longest_max_time_s)
        own_name = read_name(name)
        state = SessionState(self._mode, engine_class.limits(self._max_time))
        journal = Journal(state, clock or SystemClock())
        self._engine = engine_class(self._backend, journal)
        WorkingSession.__init__(self, journal, own_name)
        self._service = self._engine.service
        self._instance = None
        self._widget: SessionWidget | None = None
        self._widget_lock = threading.Lock()
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

    # --- the live view --------------------------------------------------------------------------

    @property
    def widget(self) -> SessionWidget:
        """The live view, for composing with other widgets. Displaying the session displays it.

        There is one for a session, however often it is displayed.
        """
        from qsession.widget import SessionWidget  # noqa: PLC0415 - scripts need no widgets

        with self._widget_lock:
            if self._widget is None:
                self._widget = SessionWidget(self)
                self._publisher.add_listener(self._widget.push)
            return self._widget

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """The live view, with the static forms for whoever cannot show it."""
        bundle = {"text/plain": repr(self), "text/html": self.to_html()}
        if _has_kernel():
            live_view = self.widget._repr_mimebundle_()
            data = live_view[0] if isinstance(live_view, tuple) else live_view
            bundle = {**(data or {}), **bundle}
        return bundle

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
        details = self.details()
        return None if details is None else details["usage_time"]

    @classmethod
    def from_id(
        cls,
        session_id: str,
        service: Any,
        use_fractional_gates: bool = False,
        calibration_id: str | None = None,
    ) -> Session:
        """The session with this id, open or ended, with all its jobs.

        A local session is found while this process holds it, one of IBM Quantum wherever it was
        opened. The active instance of the service stays as it is.

        Args:
            session_id: Its id.
            service: The service that knows it; ``session.service`` or None for a local one.
            use_fractional_gates: Whether its backend allows fractional gates.
            calibration_id: The calibration of its backend.

        Raises:
            SessionNotFoundError: If there is none, or it is of the other mode.
            ServiceError: If the service could not be asked.
        """
        held = live.find(session_id)
        if held is not None:
            _require_mode(session_id, type(held)._mode, cls._mode)  # noqa: SLF001 - our own class
            return held
        found = locate(
            session_id,
            service,
            use_fractional_gates=use_fractional_gates,
            calibration_id=calibration_id,
        )
        if found is None:
            raise SessionNotFoundError(
                f"No session {session_id!r} in this process. Local sessions live in the process "
                "that opened them."
            )
        _require_mode(session_id, found.mode, cls._mode)
        session = cls(found.backend, create_new=False)
        session._engine.attach(session_id)
        return session


def _require_mode(session_id: str, mode: str, wanted: str) -> None:
    if mode != wanted:
        raise SessionNotFoundError(
            f"{session_id} is a {mode}, not a {wanted}: use {mode.capitalize()}.from_id."
        )


def _has_kernel() -> bool:
    """Whether this runs in a Jupyter kernel, where a live view has a page to live on."""
    try:
        from IPython.core.getipython import get_ipython  # noqa: PLC0415 - scripts need no IPython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None


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
