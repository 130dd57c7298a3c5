"""Expectation values are kept with the job that gave them, whichever way it came."""

from __future__ import annotations

import pytest
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime import EstimatorV2
from qiskit_ibm_runtime.executor_estimator import Estimator

from qsession import Session
from qsession.engines.jobs import note_result
from qsession.engines.journal import Journal
from qsession.model.session_state import SessionState
from qsession.testing import ManualClock
from tests.support.circuits import bell, fitted, rotation
from tests.support.patience import PATIENCE_S


def test_the_values_of_run_are_there_with_the_result():
    with Session() as session:
        session.run((rotation(), ["Z", "X"], [0.0]), precision=0.1).result(PATIENCE_S)
        first, _ = session.jobs[0].values
        assert first.value == pytest.approx(1, abs=0.2)


@pytest.mark.filterwarnings("ignore:The EstimatorV2 class is deprecated:DeprecationWarning")
@pytest.mark.parametrize("primitive", [EstimatorV2, Estimator])
def test_so_are_those_of_ibms_primitives(primitive: type):
    with Session("fake_manila") as session:
        circuit = fitted(rotation(), session._backend)
        observable = SparsePauliOp("Z").apply_layout(circuit.layout)
        job = primitive(mode=session).run([(circuit, observable, [0.0])], precision=0.1)
        value = float(job.result()[0].data.evs)
        assert [each.value for each in session.jobs[0].values] == [value]


def test_other_jobs_have_none():
    with Session() as session:
        session.run(bell(), shots=10).result(PATIENCE_S)
        assert session.jobs[0].values == ()


def test_the_result_of_a_job_that_is_not_known_changes_nothing(clock: ManualClock):
    journal = Journal(SessionState(), clock)
    note_result(journal, "unknown", object())
    assert journal.state.version == 0
