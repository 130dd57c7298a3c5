"""``from_id`` finds the sessions that the process holds."""

from __future__ import annotations

import pytest

from qsession import Batch, InvalidInputError, Session, SessionNotFoundError
from qsession.session import registry
from tests.support.circuits import flipped
from tests.support.waiting import until_dropped


def test_a_session_is_found_by_its_id(make_session):
    session = make_session()
    session_id = session.run(flipped()).job_id()
    assert Session.from_id(session_id, session.service) is session
    assert Session.from_id(session_id, None, use_fractional_gates=True) is session
    assert Session.from_id(session_id=session_id, service=None, calibration_id="x") is session


def test_an_ended_session_is_found_too(make_session):
    session = make_session(create_new=True)
    session.close()
    assert Session.from_id(session.session_id, None) is session


def test_an_unknown_id_is_refused(make_session):
    make_session()
    with pytest.raises(SessionNotFoundError, match="in this process"):
        Session.from_id("elsewhere", None)
    with pytest.raises(InvalidInputError, match="session_id=None cannot be an id"):
        Session.from_id(None, None)  # type: ignore[arg-type]


def test_the_mode_must_fit(make_session):
    session = make_session(create_new=True)
    batch = make_session(cls=Batch, create_new=True)
    assert Batch.from_id(batch.session_id, None) is batch
    with pytest.raises(SessionNotFoundError, match=r"is a batch, .* use Batch\.from_id"):
        Session.from_id(batch.session_id, None)
    with pytest.raises(SessionNotFoundError, match=r"is a session, .* use Session\.from_id"):
        Batch.from_id(session.session_id, None)


def test_a_named_session_is_found_while_it_takes_jobs(make_session):
    session: Session = make_session(name="mine")
    assert registry.named("mine") is session
    session.close()
    assert registry.named("mine") is None
    assert registry.named("another") is None


def dropped() -> str:
    """The id of a local session that nobody holds any more."""
    session_id: str | None = Session("fake_manila", create_new=True).session_id
    assert session_id is not None
    until_dropped(lambda: registry.find(session_id) is None)
    return session_id


def test_a_dropped_session_is_found_in_the_ledger_at_once():
    assert Session.from_id(dropped(), None).state == "closed"


def test_a_dropped_session_is_forgotten_without_a_ledger(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QSESSION_LEDGER", "off")
    session_id = dropped()
    with pytest.raises(SessionNotFoundError):
        Session.from_id(session_id, None)
