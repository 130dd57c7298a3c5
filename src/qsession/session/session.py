"""The live session: `Session`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn, Self, SupportsIndex

import qiskit_ibm_runtime

from qsession.circuits.backends import find_backend
from qsession.circuits.checks import read_name
from qsession.client_errors import SessionNotFoundError
from qsession.clock import SystemClock
from qsession.compat.ibm import get_cm_session, set_cm_session
from qsession.engines.base import Journal
from qsession.engines.selection import engine_class_for, locate
from qsession.errors import InvalidInputError
from qsession.forks import begins_anew_in_child
from qsession.ledger import SessionFacts, write_down
from qsession.model.durations import read_max_time
from qsession.model.ids import read_id
from qsession.model.session_state import SessionState
from qsession.session import held
from qsession.session.arguments import differing_spans, read_running, split_backend_and_max_time
from qsession.session.display import DisplayedSession
from qsession.session.guards import Guards
from qsession.session.one_per_name import OnePerName

if TYPE_CHECKING:
    from types import TracebackType

    from qiskit.providers import BackendV2

    from qsession.clock import Clock


class _AcceptedByPrimitives(qiskit_ibm_runtime.Session):
    """The base that IBM's primitives accept as ``mode``, without opening IBM's session."""

    def __init__(self) -> None:
        pass  # IBM's would open one


class Session(DisplayedSession, _AcceptedByPrimitives, metaclass=OnePerName):
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
        name: A word for people. While a session of this name takes jobs, constructing another
            gives the same one, so that running a cell again leaves one session.
        idle_timeout: Close it when, once opened, it has had no job that is queued or runs for so
            long: seconds, a text or a `timedelta`. None never does.
        max_usage: Close it when its usage has reached this: seconds, a text or a `timedelta`. Jobs
            that are queued then are cancelled, one that runs finishes. None is no budget.
        auto_renew: Continue in a new session, opened by the next job, when ``max_time`` has run
            out. `session_ids` has the ids of all; ``jobs`` and usage go on.
        close_at_exit: Close it when the interpreter exits; its jobs go on to their end.
        new: Close the live session of the same name, and make another.
        executor: Where the jobs of a local backend run: any `concurrent.futures.Executor`. None
            runs short ones in this process and the others in a worker process beside it. Whoever
            made an executor shuts it down.
        parallel: How many jobs of a local `Batch` may run at once. A session runs one at a time.
        memory_limit: What a job in the worker process may take: bytes, or a text such as ``"4GB"``
            (Linux). A job that needs more fails with a `JobMemoryError`; the others go on.
        clock: Where it reads the time, for tests.

    Raises:
        InvalidMaxTimeError: If ``max_time`` is not a duration or out of bounds (a ``ValueError``).
        InvalidInputError: If the backend or the name cannot be used (a ``ValueError``).
        BackendNotFoundError: If no backend has the name.
    """

    def __init__(  # noqa: PLR0913 - each is an option of its own
        self,
        backend: BackendV2 | str | int | timedelta | None = None,
        max_time: int | str | timedelta | None = None,
        *,
        create_new: bool | None = None,
        name: str | None = None,
        idle_timeout: int | str | timedelta | None = None,
        max_usage: int | str | timedelta | None = None,
        auto_renew: bool = False,
        close_at_exit: bool = True,
        new: bool = False,
        executor: Executor | None = None,
        parallel: int = 1,
        memory_limit: int | str | None = None,
        clock: Clock | None = None,
    ) -> None:
        del new  # its class has seen to it
        backend, max_time = split_backend_and_max_time(backend, max_time)
        found = find_backend(backend)
        engine_class = engine_class_for(found)
        self._max_time = read_max_time(max_time, maximum_s=engine_class.longest_max_time_s)
        own_name = read_name(name)
        guards = Guards.read(idle_timeout=idle_timeout, max_usage=max_usage, auto_renew=auto_renew)
        state = SessionState(self._mode, engine_class.limits(self._max_time))
        journal = Journal(state, clock or SystemClock())
        running = read_running(
            self._mode, executor=executor, parallel=parallel, memory_limit=memory_limit
        )
        self._engine = engine_class(found, journal, running)
        self._backend = self._engine.backend
        self._facts = SessionFacts(
            kind="ibm" if engine_class.outlives_process else "local",
            backend=self._backend.name,
            mode=self._mode,
            name=own_name,
            instance=self._engine.instance,
            max_time_s=self._max_time,
        )
        write_down(journal, self._facts)
        DisplayedSession.__init__(self, journal, own_name, guards)
        self._service = self._engine.service
        self._instance = None
        self._outer: list[qiskit_ibm_runtime.Session | None] = []
        held.remember(self)
        begins_anew_in_child(self, is_owner=True)
        self._custody.closes_at_exit = close_at_exit
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
        self._prepare_for_job()
        return self._hand_over(
            lambda: self._engine.run_program(
                program_id,
                inputs,
                options or {},
                result_decoder=result_decoder,
                calibration_id=calibration_id,
                dry_run=dry_run,
                **extra,
            )
        )

    @property
    def _active(self) -> bool:
        """The attribute of IBM's class that says `active`; others read it."""
        return self._journal.state.state.accepts_jobs

    @property
    def _session_id(self) -> str | None:
        """The attribute of IBM's class that holds `session_id`; others read it."""
        return self._journal.state.session_id

    # --- copies -----------------------------------------------------------------------------------

    def __copy__(self) -> Self:
        """A copy of a session is the session: there is one window on the computer."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Likewise: trainers copy primitives, and the session with them."""
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Refuse to be pickled.

        Raises:
            TypeError: Always.
        """
        raise TypeError(
            f"{self!r} cannot be pickled: it lives in its process. In another one, "
            "attach(session_id) goes on with a session of IBM Quantum."
        )

    # --- ending ---------------------------------------------------------------------------------

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

    def differences(self, arguments: Mapping[str, Any]) -> list[str]:
        """Describe in words each argument of a constructor that differs from this session.

        Raises:
            InvalidInputError: If it was given another backend, or something that cannot be used.
        """
        backend, _ = split_backend_and_max_time(arguments.get("backend"), arguments.get("max_time"))
        own = self._backend.name
        if backend not in (None, own) and find_backend(backend).name != own:
            raise InvalidInputError(
                f"The live session {self.name!r} runs on {own}. Choose another name, or close it "
                "with new=True."
            )
        here = {"max_time": self._max_time, **self._guards.as_arguments()}
        longest_s = self._engine.longest_max_time_s
        return differing_spans(arguments, here, longest_max_time_s=longest_s)

    def begin_anew_in_child(self) -> None:
        """In a forked child: what is over there is known no more."""
        super().begin_anew_in_child()
        if not self.active:
            held.forget(self)

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

        One of IBM Quantum is found wherever it was opened. A local session is found while this
        process holds it, and afterwards in the ledger: it has ended then, jobs that are done have
        their results, and jobs that its process did not finish are marked as lost. The active
        instance of the service stays as it is.

        Args:
            session_id: Its id.
            service: The service that knows it; ``session.service`` or None for a local one.
            use_fractional_gates: Whether its backend allows fractional gates.
            calibration_id: The calibration of its backend.

        Raises:
            InvalidInputError: If that cannot be an id.
            SessionNotFoundError: If there is none, or it is of the other mode.
            ServiceError: If the service could not be asked.
        """
        session_id = read_id("session_id", session_id)
        known = held.find(session_id)
        if isinstance(known, Session):
            _require_mode(session_id, known._mode, cls._mode)  # noqa: SLF001 - our own class
            return known
        found = locate(
            session_id,
            service,
            use_fractional_gates=use_fractional_gates,
            calibration_id=calibration_id,
        )
        if found is None:
            raise SessionNotFoundError(
                f"No session {session_id!r} in this process or in the ledger of its user."
            )
        _require_mode(session_id, found.mode, cls._mode)
        session = cls.unshared(
            found.backend, found.max_time_s, name=found.name, close_at_exit=False
        )
        session._engine.attach(session_id)  # noqa: SLF001 - as above
        return session


def _require_mode(session_id: str, mode: str, wanted: str) -> None:
    if mode != wanted:
        raise SessionNotFoundError(
            f"{session_id} is a {mode}, not a {wanted}: use {mode.capitalize()}.from_id."
        )
