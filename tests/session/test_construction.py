"""What a session is made from, and what it refuses."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.exceptions import IBMInputValueError
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qsession import Batch, InvalidMaxTimeError, QSessionError, Session, get_backend
from qsession.session import registry
from tests.support.circuits import flipped
from tests.support.waiting import NewThreads

AER, MANILA = "aer_simulator", "fake_manila"


@pytest.mark.parametrize(
    ("arguments", "keywords", "backend", "max_time"),
    [
        ((), {}, AER, None),
        ((None,), {}, AER, None),
        (("fake_manila",), {}, MANILA, None),
        ((FakeManilaV2(),), {}, MANILA, None),
        ((AerSimulator(),), {}, AER, None),
        ((300,), {}, AER, 300),
        ((np.int64(300),), {}, AER, 300),
        (("30m",), {}, AER, 1800),
        (("2h 30m 40s",), {}, AER, 9040),
        ((timedelta(minutes=30),), {}, AER, 1800),
        (("fake_manila", "30m"), {}, MANILA, 1800),
        (("fake_manila", 28800), {}, MANILA, 28800),
        (("fake_manila",), {"max_time": "30M"}, MANILA, 1800),
        ((), {"max_time": 300}, AER, 300),
        ((), {"backend": "fake_manila", "max_time": timedelta(hours=1)}, MANILA, 3600),
    ],
)
@pytest.mark.parametrize("cls", [Session, Batch])
def test_backend_and_max_time_in_every_form(cls, arguments, keywords, backend, max_time):
    session = cls(*arguments, **keywords)
    assert session.backend() == backend
    assert session.max_time == max_time
    assert type(session.max_time) in (int, type(None))


@pytest.mark.parametrize(
    "max_time",
    [299, 28801, 0, -300, True, 300.0, "299s", "9h", "1h garbage", "1.5h", "", "30m 30m", "5 m",
     timedelta(seconds=300.5), timedelta(days=1), b"30m", [300]],
)  # fmt: skip
def test_a_max_time_that_is_none_is_refused_by_name(max_time):
    with pytest.raises(InvalidMaxTimeError) as caught:
        Session("fake_manila", max_time)
    assert isinstance(caught.value, ValueError)
    assert f"max_time={max_time!r}" in str(caught.value)
    assert "Expected 300 s (5m) to 28800 s (8h), for example max_time=1800" in str(caught.value)


@pytest.mark.parametrize("max_time", [299, True, 300.5, "299s", timedelta(1)])
def test_a_bad_max_time_is_told_from_a_backend_in_the_first_place_too(max_time):
    with pytest.raises(InvalidMaxTimeError):
        Session(max_time)


def test_two_max_times_are_refused():
    with pytest.raises(ValueError, match=r"Two max_times were given: '30m'.*max_time=600"):
        Session("30m", 600)


@pytest.mark.parametrize("backend", [object(), FakeManilaV2, [AerSimulator()], b"fake_manila"])
def test_what_is_no_backend_is_refused(backend):
    with pytest.raises(ValueError, match="is not a backend"):
        Session(backend)


def test_a_name_that_no_backend_has_is_refused_with_the_closest_ones():
    with pytest.raises(QiskitBackendNotFoundError, match=r"Did you mean 'fake_manila'"):
        Session("fake_manilla")
    with pytest.raises(QSessionError, match='A max_time is written like "2h 30m 40s"'):
        Session("30 minutes")


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "x" * 129, 7, b"name"])
def test_a_name_that_cannot_be_shown_is_refused(name):
    with pytest.raises(ValueError, match="name="):
        Session("fake_manila", name=name)


@pytest.mark.parametrize("name", [None, "a", "x" * 128, "Grüße, <b>Welt</b>"])
def test_a_name_is_kept_as_it_is(name):
    assert Session("fake_manila", name=name).name == name


def test_an_unknown_argument_is_refused():
    with pytest.raises(TypeError, match="max_tme"):
        Session("fake_manila", max_tme=300)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "keywords", [{"max_time": 1}, {"backend": "nowhere"}, {"backend": 1.5}, {"name": ""}]
)
def test_nothing_is_left_of_a_session_that_could_not_be_made(keywords, new_threads: NewThreads):
    held = set(registry.sessions())
    with pytest.raises((QSessionError, TypeError)):
        Session(**{"backend": "fake_manila", **keywords})
    assert new_threads() == []
    assert set(registry.sessions()) <= held


def test_a_session_is_opened_by_its_first_job(make_session, new_threads: NewThreads):
    session = make_session()
    assert (session.session_id, session.state, session.active) == (None, "not-started", True)
    assert (session.details(), session.status(), session.usage()) == (None, None, None)
    assert new_threads() == []
    job = session.run(flipped())
    assert session.session_id == job.job_id() == job.session_id


@pytest.mark.parametrize("create_new", [None, False])
def test_create_new_is_not_needed(make_session, create_new):
    assert make_session(create_new=create_new).session_id is None


def test_create_new_opens_it_at_once_with_an_id_of_its_own(make_session):
    session = make_session(create_new=True)
    assert (session.state, session.status()) == ("open", "Pending")
    job = session.run(flipped())
    assert job.session_id == session.session_id != job.job_id()


def test_a_session_backend_stands_for_the_backend_that_it_wraps(make_session):
    manila = FakeManilaV2()
    assert make_session(get_backend(manila))._backend is manila


def test_errors_are_those_that_people_catch_already():
    for bad in ({"backend": "nowhere"}, {"max_time": 1}, {"name": ""}):
        with pytest.raises(QSessionError):
            Session(**bad)
    with pytest.raises(IBMInputValueError):
        Session.from_id("nowhere", None)
