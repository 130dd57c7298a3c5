"""Expectation values of jobs on IBM Quantum: known once somebody fetched the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from qsession import Session
from qsession.render.job_details import circuit_details, parameter_details
from qsession.session.registry import core_of
from qsession.widget.details import details_of
from tests.engines.ibm.looking import look
from tests.support.circuits import rotation

if TYPE_CHECKING:
    from tests.cloud.service_state import ServiceState

pytestmark = pytest.mark.usefixtures("by_hand")

Make = Callable[..., Session]


def estimated(make_session: Make, manual: ServiceState) -> tuple[Session, str]:
    session = make_session("10m")
    job_id = session.run((rotation(), "Z", [0.0]), precision=0.1).job_id()
    manual.run_next_job()
    look(session)
    return session, job_id


def test_the_values_are_kept_when_the_users_program_fetches_the_result(
    make_session: Make, manual: ServiceState
):
    session, job_id = estimated(make_session, manual)
    assert session.jobs[0].values == ()
    value = float(session.job(job_id).result()[0].data.evs)
    assert [each.value for each in session.jobs[0].values] == [value]
    look(session)
    assert [each.value for each in session.jobs[0].values] == [value]


def test_the_values_are_kept_when_the_details_are_opened(make_session: Make, manual: ServiceState):
    session, job_id = estimated(make_session, manual)
    details = details_of(session, core_of(session).records, job_id)
    assert details["problem"] is None
    (part,) = details["result"]["parts"]
    assert [each.value for each in session.jobs[0].values] == [part["values"][0][0]]
    assert details["code"][-1] == f'QiskitRuntimeService().job("{job_id}").result()'


def test_what_a_job_of_the_service_ran_is_told(make_session: Make, manual: ServiceState):
    session, job_id = estimated(make_session, manual)
    inputs = session.job(job_id).inputs
    details = details_of(session, core_of(session).records, job_id)
    assert (details["circuits"], details["circuit_count"]) == circuit_details(inputs)
    # The estimator prepares on this side: besides the user's circuit it may run its own.
    assert details["circuit_count"] >= 1
    assert (details["parameters"], details["parameter_count"]) == parameter_details(inputs)


def test_its_time_is_paid_for(make_session: Make):
    assert make_session("10m").is_paid
    assert not Session().is_paid
