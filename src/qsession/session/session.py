"""The live session: `Session`, with every public name it has.

What a name does is done by the part of `SessionCore` that its line refers to. A new name is a line
here that refers to its part, and an entry in ``tests/session/test_public_names.py``. What is long
here is what people read of each name in a notebook, an editor and the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self, SupportsIndex

from traitlets import All, HasTraits

from qsession.circuits.pubs import read_request
from qsession.client_errors import SessionNotFoundError
from qsession.engines.selection import locate
from qsession.model.ids import read_id
from qsession.model.session_state import SessionState
from qsession.render import export
from qsession.session import held, pictures, waiting
from qsession.session.arguments import SessionArguments
from qsession.session.core import SessionCore
from qsession.session.ibm_mode import ModeOfPrimitives
from qsession.session.job_callbacks import JobCallback
from qsession.session.one_per_name import OnePerName
from qsession.session.publisher import Published

if TYPE_CHECKING:
    import os

    from qiskit.providers import BackendV2

    from qsession.circuits.programs import Program, Programs
    from qsession.clock import Clock
    from qsession.comparing import Comparison
    from qsession.devices import Device
    from qsession.engines.base import Job, SimulationCounts
    from qsession.forecast.estimate import Estimate
    from qsession.model.bill import Bill
    from qsession.model.job import JobRecord
    from qsession.model.session_state import Mode
    from qsession.records.packing import RecordSummary
    from qsession.render.mimebundle import Forms
    from qsession.widget import SessionWidget


class Session(HasTraits, ModeOfPrimitives, metaclass=OnePerName):
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
        idle_timeout: Once opened, close it after this long without a queued or running job:
            seconds, a text or a `timedelta`. None never does.
        max_usage: Close it when its usage reaches this: seconds, a text or a `timedelta`. Queued
            jobs are cancelled then, a running one finishes. None is no budget.
        max_cost: Close it likewise when its usage has cost this much, by the price a minute. None
            is no budget.
        price_per_minute: What a minute of usage costs: a number, or a text with its currency such
            as ``"96 USD"``. None is what `configure` or the environment says. On a local backend a
            price given here tells what a QPU would cost.
        refuse_over_budget: Refuse jobs that by their forecast need more than is left of the
            instance's quota, ``max_usage``, ``max_cost`` or ``max_time``. On IBM Quantum.
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

    _mode: ClassVar[Mode] = "session"

    # --- traits: read at any moment, and observed -------------------------------------------------

    state = Published(lambda self: self._core.records.state.state.value, help="Where it stands.")
    """``not-started, open, active, inactive, closing, closed, cancelled`` or ``expired``."""

    active = Published(lambda self: self._core.active, help="Takes jobs.")
    """True until it is closed, cancelled or expired."""

    session_id = Published(lambda self: self._core.session_id, help="Its id.")
    """None until the first job runs in it; locally it is the first job's id."""

    remaining = Published(
        lambda self: self._core.records.whole_seconds(SessionState.remaining), help="Time left."
    )
    """Seconds left of ``max_time``, rounded up; None before the first job started."""

    idle_remaining = Published(
        lambda self: self._core.records.whole_seconds(SessionState.idle_remaining),
        help="Idle time left.",
    )
    """Seconds until an idle session is deactivated, rounded up; None unless it is idle."""

    usage_seconds = Published(
        lambda self: self._core.records.at_present(SessionState.total_usage_seconds), help="Usage."
    )
    """Usage as IBM counts it, in seconds: what a QPU would be paid for."""

    qpu_seconds = Published(lambda self: self._core.records.state.qpu_seconds, help="QPU time.")
    """Seconds that its jobs spent on the QPU; on a local backend, in the simulator."""

    cost = Published(lambda self: self._core.records.at_present(SessionState.cost), help="Money.")
    """About what its usage costs, by the price a minute; None if no price is set."""

    plan = Published(lambda self: _of_quota(self, "plan"), help="The plan of its instance.")
    """The plan of the instance of IBM Quantum that pays, such as ``"open"``; None if not known."""

    quota_used_seconds = Published(lambda self: _of_quota(self, "used_s"), help="Quota used.")
    """Seconds that its instance has used, as IBM Quantum last said; None if not known."""

    quota_limit_seconds = Published(lambda self: _of_quota(self, "limit_s"), help="The quota.")
    """Seconds that its instance may use; None if there is no limit, or it is not known."""

    quota_remaining_seconds = Published(
        lambda self: _of_quota(self, "remaining_s"), help="Quota left."
    )
    """Seconds left of the limit of its instance; None if there is none, or it is not known."""

    backend_status = Published(
        lambda self: self._core.records.state.backend_status, help="The backend's queue."
    )
    """The standing of the backend when it was last asked, while the session waited: pending jobs,
    message, and when that was. None if it was never asked."""

    jobs = Published(lambda self: self._core.records.all(), help="Its jobs.")
    """A `JobRecord` for each job, oldest first."""

    stale_since = Published(lambda self: self._core.records.state.stale_since, help="Stale since.")
    """Since when (UTC) the view could not be refreshed; None while it is fresh."""

    error = Published(lambda self: self._core.records.state.error, help="The last problem.")
    """The last problem in words; None once it is over."""

    def __init__(  # noqa: PLR0913 - each is an option of its own
        self,
        backend: BackendV2 | str | int | timedelta | None = None,
        max_time: int | str | timedelta | None = None,
        *,
        create_new: bool | None = None,
        name: str | None = None,
        idle_timeout: int | str | timedelta | None = None,
        max_usage: int | str | timedelta | None = None,
        max_cost: float | None = None,
        price_per_minute: float | str | None = None,
        refuse_over_budget: bool = False,
        auto_renew: bool = False,
        close_at_exit: bool = True,
        new: bool = False,
        executor: Executor | None = None,
        parallel: int = 1,
        memory_limit: int | str | None = None,
        clock: Clock | None = None,
    ) -> None:
        del new  # its class has seen to it
        arguments = SessionArguments.read(
            self._mode,
            backend,
            max_time,
            name=name,
            idle_timeout=idle_timeout,
            max_usage=max_usage,
            max_cost=max_cost,
            refuse_over_budget=refuse_over_budget,
            price_per_minute=price_per_minute,
            auto_renew=auto_renew,
            executor=executor,
            parallel=parallel,
            memory_limit=memory_limit,
        )
        self._core = SessionCore(self, arguments, clock)
        self._core.custody.closes_at_exit = close_at_exit
        super().__init__()
        for names in self.__dict__.pop("_observed_early", ()):
            self._publish(names)
        held.remember(self._core)
        if create_new:
            self._core.open()

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
        core = held.find(session_id)
        known = None if core is None else core.session()
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
        session._core.engine.attach(session_id)  # noqa: SLF001 - as above
        return session

    # --- facts ------------------------------------------------------------------------------------

    @property
    def name(self) -> str | None:
        """The word for people that it was given; None if none was.

        Another may be set. It is checked as in the constructor, and must not be that of another
        session that takes jobs.
        """
        return self._core.name

    @name.setter
    def name(self, name: str | None) -> None:
        self._core.rename(name)

    @property
    def max_time(self) -> int | None:
        """The ``max_time`` it was given, in seconds; None if none was."""
        return self._core.max_time_s

    @property
    def session_ids(self) -> list[str]:
        """The ids of all the sessions that it went through, oldest first.

        More than one only with ``auto_renew``; `session_id` is the present one's.
        """
        return self._core.records.session_ids()

    @property
    def is_paid(self) -> bool:
        """True if the time of the backend is charged: that of IBM Quantum is."""
        return self._core.engine.is_paid

    @property
    def bill(self) -> Bill:
        """Its usage, the idle share of it, what that costs, and what is left of the quota."""
        return self._core.records.snapshot().bill

    def refresh_quota(self) -> None:
        """Ask IBM Quantum what the instance may use, at most once a minute; nothing elsewhere.

        While a session is open and uses time, this happens by itself.

        Raises:
            ServiceError: If IBM Quantum could not be asked.
        """
        self._core.engine.refresh_quota()

    @property
    def simulation_counts(self) -> SimulationCounts:
        """The number of jobs by the way in which they were simulated, with reasons.

        Nothing is counted on IBM Quantum.
        """
        return self._core.engine.simulation_counts

    @property
    def programs(self) -> Programs:
        """The work that `add_program` keeps, by name, in the order in which it was added."""
        return self._core.submissions.programs

    @property
    def device(self) -> Device:
        """The known facts of its backend: qubits, couplings, gates, times, and how it is doing.

        Displayed, it is a map. IBM Quantum is asked for the status at most once a minute.
        """
        return self._core.device_reader.read()

    # --- submitting -------------------------------------------------------------------------------

    def run(  # noqa: PLR0913 - each is an option of its own
        self,
        circuits_or_pubs: object,
        *,
        shots: int | None = None,
        precision: float | None = None,
        name: str | None = None,
        options: Mapping[str, Any] | None = None,
        optimization_level: int | None = None,
    ) -> Job:
        """Submit work and return its job at once.

        Circuits are transpiled to the backend if they need it, once per circuit, level and session.

        Args:
            circuits_or_pubs: A circuit, several, a PUB, or several. Observables make it an
                estimator job, anything else a sampler job. Values of a PUB's parameters have the
                shape ``(..., parameters)``, in the order of ``circuit.parameters``; the leading
                dimensions are the points of a sweep.
            shots: Shots of each sampler PUB that names none.
            precision: Standard error that is aimed at, of each estimator PUB that names none.
            name: A word for people; otherwise the circuit's name.
            options: Options of the primitive, such as ``{"simulator": {"seed_simulator": 42}}``.
            optimization_level: How much Qiskit optimizes circuits that do not fit the backend, 0 to
                3; None is 2, its own default. Circuits that fit are left as they are.

        Returns:
            The job; its result is a `PrimitiveResult` with an entry for each PUB. The data of a
            sampler's has a `BitArray` for each classical register, of the shape of the sweep and
            with its shots; that of an estimator's the arrays ``evs`` and ``stds``, of the shape
            that the sweep and the observables broadcast to.

        Raises:
            InvalidInputError: If the work cannot be run; nothing has been submitted then.
            SessionEndedError: If the session takes no jobs.
            ServiceError: If IBM Quantum could not be told.
        """
        request = read_request(
            circuits_or_pubs,
            shots=shots,
            precision=precision,
            name=name,
            options=options,
            optimization_level=optimization_level,
        )
        return self._core.submissions.run(request)

    def run_circuits(
        self,
        circuits: object,
        *,
        name: str | None = None,
        optimization_level: int | None = None,
        **run_options: Any,
    ) -> Job:
        """Submit circuits to ``backend.run``, transpiled as in `run`.

        Args:
            circuits: A circuit or several.
            name: A word for people; otherwise the circuit's name.
            optimization_level: As in `run`.
            run_options: Options of the backend's ``run``, such as ``shots=1000``.

        Returns:
            The job; its result is a `qiskit.result.Result`.

        Raises:
            InvalidInputError: If the circuits cannot be run; nothing has been submitted then.
            SessionEndedError: If the session takes no jobs.
            ServiceError: If IBM Quantum could not be told.
        """
        return self._core.submissions.run_circuits(
            circuits, run_options, name=name, optimization_level=optimization_level
        )

    def run_program(
        self,
        name: str,
        *,
        shots: int | None = None,
        precision: float | None = None,
        parameters: Mapping[str, float] | Sequence[float] | None = None,
    ) -> Job:
        """Submit a program that `add_program` made.

        Args:
            name: Its name.
            shots: Other shots than it was given, of a sampler's.
            precision: Another precision than it was given, of an estimator's.
            parameters: Values of its circuits' parameters: by name, or all of them in the order of
                ``circuit.parameters``. Those that it was given a value need none.

        Returns:
            The job, as `run` gives it.

        Raises:
            InvalidInputError: If no program has this name, if shots, precision or parameters do
                not fit it, or if values of parameters are missing.
            SessionEndedError: If the session takes no jobs.
            ServiceError: If IBM Quantum could not be told.
        """
        return self._core.submissions.run_program(
            name, shots=shots, precision=precision, parameters=parameters
        )

    def run_again(self, job_id: str | None = None, *, shots: int | None = None) -> Job:
        """Submit the work of an earlier job once more.

        Args:
            job_id: The id of that job; None is the last one's.
            shots: Other shots than that job had.

        Returns:
            The new job.

        Raises:
            InvalidInputError: If that cannot be an id.
            UnknownJobError: If there is no such job.
            SessionEndedError: If the session takes no jobs.
            ServiceError: If IBM Quantum could not be asked or told.
        """
        return self._core.submissions.run_again(job_id, shots=shots)

    def add_program(  # noqa: PLR0913 - each is an option of its own
        self,
        work: object,
        *,
        name: str | None = None,
        shots: int | None = None,
        precision: float | None = None,
        options: Mapping[str, Any] | None = None,
        optimization_level: int | None = None,
    ) -> Program:
        """Keep work under a name, for the Run button and `run_program`.

        Circuits may lack values of their parameters: each run then gives them. A program of the
        same name is replaced.

        Args:
            work: Circuits or PUBs, as in `run`.
            name: Its name; otherwise the circuit's.
            shots: Shots of each sampler PUB that names none.
            precision: Precision of each estimator PUB that names none.
            options: Options of the primitive.
            optimization_level: As in `run`.

        Raises:
            InvalidInputError: If the work cannot be run or the name cannot be used.
        """
        return self._core.submissions.add_program(
            work,
            name=name,
            shots=shots,
            precision=precision,
            options=options,
            optimization_level=optimization_level,
        )

    # --- estimating -------------------------------------------------------------------------------

    def estimate(  # noqa: PLR0913 - each is an option of its own
        self,
        circuits_or_pubs: object,
        *,
        shots: int | None = None,
        precision: float | None = None,
        options: Mapping[str, Any] | None = None,
        optimization_level: int | None = None,
        refresh: bool = True,
    ) -> Estimate:
        """Estimate the QPU time and the cost of work before anything is sent.

        It follows IBM's formula, from the number of executions, the backend's ``rep_delay`` and
        the length of the circuits. Circuits that were not transpiled count with IBM's allowance for
        their length.

        Args:
            circuits_or_pubs: As in `run`.
            shots: As in `run`.
            precision: As in `run`.
            options: As in `run`; a ``rep_delay`` among them counts.
            optimization_level: As in `run`.
            refresh: Whether to ask what the instance may use first, at most once a minute.

        Raises:
            InvalidInputError: If that cannot be run.
        """
        request = read_request(
            circuits_or_pubs,
            shots=shots,
            precision=precision,
            options=options,
            optimization_level=optimization_level,
        )
        return self._core.estimates.refresh(asks=refresh).of_request(request)

    def estimate_program(
        self,
        name: str,
        *,
        shots: int | None = None,
        precision: float | None = None,
        refresh: bool = True,
    ) -> Estimate:
        """Estimate the QPU time and the cost of a program of `add_program`, as `estimate` does.

        Args:
            name: Its name.
            shots: Other shots than it was given, of a sampler's.
            precision: Another precision than it was given, of an estimator's.
            refresh: Whether to ask what the instance may use first, at most once a minute.

        Raises:
            InvalidInputError: If no program has this name, or shots or precision do not fit it.
        """
        estimates = self._core.estimates.refresh(asks=refresh)
        return estimates.of_program(name, shots=shots, precision=precision)

    def estimate_again(
        self, job_id: str | None = None, *, shots: int | None = None, refresh: bool = True
    ) -> Estimate:
        """Estimate the QPU time and the cost of running an earlier job once more.

        Args:
            job_id: The id of that job; None is the last one's.
            shots: Other shots than that job had.
            refresh: Whether to ask what the instance may use first, at most once a minute.

        Raises:
            UnknownJobError: If there is no such job.
            InvalidInputError: If that cannot be an id, nothing is known of what it uses, or the
                shots cannot be used.
        """
        estimates = self._core.estimates.refresh(asks=refresh)
        return estimates.of_job_again(job_id, shots=shots)

    # --- jobs -------------------------------------------------------------------------------------

    def job(self, job_id: str) -> Job:
        """The live job with this id.

        Raises:
            InvalidInputError: If that cannot be an id.
            UnknownJobError: If the session has none.
            ServiceError: If IBM Quantum could not be asked.
        """
        return self._core.submissions.job(job_id)

    def cancel_job(self, job_id: str) -> bool:
        """Cancel one job; False if it can no longer be cancelled.

        Raises:
            InvalidInputError: If that cannot be an id.
            UnknownJobError: If the session has no such job.
            ServiceError: If IBM Quantum could not be told.
        """
        return self._core.submissions.cancel_job(job_id)

    def on_job(
        self,
        callback: Callable[[JobRecord], object],
        *,
        statuses: str | Iterable[str] | None = None,
    ) -> Callable[[], None]:
        """Call ``callback`` with the record of a job whenever its status changes.

        It is called on a thread of the session's, one call at a time. Steps within 50 ms arrive as
        one: the last. If it fails, that is the session's ``error``, and it is called again with the
        next change.

        Args:
            callback: What to call.
            statuses: The statuses to tell of, such as ``"DONE"`` or ``("DONE", "ERROR")``; None is
                all of them.

        Returns:
            A function that ends it.

        Raises:
            InvalidInputError: If there is no such status.
        """
        told = JobCallback(self._core, callback, statuses)
        self._core.publisher.add_listener(told)
        return lambda: self._core.publisher.remove_listener(told)

    def wait(self, timeout: float | None = None, progress: bool = True) -> None:
        """Wait until no job of the session is queued or running.

        It can be interrupted (Ctrl-C, ■): the jobs go on, and a line says how to come back.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.
            progress: Whether to show a bar, in a notebook or a terminal.

        Raises:
            JobTimeoutError: If jobs are pending when the time is over (a ``TimeoutError``); they
                go on.
            InvalidInputError: If ``timeout`` is not a number of seconds.
        """
        waiting.wait(self._core, timeout, progress=progress)

    def __await__(self) -> Generator[Any, None, Self]:
        """Wait, without blocking the event loop, until no job is queued or running.

        ``await session`` gives the session; `asyncio.timeout` bounds it, and the jobs go on.
        """
        yield from waiting.wait_in_loop(self._core).__await__()
        return self

    # --- ending -----------------------------------------------------------------------------------

    def cancel(self, *, running: bool = False, reason: str = "cancel() was called") -> None:
        """End the session: queued jobs are cancelled, one that runs finishes.

        Args:
            running: Cancel jobs that run, too. On a local backend, one that runs in this process,
                as short ones do, ends by itself.
            reason: Why, in words that people will see.

        Raises:
            ServiceError: If IBM Quantum could not be told. It takes no jobs all the same, and is
                told again in the background.
        """
        self._core.renewal.cancel(running=running, reason=reason)

    def close(self, *, reason: str = "close() was called") -> None:
        """Take no new jobs; queued and running ones finish, then the session ends.

        Args:
            reason: Why, in words that people will see.

        Raises:
            ServiceError: As `cancel` does.
        """
        self._core.renewal.close(reason=reason)

    # --- pictures, and records for other programs -------------------------------------------------

    def observe(self, handler: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Call ``handler`` when a trait changes, as traitlets does, from another thread.

        Changes within 50 ms arrive together; times that pass are announced once a second.
        """
        names = args[0] if args else kwargs.get("names", All)
        if hasattr(self, "_core"):
            self._publish(names)
        else:
            # Of a method with `traitlets.observe`: traitlets comes before the constructor.
            self.__dict__.setdefault("_observed_early", []).append(names)
        super().observe(handler, *args, **kwargs)

    def _publish(self, names: Any) -> None:
        """Have these traits be announced."""
        lists_jobs = names is All or "jobs" in ([names] if isinstance(names, str) else names)
        self._core.publisher.start(counts_down=True, lists_jobs=lists_jobs)

    @property
    def widget(self) -> SessionWidget:
        """The live view, for composing with other widgets. Displaying the session displays it.

        There is one for a session, however often it is displayed.
        """
        return self._core.display.widget(self)

    def to_html(self, *, results: bool = False, page: bool = False) -> str:
        """The static picture: HTML without scripts, readable where no live view can be.

        Args:
            results: Whether to add what the newest jobs gave: the most frequent outcomes and the
                expectation values. Results of a service's jobs are fetched over the network.
            page: Whether to make a whole page of it, for a file of its own, instead of a piece
                without styles.
        """
        return pictures.html_of(self._core, results=results, page=page)

    def to_dicts(self) -> list[dict[str, Any]]:
        """The jobs as dicts that can be written as JSON, oldest first."""
        return export.records_as_dicts(self.jobs)

    def to_json(self) -> str:
        """The jobs as a JSON array, oldest first."""
        return export.records_as_json(self.jobs)

    def to_csv(self) -> str:
        """The jobs as a table with a head line, oldest first; safe to open in a spreadsheet."""
        return export.records_as_csv(self.jobs)

    def to_dataframe(self) -> Any:
        """The jobs as a pandas DataFrame with a row for each, oldest first.

        Raises:
            QSessionError: If pandas is not installed.
        """
        return export.records_as_dataframe(self.jobs)

    def compare(self, job: object, *others: object, shots: int = 100_000) -> Comparison:
        """Compare results with a reference: how far apart distributions and values are.

        ``session.compare(job)`` tells how far a job is from ideal: its circuits are simulated
        without noise, beside the kernel if that is not short, in no session.

        Args:
            job: A job, its id, or a result.
            others: More of them; the last one is the reference, ``"ideal"`` if there is none.
            shots: The shots of the ideal simulation.

        Raises:
            InvalidInputError: If one of them is something else, or they have nothing in common.
            UnknownJobError: If the session has no job with an id.
            Exception: If a job has no result, or the ideal simulation fails.
        """
        from qsession.comparing import compare_jobs  # noqa: PLC0415 - only who compares needs it

        sides = (job, *(others or ("ideal",)))
        return compare_jobs(self.job, *sides, names=self._core.records.of, shots=shots)

    def export(
        self,
        path: str | os.PathLike[str],
        *,
        progress: bool | Callable[[int, int], object] = True,
        overwrite: bool = False,
    ) -> RecordSummary:
        """Write a record of the session to keep and to share; `qsession.open_record` opens it.

        It is a zip file of JSON, QPY and npz, with a README: jobs, results, circuits, options,
        releases, properties of the device, times and bill. Secrets are left out. It is written job
        by job and appears when it is whole; what is there when this is interrupted is kept beside
        it, and the next call goes on from there. Of a service's jobs, inputs and results are
        fetched over the network, after a look at those that are pending.

        Args:
            path: The file, such as ``"study.zip"``. One that is a record of this session is
                replaced.
            progress: Whether to show a bar, or a function that is called with the number of jobs
                that are in it and the number of all.
            overwrite: Whether to replace whatever else is there.

        Raises:
            InvalidInputError: If no job has run yet, or something else is at the path.
            RecordError: If it is being written already, or the service does not give its jobs.
            OSError: If the file cannot be written.
        """
        from qsession.records.export import export_record  # noqa: PLC0415 - as above

        core = self._core
        return export_record(
            self,
            core.records,
            core.backend,
            path,
            catch_up=core.engine.catch_up,
            progress=progress,
            overwrite=overwrite,
        )

    def __repr__(self) -> str:
        """One line: what it is, where it runs, how it stands."""
        return pictures.line_of(self._core)

    def __str__(self) -> str:
        """Some lines: the facts, and a table of the newest jobs."""
        return pictures.text_of(self._core)

    def _repr_mimebundle_(self, **_: object) -> tuple[Forms, Forms]:
        """The live view, with the static forms for whoever cannot show it."""
        return self._core.display.forms(self)

    @property
    def _ipython_display_(self) -> Callable[[], None] | None:
        """The function that displays it where outputs must be kept up to date; else None."""
        return self._core.display.function_of(self)

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


def _of_quota(session: Session, field: str) -> Any:
    """A field of what is known of the quota of a session's instance; None if nothing is."""
    return getattr(session._core.records.state.quota, field, None)  # noqa: SLF001 - as above


def _require_mode(session_id: str, mode: str, wanted: str) -> None:
    if mode != wanted:
        raise SessionNotFoundError(
            f"{session_id} is a {mode}, not a {wanted}: use {mode.capitalize()}.from_id."
        )
