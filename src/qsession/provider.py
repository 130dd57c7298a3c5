"""The older provider's way in: `get_backend` and `SessionBackend`."""

# ruff: noqa: SLF001 - IBM's primitives hand their work over by private names

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import qiskit_ibm_runtime
from qiskit.providers import BackendV2, Options

from qsession.circuits.backends import find_backend, gives_counts
from qsession.circuits.checks import read_circuits, read_name, read_run_options
from qsession.circuits.transpile import TranspileCache
from qsession.clock import SystemClock
from qsession.compat.ibm import QiskitRuntimeLocalService, is_ibm_backend
from qsession.engines.journal import Journal
from qsession.engines.local.target_cache import with_kept_target
from qsession.engines.selection import engine_class_for
from qsession.forks import ForkSafeLock
from qsession.model.session_state import Limits, SessionState
from qsession.session import Session
from qsession.session.one_per_name import close_replaced

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from qiskit.transpiler import Target

    from qsession.engines.base import Engine, Job


def get_backend(name: str | BackendV2 | None = None) -> SessionBackend:
    """A backend with the session methods of the older provider.

    Args:
        name: A local backend's name (``"aer_simulator"``, ``"fake_manila"``) or a backend to wrap;
            None is the Aer simulator.

    Raises:
        BackendNotFoundError: If no backend has this name.
        InvalidInputError: If it is neither a name nor a backend.
    """
    return SessionBackend(find_backend(name))


