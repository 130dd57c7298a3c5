"""The line of time in ``qsession watch``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from qsession import Session
from qsession.cli.timeline import timeline
from qsession.model.job import JobRecord
from qsession.model.states import JobStatus
from qsession.session.registry import core_of
from qsession.testing import ManualClock

if TYPE_CHECKING:
    from qsession.model.snapshot import SessionSnapshot


@pytest.fixture
def snapshot() -> SessionSnapshot:
    """A session that was opened ten seconds ago."""
    clock = ManualClock()
    session = Session("aer_simulator", create_new=True, clock=clock)
    clock.advance(10)
    found = core_of(session).records.snapshot()
    session.close()
    return found


def job(
    opened: datetime, created_s: float, started_s: float | None, finished_s: float | None
) -> JobRecord:
    def at(seconds: float | None) -> datetime | None:
        return None if seconds is None else opened + timedelta(seconds=seconds)

    status = JobStatus.RUNNING if finished_s is None else JobStatus.DONE
    created = opened + timedelta(seconds=created_s)
    return JobRecord("id", None, "sampler", status, created, at(started_s), at(finished_s))


def cells(snapshot: SessionSnapshot, *jobs: JobRecord, width: int = 10) -> str:
    return timeline(snapshot, jobs, width).plain.partition("\n")[0]


def test_each_character_is_a_stretch_of_time(snapshot: SessionSnapshot):
    opened = snapshot.opened
    assert opened is not None
    assert cells(snapshot) == "─" * 10
    assert cells(snapshot, job(opened, 0, 2, 4.5)) == "▒▒███─────"
    assert cells(snapshot, job(opened, 5, 8, None)) == "─────▒▒▒██"
    assert cells(snapshot, job(opened, 9.5, None, None)) == "─────────▒"


def test_what_runs_hides_what_waits_and_a_short_job_is_still_seen(snapshot: SessionSnapshot):
    opened = snapshot.opened
    assert opened is not None
    both = job(opened, 0, 0, 5.5), job(opened, 0, 6, 6.001)
    assert cells(snapshot, *both) == "███████───"


def test_the_ends_are_told_in_times_of_the_clock(snapshot: SessionSnapshot):
    below = timeline(snapshot, [], 60).plain.partition("\n")[2]
    assert snapshot.opened is not None
    assert below.startswith(f"{snapshot.opened.astimezone():%H:%M:%S}")
    assert below.endswith(f"{snapshot.now.astimezone():%H:%M:%S}")
    assert "running" in below


def test_there_is_none_before_the_session_is_opened():
    session = Session("aer_simulator")
    assert timeline(core_of(session).records.snapshot(), [], 40).plain == ""
