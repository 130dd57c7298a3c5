"""The observable side of a session, in code and on the screen: `ObservedSession`."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from itertools import dropwhile, islice
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from traitlets import All, Bunch, HasTraits

from qsession.circuits.programs import Programs
from qsession.errors import UnknownJobError, in_words
from qsession.model.session_state import SessionState
from qsession.model.snapshot import SessionSnapshot
from qsession.model.states import JobStatus
from qsession.render import export, html, text
from qsession.render.results import ResultSummary
from qsession.session.publisher import Published, Publisher

if TYPE_CHECKING:
    from datetime import datetime

    from qiskit.providers import BackendV2

    from qsession.engines.base import Engine, Journal, SimulationCounts
    from qsession.model.job import JobRecord
    from qsession.model.session_state import Mode

T = TypeVar("T")


class ObservedTraits:
    """The traits of a session, as its publisher reads and announces them.

    The session holds it, and it holds the session weakly: they are gone together.
    """

    def __init__(self, session: ObservedSession) -> None:
        self._session = weakref.ref(session)

    def published_values(self) -> dict[str, Any]:
        """The value of every trait but ``jobs``."""
        session = self._session()
        names = [] if session is None else session.trait_names()
        return {name: getattr(session, name) for name in names if name != "jobs"}

    def records(self) -> list[JobRecord]:
        """The value of the trait ``jobs``."""
        session = self._session()
        return [] if session is None else session.records()

    def notify_trait(self, name: str, old: object, new: object) -> None:
        """Tell the observers of a trait."""
        session = self._session()
        if session is not None:
            news = Bunch(name=name, old=old, new=new, owner=session, type="change")
            session.notify_change(news)


class ObservedSession(HasTraits):
    """The traits of a session and its static pictures: text and HTML."""

    _mode: ClassVar[Mode] = "session"
    _backend: BackendV2
    _engine: Engine
    _max_time: int | None

    state = Published(lambda self: self._journal.state.state.value, help="Where it stands.")
    """``not-started, open, active, inactive, closing, closed, cancelled`` or ``expired``."""

    active = Published(lambda self: self._journal.state.state.accepts_jobs, help="Takes jobs.")
    """True until it is closed, cancelled or expired."""

    session_id = Published(lambda self: self._journal.state.session_id, help="Its id.")
    """None until the first job runs in it; locally it is the first job's id."""

    remaining = Published(lambda self: self._whole(SessionState.remaining), help="Time left.")
    """Seconds left of ``max_time``, rounded up; None before the first job started."""

    idle_remaining = Published(
        lambda self: self._whole(SessionState.idle_remaining), help="Idle time left."
    )
    """Seconds until an idle session is deactivated, rounded up; None unless it is idle."""

    usage_seconds = Published(
        lambda self: self._read(SessionState.total_usage_seconds), help="Usage."
    )
    """Usage as IBM counts it, in seconds: what a QPU would be paid for."""

    qpu_seconds = Published(lambda self: self._journal.state.qpu_seconds, help="QPU time.")
    """Seconds that its jobs spent on the QPU; on a local backend, in the simulator."""

    jobs = Published(lambda self: self.records(), help="Its jobs.")
    """A `JobRecord` for each job, oldest first."""

    stale_since = Published(lambda self: self._journal.state.stale_since, help="Stale since.")
    """Since when the view could not be refreshed; None while it is fresh."""

    error = Published(lambda self: self._journal.state.error, help="The last problem.")
    """The last problem in words; None once it is over."""

    def __init__(self, journal: Journal, name: str | None) -> None:
        super().__init__()
        self.name = name
        self.programs = Programs()
        self._journal = journal
        self._observed_traits = ObservedTraits(self)
        self._publisher = Publisher(self._observed_traits, journal)

    def records(self, job_ids: list[str] | None = None) -> list[JobRecord]:
        """The records of these jobs, of all of them if none are named."""
        with self._journal.lock:
            jobs = self._journal.state.jobs
            return list(jobs.values()) if job_ids is None else [jobs[job_id] for job_id in job_ids]

    def newest_records(self, most: int) -> list[JobRecord]:
        """The records of the newest jobs, oldest first."""
        with self._journal.lock:
            newest = list(islice(reversed(self._journal.state.jobs.values()), most))
        return newest[::-1]

    def records_before(self, job_id: str, most: int) -> list[JobRecord]:
        """The records of the jobs that are next older than one, oldest first.

        Raises:
            UnknownJobError: If the session has no such job.
        """
        with self._journal.lock:
            jobs = self._journal.state.jobs
            if job_id not in jobs:
                raise UnknownJobError(f"No job {job_id!r} in this session.")
            older = dropwhile(lambda record: record.job_id != job_id, reversed(jobs.values()))
            return list(islice(older, 1, most + 1))[::-1]

    def snapshot(self) -> SessionSnapshot:
        """The session at this moment, for a view."""
        with self._journal.lock:
            return SessionSnapshot.of(
                self._journal.state,
                self._journal.clock.now(),
                name=self.name,
                backend=self._backend.name,
                max_time_s=self._max_time,
                programs=self.programs.labels,
                can_cancel_running=self._engine.can_cancel_running,
                is_paid=self._engine.is_paid,
            )

    @property
    def is_paid(self) -> bool:
        """True if the time of the backend is charged: that of IBM Quantum is."""
        return self._engine.is_paid

    @property
    def simulation_counts(self) -> SimulationCounts:
        """The number of jobs by the way in which they were simulated, with reasons.

        Nothing is counted on IBM Quantum.
        """
        return self._engine.simulation_counts

    # --- observing ------------------------------------------------------------------------------

    def observe(self, handler: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Call ``handler`` when a trait changes, as traitlets does, from another thread.

        Changes within 50 ms arrive together; times that pass are announced once a second.
        """
        names = args[0] if args else kwargs.get("names", All)
        lists_jobs = names is All or "jobs" in ([names] if isinstance(names, str) else names)
        self._publisher.start(counts_down=True, lists_jobs=lists_jobs)
        super().observe(handler, *args, **kwargs)

    def note_outcome(self, observer: object, what: str, failure: BaseException | None) -> None:
        """Show or clear the failure of an observer, for its publisher's thread."""
        self._publisher.note_outcome(observer, what, failure)

    # --- pictures -------------------------------------------------------------------------------

    def to_html(self, *, results: bool = False, page: bool = False) -> str:
        """The static picture: HTML without scripts, readable where no live view can be.

        Args:
            results: Whether to add what the newest jobs gave: the most frequent outcomes and the
                expectation values. Results of a service's jobs are fetched over the network.
            page: Whether to make a whole page of it, for a file of its own, instead of a piece
                without styles.
        """
        summaries = self._summaries(self.records()) if results else {}
        newest = self.newest_records(html.NEWEST_JOBS)
        picture = html.session_html(self.snapshot(), newest, summaries)
        return html.page(picture, self.name or self._backend.name) if page else picture

    def _summaries(self, records: list[JobRecord]) -> dict[str, str]:
        """Return HTML summaries of the newest jobs' results, by job id."""
        done = [record.job_id for record in records if record.status is JobStatus.DONE]
        summaries: dict[str, str] = {}
        for job_id in done[::-1][: html.MOST_RESULTS]:
            try:
                job = self._engine.job(job_id)
                summary = ResultSummary.of(job.result()) if job is not None else None
            except Exception as error:  # noqa: BLE001 - one result less, for whatever reason
                summaries[job_id] = html.paragraph(in_words(error))
            else:
                summaries[job_id] = "" if summary is None else summary._repr_html_()
        return summaries

    # --- records for other programs ---------------------------------------------------------------

    def to_dicts(self) -> list[dict[str, Any]]:
        """The jobs as dicts that can be written as JSON, oldest first."""
        return export.records_as_dicts(self.records())

    def to_json(self) -> str:
        """The jobs as a JSON array, oldest first."""
        return export.records_as_json(self.records())

    def to_csv(self) -> str:
        """The jobs as a table with a head line, oldest first; safe to open in a spreadsheet."""
        return export.records_as_csv(self.records())

    def to_dataframe(self) -> Any:
        """The jobs as a pandas DataFrame, oldest first.

        Raises:
            QSessionError: If pandas is not installed.
        """
        return export.records_as_dataframe(self.records())

    def __repr__(self) -> str:
        """One line: what it is, where it runs, how it stands."""
        return text.session_line(self.snapshot())

    def __str__(self) -> str:
        """Some lines: the facts, and a table of the newest jobs."""
        return text.session_text(self.snapshot(), self.records())

    # --- reading the truth ----------------------------------------------------------------------

    def _read(self, read: Callable[[SessionState, datetime], T]) -> T:
        with self._journal.lock:
            return read(self._journal.state, self._journal.clock.now())

    def _whole(self, read: Callable[[SessionState, datetime], float | None]) -> int | None:
        seconds = self._read(read)
        return None if seconds is None else math.ceil(seconds)