class SessionBackend(BackendV2):
    """Any backend, with ``open_session``, ``session``, ``cancel_session`` and ``close_session``.

    Everything else is the wrapped backend's own::

        backend = get_backend("aer_simulator")
        with backend.open_session() as session:
            job = backend.run(circuit)
            assert job.job_id() == session.session_id

    IBM's primitives take it as ``mode``: their jobs are in the session too, or run alone where
    there is none.
    """

    def __init__(self, wrapped: BackendV2) -> None:
        super().__init__(
            provider=wrapped.provider,
            name=wrapped.name,
            description=wrapped.description,
            online_date=wrapped.online_date,
            backend_version=wrapped.backend_version,
        )
        self._wrapped = wrapped
        self._seen = with_kept_target(wrapped)
        self._session: Session | None = None
        self._jobs_alone: Engine | None = None
        self._starting_alone = ForkSafeLock()
        self._transpiled = TranspileCache(self._seen)
        self._local_service = _LocalServiceOfBackend(self._service_of_the_moment)

    @property
    def wrapped_backend(self) -> BackendV2:
        """The backend that does the work."""
        return self._wrapped

    @property
    def session(self) -> Session | None:
        """The session that `run` submits to: the last one opened, None before and after.

        Leaving a session's ``with`` block keeps it here, ended, until it is replaced, cancelled or
        closed, so that a ``run`` behind the block fails instead of running elsewhere.
        """
        return self._session

    def open_session(
        self, max_time: int | str | timedelta | None = None, **options: Any
    ) -> Session:
        """Start a session; an earlier one that is still open is closed.

        Args:
            max_time: As in `Session`.
            options: Whatever else `Session` takes by keyword, such as ``idle_timeout="10m"``. With
                a ``name``, its live session goes on.

        Raises:
            InvalidMaxTimeError: If ``max_time`` cannot be used; the earlier session goes on then.
            InvalidInputError: If another option cannot be used; likewise.
        """
        session = Session(self._wrapped, max_time, **options)
        earlier, self._session = self._session, session
        if earlier is not None and earlier is not session:
            close_replaced(earlier, f"replaced by a new session on {self.name}")
        return session

    def cancel_session(self) -> None:
        """Cancel the session: its queued jobs are cancelled, the running one finishes.

        Raises:
            ServiceError: If IBM Quantum could not be told. The session is kept, so that this can be
                called again; it takes no jobs.
        """
        if (session := self._session) is not None:
            session.cancel()
            self._forget(session)

    def close_session(self) -> None:
        """Close the session: its jobs finish, no new ones are taken.

        Raises:
            ServiceError: As in `cancel_session`.
        """
        if (session := self._session) is not None:
            session.close()
            self._forget(session)

    def _forget(self, ended: Session) -> None:
        if self._session is ended:  # else another thread has opened one meanwhile
            self._session = None

    def run(self, circuits: Any, *, name: str | None = None, **run_options: Any) -> Job:
        """Run circuits, in the session if there is one.

        Circuits are transpiled to the backend if they need it, once per circuit and session.

        Args:
            circuits: A circuit or several.
            name: A word for people.
            run_options: ``shots`` and whatever else the wrapped backend's ``run`` takes.

        Returns:
            A job whose result is a `qiskit.result.Result`.

        Raises:
            InvalidInputError: If the circuits cannot be run.
            SessionEndedError: If the session has ended (a ``RuntimeError``).
        """
        if (session := self._session) is not None:
            return session.run_circuits(circuits, name=name, **run_options)
        own_name, options = read_name(name), read_run_options(run_options)
        checked = read_circuits(circuits, must_measure=gives_counts(self._wrapped))
        engine = self._engine_alone()
        engine.read_target()
        fitting = [self._transpiled.fit_for_run(circuit) for circuit in checked]
        return engine.run_circuits(fitting, options, own_name, mode=self._wrapped)

    def _engine_alone(self) -> Engine:
        """Return the engine that runs jobs outside of any session, made on first use."""
        with self._starting_alone:
            if self._jobs_alone is None:
                endless = Limits(max_time_s=None, interactive_timeout_s=None)
                journal = Journal(SessionState("job", endless), SystemClock())
                self._jobs_alone = engine_class_for(self._wrapped)(self._wrapped, journal)
            return self._jobs_alone

    # --- what IBM's primitives ask of their mode ----------------------------------------------

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """Also a session of IBM's, for ``isinstance``: the class of a mode of IBM's primitives.

        For any other backend they make a local service of their own, which knows no session. To
        inherit instead would hide methods of the wrapped backend, such as ``status``.
        """
        return _BackendAndMode

    @property
    def service(self) -> Any:
        """The service of the wrapped backend's account; a local one runs jobs in the session."""
        return self._wrapped.service if is_ibm_backend(self._wrapped) else self._local_service

    def _service_of_the_moment(self) -> Any:
        """The local service of the session, or of the jobs that run alone."""
        session = self._session
        return (self._engine_alone() if session is None else session).service

    @property
    def _backend(self) -> BackendV2:
        """The backend as primitives are to see it."""
        return self._engine_alone().backend

    def _run(
        self,
        program_id: str,
        inputs: dict[str, Any],
        options: dict[str, Any] | None = None,
        **extra: Any,
    ) -> Any:
        """Take what IBM's primitives hand over."""
        if (session := self._session) is not None:
            return session._run(program_id, inputs, options, **extra)
        return self._engine_alone().run_program_alone(program_id, inputs, options or {}, **extra)

    # --- the wrapped backend ------------------------------------------------------------------

    @property
    def target(self) -> Target:
        """The wrapped backend's target."""
        return self._seen.target

    @property
    def options(self) -> Options:
        """The wrapped backend's options."""
        return self._wrapped.options

    def set_options(self, **fields: Any) -> None:
        """Set options of the wrapped backend."""
        self._wrapped.set_options(**fields)

    @property
    def max_circuits(self) -> int | None:
        """The largest number of circuits that a job may have; None for any number."""
        most: int | None = self._wrapped.max_circuits
        return most

    @classmethod
    def _default_options(cls) -> Options:
        # The base class asks for them when it is constructed; `options` gives the wrapped ones.
        return Options()

    def __copy__(self) -> Self:
        """A copy is the same: its session is."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Likewise: IBM's local mode copies the backend that it is given for each job."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the wrapped backend; a session stays with its process."""
        return SessionBackend, (self._wrapped,)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the wrapped backend's."""
        if name == "_wrapped":  # asked for before it is set, when copied or unpickled
            raise AttributeError(name)
        return getattr(self._wrapped, name)

    def __repr__(self) -> str:
        """The wrapped backend's, and the session."""
        session = f", {self._session!r}" if self._session is not None else ""
        return f"<SessionBackend {self._wrapped.name}{session}>"


class _BackendAndMode(SessionBackend, qiskit_ibm_runtime.Session):
    """The class that a `SessionBackend` says it is of; there are no objects of it."""


class _LocalServiceOfBackend(QiskitRuntimeLocalService):
    """IBM's local service for a `SessionBackend`: jobs run in its session of the moment."""

    def __init__(self, service_of_the_moment: Callable[[], QiskitRuntimeLocalService]) -> None:
        self._service = service_of_the_moment

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A copy of a primitive hands its jobs to the same backend."""
        return self

    def _run(self, *args: Any, **named: Any) -> Any:
        return self._service()._run(*args, **named)

    def _run_executor(self, *args: Any, **named: Any) -> Any:
        return self._service()._run_executor(*args, **named)
