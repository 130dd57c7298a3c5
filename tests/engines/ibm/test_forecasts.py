"""What jobs are expected to use, beside what the service says and charges."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from qiskit_ibm_runtime import SamplerV2

from qsession import ServiceError, Session, UsageLimitError
from qsession.forecast.executions import length_of
from qsession.model.bill import Budget, Quota
from qsession.model.events import QuotaObserved
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.cloud import faults
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.engines.ibm.looking import look
from tests.support.circuits import flipped, rotation

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit_ibm_runtime import IBMBackend

pytestmark = pytest.mark.usefixtures("by_hand")

Make = Callable[..., Session]


def test_a_job_is_forecast_by_ibms_formula(
    make_session: Make, manual: ServiceState, backend: IBMBackend, circuit: QuantumCircuit
):
    session = make_session()
    session.run(circuit, shots=10_000)
    length_s = length_of(circuit, backend.target)
    assert length_s is not None
    expected = 2 + 10_000 * (250e-6 + length_s)
    assert session.jobs[0].forecast_s == pytest.approx(expected)


def test_an_estimator_job_is_forecast_with_all_that_it_runs(
    make_session: Make, manual: ServiceState, server: Server
):
    """Its program says how often each of its circuits runs, for mitigation too."""
    session = make_session()
    session.run((rotation(), "Z", [0.5]), precision=0.1)
    (program,) = [entry.body["params"] for entry in server.log.matching("POST /jobs")]
    shots, items = program["quantum_program"]["shots"], program["quantum_program"]["items"]
    sizes = [1 if not item["shape"] else item["shape"][0] for item in items]
    assert len(items) == 2
    least_s = 2 + shots * sum(sizes) * 250e-6
    assert least_s < (session.jobs[0].forecast_s or 0) < 1.1 * least_s


def test_the_users_own_primitives_are_forecast_too(
    make_session: Make, manual: ServiceState, circuit: QuantumCircuit
):
    session = make_session()
    SamplerV2(mode=session).run([circuit], shots=1000)
    assert session.jobs[0].forecast_s == pytest.approx(2.25, abs=0.01)


def test_the_services_estimate_and_the_bill_stand_beside_it(
    make_session: Make, manual: ServiceState, clock: ManualClock
):
    session = make_session()
    session.run(flipped(), shots=4000)
    look(session)
    manual.start_next_job()
    clock.advance(5)
    job = manual.finish_job(qpu_seconds=2.5)
    look(session)
    record = session.jobs[0]
    assert record.forecast_s == pytest.approx(3.0, abs=0.05)
    assert record.service_forecast_s == 2.0  # as the server says of every job
    assert record.qpu_seconds == job.qpu_seconds == 2.5
    assert not record.is_qpu_estimated


def test_what_does_not_fit_is_refused_before_anything_is_sent(
    make_session: Make, manual: ServiceState, server: Server, clock: ManualClock
):
    session = make_session()
    state = core_of(session).journal.state
    state.budget = Budget(refuses_unfitting=True)
    left = Quota(clock.now(), 596.5, 600, 3.5, instance="premium-instance")
    core_of(session).journal.record(QuotaObserved(clock.now(), left))
    server.log.clear()
    with pytest.raises(
        UsageLimitError,
        match=r"not submitted: about 4\.\d s of QPU time are needed, and 3\.5 s are left of the "
        "quota of premium-instance",
    ):
        session.run(flipped(), shots=10_000)
    assert server.log.count("POST") == 0
    session.run(flipped(), shots=1000)
    assert server.log.count("POST /jobs") == 1


def test_it_is_submitted_where_nobody_asked_for_that(
    make_session: Make, manual: ServiceState, clock: ManualClock
):
    session = make_session()
    core_of(session).journal.record(QuotaObserved(clock.now(), Quota(clock.now(), 600, 600, 0.0)))
    session.run(flipped(), shots=10_000)
    assert len(session.jobs) == 1


def test_a_forecast_that_fails_costs_no_job(
    make_session: Make, manual: ServiceState, monkeypatch: pytest.MonkeyPatch
):
    def fail(*args: object) -> None:
        raise ZeroDivisionError

    for name in ("forecast_of_inputs", "mean_length_of"):
        monkeypatch.setattr(f"qsession.engines.ibm.forecasting.{name}", fail)
    session = make_session()
    session.run(flipped())
    assert session.jobs[0].forecast_s is None


# --- the quota, because somebody wants to know ----------------------------------------------------


def test_the_quota_is_known_before_the_session_is_opened(
    make_session: Make, manual: ServiceState, server: Server, clock: ManualClock
):
    manual.premium.usage_limit, manual.premium.usage_before = 600, 60.0
    session = make_session()
    server.log.clear()
    session.refresh_quota()
    quota = core_of(session).records.snapshot().quota
    assert quota == Quota(clock.now(), 60, 600, 540, False, "premium-instance", "premium")
    session.refresh_quota()
    assert server.log.lines() == ["GET /instances/usage"]
    clock.advance(60)
    session.refresh_quota()
    assert server.log.count() == 2
    assert session.session_id is None


def test_a_quota_that_cannot_be_had_is_told_to_whoever_asked_and_not_asked_for_again_at_once(
    make_session: Make, manual: ServiceState, server: Server, clock: ManualClock
):
    session = make_session()
    server.faults.add("GET /instances/usage", faults.refuse(403))
    with pytest.raises(ServiceError, match="Could not look up the usage of the instance"):
        session.refresh_quota()
    server.log.clear()
    session.refresh_quota()
    assert server.log.lines() == []
