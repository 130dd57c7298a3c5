"""Traits are true whenever they are read, and observers hear of changes from a thread."""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import pytest
from traitlets import All, Int, TraitError, observe

from qsession import Session
from qsession.model.events import JobBilled
from qsession.session.registry import core_of
from tests.support.circuits import flipped
from tests.support.patience import PATIENCE_S
from tests.support.waiting import NewThreads, until

if TYPE_CHECKING:
    from traitlets import Bunch

    from qsession.testing import ManualClock
    from tests.support.gated_backend import GatedBackend


TRAITS = {
    "state", "active", "session_id", "remaining", "idle_remaining", "usage_seconds",
    "qpu_seconds", "jobs", "stale_since", "error",
    "cost",
    "plan",
    "quota_used_seconds",
    "quota_limit_seconds",
    "quota_remaining_seconds",
    "backend_status",
}  # fmt: skip


class Heard:
    """An observer that keeps what it hears."""

    def __init__(self) -> None:
        self._changes: SimpleQueue[Bunch] = SimpleQueue()
        self.threads: set[str] = set()

    def __call__(self, change: Bunch) -> None:
        self.threads.add(threading.current_thread().name)
        self._changes.put(change)

    def next(self) -> Any:
        return self._changes.get(timeout=PATIENCE_S)

    def pairs_until(self, last: object) -> list[tuple[object, object]]:
        """Every (old, new) up to the one whose new value is this."""
        pairs: list[tuple[object, object]] = []
        while not pairs or pairs[-1][1] != last:
            change = self.next()
            pairs.append((change.old, change.new))
        return pairs

    @property
    def rest(self) -> list[object]:
        """New values that nobody has looked at."""
        values: list[object] = []
        try:
            while True:
                values.append(self._changes.get_nowait().new)
        except Empty:
            return values


def test_a_session_has_the_documented_traits(make_session):
    assert set(make_session().trait_names()) == TRAITS


@pytest.mark.parametrize("trait", sorted(TRAITS))
def test_traits_are_read_only(make_session, trait: str):
    session = make_session()
    with pytest.raises(TraitError, match="read-only"):
        setattr(session, trait, 1)


def test_traits_are_true_at_once_without_an_observer(
    make_session, gated: GatedBackend, clock: ManualClock
):
    session = make_session(gated, "30m")
    assert (session.remaining, session.idle_remaining, session.usage_seconds) == (None, None, 0)
    first, second = session.run(flipped()), session.run(flipped())
    assert (session.state, session.active, session.remaining) == ("active", True, 1800)
    assert [record.status for record in session.jobs] == ["RUNNING", "QUEUED"]
    assert [record.job_id for record in session.jobs] == [first.job_id(), second.job_id()]
    clock.advance(1.5)
    assert (session.remaining, session.usage_seconds, session.qpu_seconds) == (1799, 1.5, 0)
    gated.open_gate()
    second.result(PATIENCE_S)
    assert [record.status for record in session.jobs] == ["DONE", "DONE"]
    assert (session.idle_remaining, session.qpu_seconds) == (60, 1.5)
    clock.advance(0.5)
    assert session.idle_remaining == 60  # rounded up: 0 would say that it is over
    session.close()
    assert (session.state, session.active, session.remaining) == ("closed", False, 0)
    assert (session.idle_remaining, session.usage_seconds) == (None, 2)
    clock.advance(100)
    assert session.usage_seconds == 2


def test_observers_hear_old_and_new_values_from_the_publishers_thread(
    make_session, gated: GatedBackend
):
    session = make_session(gated)
    heard = Heard()
    session.observe(heard, names="state")
    session.run(flipped())
    session.close()
    gated.open_gate()
    pairs = heard.pairs_until("closed")
    # Changes within 50 ms arrive together, so steps may be left out, but the chain has no gap.
    assert pairs[0][0] == "not-started"
    assert [old for old, _ in pairs[1:]] == [new for _, new in pairs[:-1]]
    assert heard.threads == {"qsession-publisher"}


def test_a_change_names_its_trait_and_its_session(make_session):
    session = make_session()
    heard = Heard()
    session.observe(heard, names=["active", "state"])
    session.close()
    changes = [heard.next(), heard.next()]
    assert {change.name for change in changes} == {"active", "state"}
    assert all(change.owner is session and change.type == "change" for change in changes)


def test_changes_that_come_together_are_announced_together(make_session, gated: GatedBackend):
    session = make_session(gated)
    holding = threading.Event()
    is_held = threading.Event()
    heard = Heard()

    def hold(change: Bunch) -> None:
        is_held.set()
        assert holding.wait(PATIENCE_S)

    session.observe(hold, names="session_id")
    session.observe(heard, names="jobs")
    session.run(flipped())
    assert is_held.wait(PATIENCE_S)
    for _ in range(50):
        session.run(flipped())
    holding.set()
    lengths = [len(new) for _, new in heard.pairs_until(session.jobs) if isinstance(new, list)]
    assert lengths[-1] == 51
    assert len(lengths) <= 3


@pytest.mark.parametrize("names", ["jobs", ["state", "jobs"], All])
def test_who_begins_to_observe_jobs_late_hears_of_what_is_new_since_then(
    make_session, gated: GatedBackend, names: Any
):
    session = make_session(gated)
    told: SimpleQueue[object] = SimpleQueue()
    session.observe(lambda change: told.put(change.new), names="state")
    session.run(flipped("early"))
    while told.get(timeout=PATIENCE_S) != "active":
        pass
    heard = Heard()
    session.observe(heard, names=names)
    session.run(flipped("late"))
    while (change := heard.next()).name != "jobs":
        pass
    assert [record.name for record in change.old] == ["early"]
    assert [record.name for record in change.new] == ["early", "late"]


