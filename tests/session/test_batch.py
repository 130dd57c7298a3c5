"""A batch is a session whose usage is the QPU time of its jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsession import Batch
from tests.support.circuits import flipped
from tests.support.inside import snapshot_of
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from qsession.testing import ManualClock
    from tests.support.gated_backend import GatedBackend


def test_its_usage_is_the_time_of_its_jobs(make_session, gated: GatedBackend, clock: ManualClock):
    batch, session = make_session(gated, cls=Batch), make_session(gated)
    for each in (batch, session):
        before = len(gated.seeds)
        job = each.run(flipped())
        gated.wait_for_runs(before + 1)
        clock.advance(3)
        gated.let_through()
        job.result(PATIENCE_S)
    clock.advance(7)
    assert (batch.usage(), batch.usage_seconds, batch.qpu_seconds) == (3, 3, 3)
    # Of a session it is the time that the backend is held: 3 s at work and 7 s waiting.
    assert (session.usage(), session.qpu_seconds) == (10, 3)


def test_it_says_what_it_is(make_session):
    batch = make_session("fake_manila", "30m", cls=Batch, name="mine")
    assert repr(batch) == "<Batch 'mine' on fake_manila: Not started, max_time 30m, no jobs>"
    with batch:
        job = batch.run(flipped())
    assert batch.details()["mode"] == "batch"
    assert batch.session_id == job.job_id()
    assert snapshot_of(batch).mode == "batch"
