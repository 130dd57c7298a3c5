"""``with`` makes a session the default mode of IBM's primitives, and closes it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import Session as IBMSession
from qiskit_ibm_runtime.utils.default_session import get_cm_session

from tests.support.circuits import flipped
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from tests.support.gated_backend import GatedBackend


def test_leaving_closes_and_pending_jobs_finish(make_session, gated: GatedBackend):
    with make_session(gated) as session:
        jobs = [session.run(flipped()), session.run(flipped())]
        assert get_cm_session() is session
    assert (session.state, get_cm_session()) == ("closing", None)
    gated.open_gate()
    for job in jobs:
        job.result(PATIENCE_S)
    assert session.state == "closed"
    assert "its with block ended" in repr(session)


def test_an_exception_inside_closes_and_comes_out(make_each):
    session = make_each()
    with pytest.raises(ZeroDivisionError), session:
        raise ZeroDivisionError
    assert (session.state, get_cm_session()) == ("closed", None)


def test_a_session_cancelled_inside_stays_cancelled(make_each):
    with make_each() as session:
        session.cancel()
    assert session.state == "cancelled"


def test_an_inner_session_gives_the_default_back_to_the_outer_one(make_each):
    with make_each() as outer:
        with make_each() as inner:
            assert get_cm_session() is inner
        assert get_cm_session() is outer
        assert (inner.active, outer.active) == (False, True)
    assert get_cm_session() is None


def test_ibms_session_around_ours_is_restored_too(make_each):
    with IBMSession(AerSimulator()) as outer:
        with make_each():
            pass
        assert get_cm_session() is outer
    assert get_cm_session() is None


def test_entering_twice_is_undone_twice(make_each):
    session = make_each()
    with session:
        with session:
            assert get_cm_session() is session
        assert get_cm_session() is session
    assert get_cm_session() is None


def test_as_default_does_not_close(make_each):
    outer, session = make_each(), make_each()
    with outer.as_default():
        with session.as_default() as entered:
            assert get_cm_session() is entered is session
        with pytest.raises(ZeroDivisionError), session.as_default():
            raise ZeroDivisionError
        assert get_cm_session() is outer
    assert get_cm_session() is None
    assert (session.active, outer.active) == (True, True)


def test_the_default_is_that_of_the_thread(make_each):
    seen: list[object] = []
    with make_each():
        thread = threading.Thread(target=lambda: seen.append(get_cm_session()))
        thread.start()
        thread.join(PATIENCE_S)
    assert seen == [None]
