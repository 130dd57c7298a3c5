"""Tells observers what changed, from a thread of its own: `Publisher`, `Published`."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable
from datetime import timedelta
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from traitlets import Bunch, HasTraits, TraitType

from qsession.clock import start_polling_thread
from qsession.errors import in_words
from qsession.forks import ForkSafeLock
from qsession.model.events import ProblemAppeared, ProblemEnded
from qsession.model.states import ProblemKind

if TYPE_CHECKING:
    from datetime import datetime

    from qsession.clock import WakeUps
    from qsession.engines.journal import Journal
    from qsession.model.job import JobRecord


_log = logging.getLogger("qsession")

SHORTEST_GAP_S = 0.05
"""Changes within this time go out together: at most twenty updates a second."""

JobsListener = Callable[[list[str]], None]
"""Called with the ids of the jobs that changed; the list is empty if only the session did."""


class Observed(Protocol):
    """The subject whose values a publisher publishes."""

    def published_values(self) -> dict[str, Any]:
        """The current value of every trait that is cheap to read and compare: all but the jobs."""
        ...

    def records(self) -> list[JobRecord]:
        """The value of the trait ``jobs``."""
        ...

    def notify_trait(self, name: str, old: object, new: object) -> None:
        """Call whoever observes a trait."""
        ...


class ObservedTraits:
    """The published traits of a session, as its publisher reads and announces them.

    Those that a class of somebody's own adds are announced by traitlets itself. The session is held
    weakly, and holds this: they are gone together.
    """

    def __init__(self, session: HasTraits) -> None:
        self._session = weakref.ref(session)

    def published_values(self) -> dict[str, Any]:
        """The value of every trait but ``jobs``."""
        session = self._session()
        traits = {} if session is None else session.traits()
        names = (name for name, trait in traits.items() if isinstance(trait, Published))
        return {name: getattr(session, name) for name in names if name != "jobs"}

    def records(self) -> list[JobRecord]:
        """The value of the trait ``jobs``."""
        records: list[JobRecord] = getattr(self._session(), "jobs", [])
        return records

    def notify_trait(self, name: str, old: object, new: object) -> None:
        """Tell the observers of a trait."""
        session = self._session()
        if session is not None:
            news = Bunch(name=name, old=old, new=new, owner=session, type="change")
            session.notify_change(news)


class _Alarm:
    """Wakes a publisher, which it holds weakly: it is known to the journal, which outlives many."""

    def __init__(self, publisher: Publisher, wake_ups: WakeUps) -> None:
        self.is_all_said = True
        """True if the publisher has no thread at work: there was nothing more to say. Guarded by
        the lock of the journal."""
        self._publisher = weakref.ref(publisher)
        self._wake_ups = wake_ups

    def put(self, item: None) -> None:
        """Have what changed be published, by a new thread if the last one has ended."""
        self._wake_ups.put(item)
        if self.is_all_said and (publisher := self._publisher()) is not None:
            publisher.go_on()


class Publisher:
    """Calls trait observers and views when a session has changed.

    Its daemon thread starts when somebody first observes, holds the session weakly, and ends once
    the session has ended and its last change is out, or when the session is gone. What becomes
    known after the end, such as the bill of a job, starts another one.
    """

    def __init__(self, owner: Observed, journal: Journal) -> None:
        self._owner = weakref.ref(owner)
        self._starting = ForkSafeLock()
        self._listeners: tuple[JobsListener, ...] = ()
        self._counts_down = False
        self._begin(journal)

    def _begin(self, journal: Journal) -> None:
        self._journal = journal
        self._wake_ups: WakeUps = SimpleQueue()
        self._alarm = _Alarm(self, self._wake_ups)
        self._was_started = False
        self._version = 0
        self._values: dict[str, Any] = {}
        self._jobs: list[JobRecord] | None = None
        """The records that observers of the trait ``jobs`` know; None as long as there is none of
        them."""
        self._failing: dict[object, str] = {}
        """The failures of the observers that failed when they were last called, the newest last."""
        weakref.finalize(self._owner(), self._wake_ups.put, None).atexit = False

    def start(self, *, counts_down: bool = False, lists_jobs: bool = False) -> None:
        """Begin to publish.

        Args:
            counts_down: Whether times that pass count as changes, once a second. Views count down
                by themselves and need no telling.
            lists_jobs: Whether somebody observes the trait ``jobs``. Views are told which jobs
                changed instead, which costs the same however many there are.
        """
        self._counts_down |= counts_down
        owner = self._owner()
        with self._starting:
            if lists_jobs and self._jobs is None and owner is not None:
                self._jobs = owner.records()
            if not self._was_started:
                # Whoever observes from now on is told of what changes from now on.
                self._take_stock()
                self._journal.subscribe(self._alarm)
                self._was_started = True
            self._wake_ups.put(None)
            self.go_on()

    def go_on(self) -> None:
        """Have a thread that publishes, unless there is one. Never blocks."""
        with self._journal.lock:
            if not self._alarm.is_all_said:
                return
            start_polling_thread(
                self.publish,
                self._wake_ups,
                self._journal.clock,
                "qsession-publisher",
                gap_s=SHORTEST_GAP_S,
            )
            self._alarm.is_all_said = False

    def add_listener(self, listener: JobsListener) -> None:
        """Call a view after each change."""
        with self._starting:
            self._listeners += (listener,)
        self.start()

    def remove_listener(self, listener: JobsListener) -> None:
        """Call it no more."""
        with self._starting:
            self._listeners = tuple(each for each in self._listeners if each != listener)

    def follow(self, journal: Journal) -> None:
        """Go on with the journal that continues this one, which has the same subscribers."""
        with self._starting:
            self._journal = journal
        if self._was_started:
            self.start()

    def begin_anew_in_child(self, journal: Journal) -> None:
        """In a forked child: go on with a thread of its own, for the same listeners.

        Args:
            journal: What it publishes there.
        """
        was_started, lists_jobs = self._was_started, self._jobs is not None
        self._begin(journal)
        if was_started:
            self.start(counts_down=self._counts_down, lists_jobs=lists_jobs)

    def publish(self) -> tuple[datetime | None, bool]:
        """Send out what has changed since the last time; only its own thread calls this.

        Returns:
            When time alone will have changed something (None: never), and whether all is said.
        """
        owner = self._owner()
        if owner is None:
            return None, True
        version, before = self._version, self._values
        touched = self._take_stock()
        jobs = self._jobs  # not before: somebody may begin to observe them at this moment
        for name, value in self._values.items():
            if value != before[name]:
                self._announce(owner, name, before[name], value)
        if touched and jobs is not None:
            self._jobs = owner.records()
            if self._jobs != jobs:
                self._announce(owner, "jobs", jobs, self._jobs)
        if self._version != version:
            for listener in self._listeners:
                self._call(listener, touched)
        with self._journal.lock:
            state, now = self._journal.state, self._journal.clock.now()
            is_settled = state.state.is_terminal and not state.pending
            is_all_said = is_settled and state.version == self._version
            self._alarm.is_all_said = is_all_said
            is_counting = not is_settled and state.remaining(now) is not None
        next_second = now + timedelta(seconds=1) if self._counts_down and is_counting else None
        return next_second, is_all_said

    def _take_stock(self) -> list[str]:
        """Remember how things stand; return the ids of the jobs that changed meanwhile."""
        owner = self._owner()
        with self._journal.lock:
            state = self._journal.state
            touched = list(state.touched)
            state.touched.clear()
            self._version = state.version
            self._values = {} if owner is None else owner.published_values()
        return touched

    def _announce(self, owner: Observed, name: str, old: object, new: object) -> None:
        """Call the observers of a trait; a failure is the session's problem until they succeed."""
        failure = self._call(owner.notify_trait, name, old, new)
        self.note_outcome(name, f"observer of {name!r}", failure)

    def note_outcome(self, observer: object, what: str, failure: BaseException | None) -> None:
        """Show or clear the failure of an observer; only this publisher's thread calls this.

        Args:
            observer: Which one.
            what: What it is, in words.
            failure: What it raised; None if it succeeded.
        """
        if failure is not None:
            words = f"An {what} failed: {in_words(failure)}"
            self._failing.pop(observer, None)  # so that it is the newest
            self._failing[observer] = words
        elif self._failing.pop(observer, None) is None:
            return
        with self._journal.lock:
            now, known = self._journal.clock.now(), self._journal.state.problems
            if not self._failing:
                self._journal.record(ProblemEnded(now, ProblemKind.OBSERVER))
                return
            words = next(reversed(self._failing.values()))
            if ProblemKind.OBSERVER not in known or known[ProblemKind.OBSERVER].error != words:
                self._journal.record(ProblemAppeared(now, words, kind=ProblemKind.OBSERVER))

    @staticmethod
    def _call(observer: Callable[..., None], *args: object) -> BaseException | None:
        try:
            observer(*args)
        except BaseException as error:  # noqa: BLE001 - see below
            # Whoever observes must not stop the session, nor what else is to be told. Nobody
            # interrupts this thread: an exit or an interrupt is the observer's own.
            _log.exception("An observer of a session failed.")
            return error
        return None


T = TypeVar("T")


class Published(TraitType[T, T]):
    """A read-only trait that is read from the source and announced by a publisher.

    An ordinary trait holds a copy, which on other threads is either late or written too often.
    This one holds nothing: reading it gives the truth at that moment, observers are told
    afterwards, a few times a second.
    """

    def __init__(self, read: Callable[[Any], T], help: str) -> None:  # noqa: A002 - traitlets' name
        super().__init__(read_only=True, help=help)
        self._read = read

    def get(self, obj: Any, cls: type[Any] | None = None) -> T:  # noqa: ARG002 - traitlets' own
        """The value at this moment."""
        return self._read(obj)
