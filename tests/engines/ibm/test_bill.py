"""A session of IBM Quantum with quota, price and queue: its view says what the server has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from qsession import InvalidInputError, Session, configure
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from qsession.widget.encoding import encode_head, encode_row
from qsession.widget.wire import ROW_FIELDS
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.engines.ibm.looking import WATCHING, look_for
from tests.support.circuits import bell, flipped
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("by_hand")

Make = Callable[..., Session]


def head_of(session: Session) -> dict[str, Any]:
    """What the page is told of the session."""
    return encode_head(core_of(session).records.snapshot(), clicks_wait=False)


def rows_of(session: Session) -> list[dict[str, Any]]:
    """What the page is told of its jobs."""
    return [dict(zip(ROW_FIELDS, encode_row(each), strict=True)) for each in session.jobs]


def ms(time: datetime | None) -> int | None:
    return None if time is None else round(time.timestamp() * 1000)


@pytest.fixture
def priced(make_session: Make, manual: ServiceState, server: Server, clock: ManualClock) -> Session:
    """A session at 96 dollars a minute, behind seven jobs of others, with ten minutes of quota."""
    manual.premium.usage_limit, manual.premium.usage_before = 600, 120.0
    device = manual.devices["ibm_manila"]
    device.others_in_queue, device.message = 7, "All is well."
    session = make_session(price_per_minute=96, max_cost=480)
    server.log.clear()
    return session


def test_every_number_in_the_view_is_the_servers(
    priced: Session, manual: ServiceState, clock: ManualClock
):
    priced.run(flipped(), shots=1000)
    priced.run(flipped(), shots=4000)
    look_for(priced, clock, 61)
    device, cloud = manual.devices["ibm_manila"], next(iter(manual.timeline.sessions.values()))
    status = device.status_view(len(manual.timeline.queue("ibm_manila")))
    queue, quota = head_of(priced)["queue"], head_of(priced)["quota"]
    assert (queue["pending_jobs"], queue["message"]) == (status["length_queue"], status["message"])
    assert quota == {
        "used_s": int(manual.usage(manual.premium)),
        "limit_s": manual.premium.usage_limit,
        "remaining_s": 480,
        "is_used_up": False,
        "instance": manual.premium.name,
        "plan": manual.premium.plan,
        "asked_ms": quota["asked_ms"],
    }

    for qpu_seconds in (2.25, 3.5):
        manual.start_next_job()
        look_for(priced, clock, 10)
        manual.finish_job(qpu_seconds=qpu_seconds)
        look_for(priced, clock, 5)
    look_for(priced, clock, 120)  # deactivated, and all bills and times are known
    head, rows = head_of(priced), rows_of(priced)
    jobs = list(manual.timeline.jobs.values())
    assert head["queue"] is None
    assert head["usage_s"] == manual.elapsed(cloud)
    assert head["qpu_s"] == sum(job.qpu_seconds for job in jobs)
    assert head["quota"]["used_s"] == int(manual.usage(manual.premium))
    assert head["quota"]["remaining_s"] == 600 - head["quota"]["used_s"]
    for row, job in zip(rows, jobs, strict=True):
        assert (row["started_ms"], row["finished_ms"]) == (ms(job.started), ms(job.finished))
        assert row["qpu_s"] == job.qpu_seconds
        assert row["service_forecast_s"] == 2.0
        assert not row["are_times_estimated"]
        assert not row["is_qpu_estimated"]
    assert (head["price"], head["budget"]["max_cost"]) == (
        {"per_minute": 96, "currency": "USD"},
        480,
    )


def test_traits_and_bill_tell_the_same(priced: Session, manual: ServiceState, clock: ManualClock):
    priced.run(flipped())
    manual.start_next_job()
    clock.advance(30)
    manual.finish_job(qpu_seconds=10)
    look_for(priced, clock, 180)
    assert priced.plan == "premium"
    assert (priced.quota_used_seconds, priced.quota_limit_seconds) == (210, 600)
    assert priced.quota_remaining_seconds == 390
    assert priced.usage_seconds == 90  # half a minute, and a minute of idle time
    assert priced.cost == pytest.approx(144)
    bill = priced.bill
    assert bill.cost == pytest.approx(144)
    assert bill.idle_cost == pytest.approx(128)
    assert bill.cost_of(priced.jobs[0]) == pytest.approx(16)
    assert str(bill) == (
        "about $144.00, idle $128.00; 6m 30s left of the 10m quota of premium-instance "
        "(premium plan)"
    )


def test_its_requests_stay_within_the_budget(
    priced: Session, manual: ServiceState, server: Server, clock: ManualClock
):
    """Two a look, one a minute, and one for each finished job, at most two a second."""
    for _ in range(12):
        priced.run(flipped())
    server.log.clear()
    looks = look_for(priced, clock, 150)
    for _ in range(12):
        manual.start_next_job()
        clock.advance(2)
        manual.finish_job()
    looks += look_for(priced, clock, 150)
    watching, metrics = server.log.count(WATCHING), server.log.count("metrics$")
    others = server.log.count() - watching - metrics
    assert watching <= 2 * looks
    assert others <= 6  # in five minutes
    assert metrics == 12
    seconds = [entry.time.timestamp() for entry in server.log.matching("metrics$")]
    assert max(sum(at <= each < at + 1 for each in seconds) for at in seconds) <= 2


def test_max_cost_closes_it(priced: Session, manual: ServiceState, clock: ManualClock):
    """At 96 dollars a minute, 480 are five minutes."""
    guard = core_of(priced).guard
    assert guard is not None
    priced.run(flipped())
    manual.start_next_job()
    clock.advance(300)
    manual.finish_job()
    look_for(priced, clock, 1)
    guard.look()  # unless its own thread is at it
    (cloud,) = manual.timeline.sessions.values()
    until(core_of(priced).journal, lambda: not cloud.accepting_jobs)
    look_for(priced, clock, 15)  # the service says that it is closed
    assert "its max_cost of $480.00 was used up" in str(priced)


def test_a_price_for_all_sessions_holds_for_those_that_are_paid(
    make_session: Make, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("QSESSION_PRICE_PER_MINUTE", "96")
    try:
        configure(price_per_minute=48, currency="EUR")
        assert make_session().bill.price == make_session(price_per_minute="48 EUR").bill.price
        assert Session("aer_simulator").cost is None
    finally:
        configure()
    assert make_session().cost == 0


def test_without_a_price_there_is_no_max_cost(make_session: Make):
    with pytest.raises(InvalidInputError, match="max_cost=5 needs a price"):
        make_session(max_cost=5)


def test_an_estimate_tells_what_is_left_before_anything_is_sent(priced: Session, server: Server):
    estimate = priced.estimate(bell(), shots=7000)
    assert server.log.lines("POST /(sessions|jobs)") == []
    assert estimate.qpu_s == pytest.approx(2 + 7000 * 350e-6)  # not transpiled yet
    assert estimate.cost == pytest.approx(estimate.qpu_s / 60 * 96)
    assert [each.of for each in estimate.left] == [
        "its max_cost",
        "the quota of premium-instance",
    ]
    assert str(estimate).startswith("about 4.5 s of QPU time (7,000 executions; circuits are not")
    priced.estimate(bell(), shots=7000)
    assert server.log.count("GET /instances/usage") == 1