@pytest.mark.parametrize("error", [ZeroDivisionError, SystemExit, KeyboardInterrupt])
def test_an_observer_that_fails_stops_neither_the_others_nor_the_session(
    make_session,
    gated: GatedBackend,
    caplog: pytest.LogCaptureFixture,
    error: type[BaseException],
):
    gated.open_gate()
    session = make_session(gated)
    heard = Heard()

    def fail(change: Bunch) -> None:
        raise error(change.name)

    session.observe(fail, names=["state"])
    session.observe(heard, names="jobs")
    session.run(flipped()).result(PATIENCE_S)
    while not (new := heard.next().new) or new[0].status != "DONE":
        pass
    assert session.run(flipped()).result(PATIENCE_S)
    session.close()
    assert "An observer of a session failed." in caplog.messages
    assert {record.name for record in caplog.records} == {"qsession"}


def test_time_that_passes_is_announced_once_a_second(
    make_session, gated: GatedBackend, clock: ManualClock
):
    session = make_session(gated, "5m")
    heard = Heard()
    session.observe(heard, names="remaining")
    session.run(flipped())
    assert heard.next().new == 300
    for left in (299, 298, 297):
        clock.advance(1)
        assert heard.next().new == left
    clock.advance(0.4)
    assert heard.rest == []


def test_nothing_is_announced_when_nothing_changes(make_session, clock: ManualClock):
    session = make_session()
    heard = Heard()
    session.observe(heard)
    clock.advance(1000)
    session.add_program(flipped())  # views show it, but it is in no trait
    session.close()
    assert {heard.next().name, heard.next().name} == {"state", "active"}
    assert heard.rest == []


def test_who_observes_late_hears_what_comes_after(make_session, gated: GatedBackend):
    gated.open_gate()
    session = make_session(gated)
    session.run(flipped()).result(PATIENCE_S)
    heard = Heard()
    session.observe(heard, names="active")
    session.close()
    assert heard.next().new is False


def test_who_no_longer_observes_hears_nothing(make_session):
    session = make_session()
    silent, heard = Heard(), Heard()
    session.observe(silent, names="active")
    session.unobserve(silent, names="active")
    session.observe(heard, names="active")
    session.close()
    heard.next()
    assert silent.rest == []


def test_the_publisher_ends_when_the_session_has_ended_and_all_is_said(
    make_session, gated: GatedBackend, new_threads: NewThreads
):
    session = make_session(gated)
    heard = Heard()
    session.observe(heard, names="jobs")
    running = session.run(flipped())
    session.cancel()
    assert "qsession-publisher" in new_threads.names
    gated.open_gate()
    running.result(PATIENCE_S)
    assert new_threads.left_when_done() == []
    last: Any = heard.rest[-1]
    assert last[0].status == "DONE"


def test_what_becomes_known_after_the_end_is_announced_too(
    make_session, gated: GatedBackend, new_threads: NewThreads
):
    gated.open_gate()
    session = make_session(gated)
    heard = Heard()
    job = session.run(flipped())
    job.result(PATIENCE_S)
    session.observe(heard, names="qpu_seconds")
    session.close()
    assert new_threads.left_when_done() == []
    journal = core_of(session).journal
    for billed_s in (2.5, 3.5):
        journal.record(JobBilled(journal.clock.now(), job.job_id(), billed_s))
        assert heard.next().new == billed_s
        assert new_threads.left_when_done() == []


def test_an_observer_may_use_the_session(make_session, gated: GatedBackend):
    gated.open_gate()
    session = make_session(gated)

    def submit_another(change: Bunch) -> None:
        if change.new == "active":
            session.run(flipped("from an observer"))
            session.close()

    session.observe(submit_another, names="state")
    session.run(flipped("first"))
    until(core_of(session).journal, lambda: session.state == "closed")
    assert [record.name for record in session.jobs] == ["first", "from an observer"]


# --- classes of somebody's own -------------------------------------------------------------------


class Optimization(Session):
    """A session with a trait of its own, and methods that hear of others."""

    step = Int(0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.heard = Heard()
        super().__init__(*args, **kwargs)

    @observe("state", "jobs")
    def _hear(self, change: Bunch) -> None:
        self.heard(change)


def test_a_class_of_its_own_may_observe_with_methods(make_session, gated: GatedBackend):
    session = make_session(gated, cls=Optimization)
    gated.open_gate()
    session.run(flipped()).result(PATIENCE_S)
    told: dict[str, Any] = {}
    while "jobs" not in told or told["jobs"][0].status != "DONE":
        change = session.heard.next()
        told[change.name] = change.new
    assert told["state"] == "active"


def test_its_own_traits_are_announced_once_by_traitlets_itself(make_session):
    session = make_session(cls=Optimization)
    own, published = Heard(), Heard()
    session.observe(own, names="step")
    session.observe(published, names="active")
    session.step = 1
    assert own.rest == [1]
    session.close()
    published.next()
    assert own.rest == []
    assert own.threads == {threading.current_thread().name}


def test_a_trait_that_is_added_later_leaves_the_others_published(make_session):
    session = make_session()
    heard = Heard()
    session.observe(heard, names="active")
    session.add_traits(step=Int(0))
    session.close()
    assert heard.next().new is False
