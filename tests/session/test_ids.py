"""Ids are checked where they come in: what cannot be one is no trouble of the ledger."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from qsession import InvalidInputError, LedgerWarning, Session, UnknownJobError, attach
from qsession.ledger import ledger_of_process
from qsession.ledger.ledger import Ledger
from qsession.ledger.reading import find_sessions
from tests.support.circuits import flipped

WRONG = [2**200, "\ud800", "", ["a"], {"a": 1}, b"a", 1.5, True, "x" * 10_000_000]


@pytest.fixture
def session(make_session) -> Session:
    made: Session = make_session()
    made.run(flipped(), shots=1)
    return made


@pytest.mark.parametrize("job_id", WRONG, ids=lambda value: f"{value!r:.20}")
def test_what_cannot_be_the_id_of_a_job_is_refused(session: Session, job_id: Any):
    uses = (session.run_again, session.job, session.cancel_job, session.estimate_again)
    for use in uses:
        with pytest.raises(InvalidInputError, match=r"job_id=.* cannot be an id") as caught:
            use(job_id)
        assert len(str(caught.value)) < 300
    assert len(session.jobs) == 1


def test_before_any_job_there_is_no_last_one(make_session):
    for use in (make_session().run_again, make_session().estimate_again):
        with pytest.raises(UnknownJobError, match="Nothing ran in this session yet"):
            use()


@pytest.mark.parametrize("session_id", [*WRONG, None], ids=lambda value: f"{value!r:.20}")
def test_what_cannot_be_the_id_of_a_session_is_refused(session: Session, session_id: Any):
    with pytest.raises(InvalidInputError, match=r"session_id_or_name=.* cannot be an id"):
        attach(session_id)
    with pytest.raises(InvalidInputError, match=r"session_id=.* cannot be an id"):
        Session.from_id(session_id, None)


def test_it_costs_no_warning_and_the_ledger_goes_on(
    session: Session, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("qsession.ledger.failures._warned_of", set())
    ledger = ledger_of_process()
    assert ledger is not None
    with warnings.catch_warnings():
        warnings.simplefilter("error", LedgerWarning)
        wrong: Any
        for wrong in (2**200, "\ud800"):
            for use in (session.run_again, attach):
                with pytest.raises(InvalidInputError):
                    use(wrong)
    assert not ledger.is_in_trouble


def test_that_of_a_session_without_a_job_is_on_disk_before_anybody_has_it(
    make_session, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Ledger, "start", lambda ledger: None)  # nobody writes it later
    session_id = make_session(create_new=True).session_id
    ledger = ledger_of_process()
    assert ledger is not None
    found = ledger.read(lambda file: find_sessions(file, session_id))
    assert found is not None
    assert [entry.session_id for entry in found] == [session_id]
