"""What can be seen of a session, in code and on the screen: `ObservedSession`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from traitlets import Bunch, HasTraits

from qsession import html, text
from qsession.model.session_state import SessionState
from qsession.model.snapshot import SessionSnapshot
from qsession.programs import Programs
from qsession.session.publisher import Publisher
from qsession.session.traits import Published

if TYPE_CHECKING:
    from datetime import datetime

    from qiskit.providers import BackendV2

    from qsession.engines.base import Engine, Journal
    from qsession.model.records import JobRecord
    from qsession.model.session_state import Mode

T = TypeVar("T")


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

    usage_seconds = Published(lambda self: self._read(SessionState.usage_seconds), help="Usage.")
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
        self._publisher = Publisher(self, journal)

    def records(self, job_ids: list[str] | None = None) -> list[JobRecord]:
        """The records of these jobs, of all of them if none are named."""
        with self._journal.lock:
            jobs = self._journal.state.jobs
            return list(jobs.values()) if job_ids is None else [jobs[job_id] for job_id in job_ids]

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
            )

    # --- observing ------------------------------------------------------------------------------

    def observe(self, handler: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Call ``handler`` when a trait changes, as traitlets does, from another thread.

        Changes within 50 ms arrive together; times that pass are announced once a second.
        """
        self._publisher.start(counts_down=True)
        super().observe(handler, *args, **kwargs)

    def published_values(self) -> dict[str, Any]:
        """The value of every trait, for the publisher."""
        with self._journal.lock:
            return {name: getattr(self, name) for name in self.trait_names()}

    def notify_trait(self, name: str, old: object, new: object) -> None:
        """Tell the observers of a trait, for the publisher."""
        self.notify_change(Bunch(name=name, old=old, new=new, owner=self, type="change"))

    # --- pictures -------------------------------------------------------------------------------

    def to_html(self) -> str:
        """The static picture: a piece of HTML without scripts or styles of its own."""
        return html.session_html(self.snapshot(), self.records())

    def __repr__(self) -> str:
        """One line: what it is, where it runs, how it stands."""
        return text.session_line(self.snapshot())

    # --- reading the truth ----------------------------------------------------------------------

    def _read(self, read: Callable[[SessionState, datetime], T]) -> T:
        with self._journal.lock:
            return read(self._journal.state, self._journal.clock.now())

    def _whole(self, read: Callable[[SessionState, datetime], float | None]) -> int | None:
        seconds = self._read(read)
        return None if seconds is None else math.ceil(seconds)
