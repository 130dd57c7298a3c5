"""Any life of a session, told event by event, against a simple model of it."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from qsession.errors import IllegalMoveError
from qsession.model.events import Event
from qsession.model.session_state import Limits, SessionState
from qsession.model.states import JobStatus, State
from tests.unit.story import at, finished, moved, opened, queued, started

MAX_TIME_S = 300
ENDS = ("closed", "cancelled", "expired")


class Life(RuleBasedStateMachine):
    """Moves a session as engines do, second by second; the model is what is in this class."""

    def __init__(self) -> None:
        super().__init__()
        self.session = SessionState(limits=Limits(max_time_s=MAX_TIME_S))
        self.second = 0
        self.events = self.least_events = 0
        self.where = "not-started"
        self.jobs: list[str] = []  # the status of each
        self.usage = 0
        self.active_for: int | None = None  # seconds since the first job started
        self.idle_for: int | None = None
        self.is_held = False  # whether it has the backend, which is what usage counts
        self.least_remaining = float(MAX_TIME_S)

    def tell(self, event: Event) -> None:
        note(str(event))
        self.events += 1
        self.session.apply(event)

    def move(self, to: str) -> None:
        self.tell(moved(self.second, State(to)))
        self.where = to
        self.is_held = to == "active" or self.runs or (to == "closing" and self.is_held)

    def first(self, status: str) -> str:
        return str(self.jobs.index(status))

    def set_job(self, job_id: str, status: str) -> None:
        self.jobs[int(job_id)] = status
        self.is_held = self.runs or (self.is_held and self.where not in ENDS)
        if not self.pending:
            self.idle_for = 0

    @property
    def runs(self) -> bool:
        return "RUNNING" in self.jobs

    @property
    def pending(self) -> int:
        return self.jobs.count("QUEUED") + self.jobs.count("RUNNING")

    @property
    def is_old(self) -> bool:
        """Whether it has lived enough to be ended: most short lives are alike."""
        return self.events > self.least_events

    # --- what happens -----------------------------------------------------------------------------

    @initialize(least_events=st.integers(0, 20))
    def it_begins(self, least_events: int) -> None:
        self.least_events = least_events

    @rule(seconds=st.integers(1, 100))
    def time_passes(self, seconds: int) -> None:
        self.second += seconds
        if self.is_held:
            self.usage += seconds
        if self.active_for is not None:
            self.active_for += seconds
        if self.idle_for is not None:
            self.idle_for += seconds

    @precondition(lambda self: self.where == "not-started")
    @rule()
    def it_is_opened(self) -> None:
        self.tell(opened(self.second))
        self.where = "open"

    @precondition(lambda self: self.where in ("open", "active", "inactive"))
    @rule()
    def a_job_comes(self) -> None:
        self.tell(queued(self.second, str(len(self.jobs))))
        self.jobs.append("QUEUED")

    @precondition(
        lambda self: (
            self.where in ("open", "active", "inactive", "closing")
            and "QUEUED" in self.jobs
            and not self.runs
        )
    )
    @rule()
    def the_next_job_starts(self) -> None:
        if self.where in ("open", "inactive"):
            self.move("active")
        job_id = self.first("QUEUED")
        self.tell(started(self.second, job_id))
        self.set_job(job_id, "RUNNING")
        if self.active_for is None:
            self.active_for = 0

    @precondition(lambda self: self.runs)
    @rule(status=st.sampled_from(["DONE", "ERROR", "CANCELLED"]))
    def the_running_job_ends(self, status: str) -> None:
        job_id = self.first("RUNNING")
        self.tell(finished(self.second, job_id, JobStatus(status), qpu_seconds=0.5))
        self.set_job(job_id, status)
        self.end_if_drained()

    @precondition(lambda self: "QUEUED" in self.jobs and self.where not in ENDS)
    @rule()
    def a_queued_job_is_cancelled(self) -> None:
        job_id = self.first("QUEUED")
        self.tell(finished(self.second, job_id, JobStatus.CANCELLED))
        self.set_job(job_id, "CANCELLED")
        self.end_if_drained()

    def end_if_drained(self) -> None:
        if self.where == "closing" and not self.pending:
            self.move("closed")

    @precondition(lambda self: self.where == "active" and not self.pending)
    @rule()
    def nothing_comes(self) -> None:
        self.move("inactive")

    @precondition(
        lambda self: self.where in ("not-started", "open", "active", "inactive") and self.is_old
    )
    @rule()
    def it_is_closed(self) -> None:
        self.move("closing" if self.pending else "closed")

    @precondition(lambda self: self.where not in ENDS and self.is_old)
    @rule()
    def it_is_cancelled(self) -> None:
        self.move("cancelled")
        self.drop_queued_jobs()

    @precondition(
        lambda self: (
            self.where not in ENDS and self.active_for is not None and self.active_for >= MAX_TIME_S
        )
    )
    @rule()
    def it_expires(self) -> None:
        self.move("expired")
        self.drop_queued_jobs()

    def drop_queued_jobs(self) -> None:
        while "QUEUED" in self.jobs:
            job_id = self.first("QUEUED")
            self.tell(finished(self.second, job_id, JobStatus.CANCELLED))
            self.set_job(job_id, "CANCELLED")

    @precondition(lambda self: self.where in ENDS)
    @rule(to=st.sampled_from(State))
    def nothing_follows_the_end(self, to: State) -> None:
        before = deepcopy(self.session)
        with pytest.raises(IllegalMoveError):
            self.session.apply(moved(self.second, to))
        with pytest.raises(IllegalMoveError):
            self.session.apply(opened(self.second, "another"))
        assert self.session == before

    # --- what holds at any moment -----------------------------------------------------------------

    @invariant()
    def it_stands_where_the_model_does(self) -> None:
        assert self.session.state == self.where
        assert (self.session.ended is not None) == (self.where in ENDS)

    @invariant()
    def jobs_are_counted(self) -> None:
        assert +self.session.counts == Counter(self.jobs)
        assert self.session.counts.total() == len(self.session.jobs)
        assert self.session.pending == self.pending
        assert [job.status for job in self.session.jobs.values()] == self.jobs

    @invariant()
    def usage_is_the_time_it_was_held(self) -> None:
        # That of the model only grows.
        assert self.session.usage_seconds(at(self.second)) == self.usage
        assert self.session.usage_runs == self.is_held

    @invariant()
    def a_batch_counts_the_time_of_its_jobs(self) -> None:
        batch = deepcopy(self.session)
        batch.mode = "batch"
        ran = sum(job.run_seconds is not None for job in batch.jobs.values())
        assert batch.usage_seconds(at(self.second)) == 0.5 * ran

    @invariant()
    def remaining_never_grows(self) -> None:
        remaining = self.session.remaining(at(self.second))
        if self.active_for is None:
            assert remaining is None
            return
        assert remaining is not None
        assert 0 <= remaining <= self.least_remaining
        self.least_remaining = remaining
        expected = 0 if self.where in ENDS else max(MAX_TIME_S - self.active_for, 0)
        assert remaining == expected

    @invariant()
    def it_idles_while_it_is_held_for_nothing(self) -> None:
        left = self.session.idle_remaining(at(self.second))
        if self.where != "active" or self.pending:
            assert left is None
        else:
            assert self.idle_for is not None
            assert left == max(60 - self.idle_for, 0)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=200, stateful_step_count=50)
