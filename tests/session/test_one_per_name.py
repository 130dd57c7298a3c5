"""A name stands for one live session, however often its constructor runs."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from qsession import BackendNotFoundError, Batch, InvalidInputError, Session, get_backend
from qsession.ledger import ledger_of_process
from qsession.ledger.reading import find_sessions
from qsession.session import registry
from qsession.session.registry import core_of
from tests.support.circuits import flipped

Make = Callable[..., Session]


def test_the_same_name_gives_the_same_session(make_session: Make):
    session = make_session("fake_manila", max_time="30m", name="vqe")
    job = session.run(flipped())
    again = Session("fake_manila", max_time="30m", name="vqe")
    assert again is session
    assert [record.job_id for record in again.jobs] == [job.job_id()]


def test_running_a_constructor_twenty_times_leaves_one_session(make_session: Make):
    session = make_session(name="twenty")
    for _ in range(20):
        with_the_name = Session(name="twenty")
        with_the_name.run(flipped())
    assert [each for each in registry.sessions() if each.name == "twenty"] == [session]
    assert len(session.jobs) == 20


def test_without_a_name_each_is_its_own(make_session: Make):
    assert make_session() is not make_session()


def test_new_closes_the_live_one_first(make_session: Make):
    earlier = make_session(name="vqe")
    earlier.run(flipped()).result()
    session = make_session(name="vqe", new=True)
    assert session is not earlier
    assert earlier.state == "closed"
    assert "replaced by a new session of the same name" in repr(earlier)
    assert Session(name="vqe") is session


def test_arguments_that_are_no_good_leave_the_live_one(make_session: Make):
    session = make_session(name="vqe")
    for options in ({"max_time": 7}, {"backend": "nowhere"}, {"idle_timeout": 0}):
        arguments: dict[str, Any] = {"name": "vqe", **options}
        for new in (True, False):
            with pytest.raises((InvalidInputError, ValueError, BackendNotFoundError)):
                Session(**arguments, new=new)
    assert session.active


@pytest.mark.parametrize("new", [1, "yes", None])
def test_new_is_true_or_false(new: Any):
    with pytest.raises(InvalidInputError, match=r"new=.* is neither True nor False"):
        Session(name="vqe", new=new)


def test_an_ended_one_is_not_given(make_session: Make):
    ended = make_session(name="vqe")
    ended.close()
    assert make_session(name="vqe") is not ended


def test_another_backend_is_refused(make_session: Make):
    make_session("fake_manila", name="vqe")
    with pytest.raises(InvalidInputError, match="'vqe' runs on fake_manila"):
        Session(AerSimulator(), name="vqe")
    assert Session(name="vqe").backend() == "fake_manila"  # none named: whatever it is


def test_another_kind_is_refused(make_session: Make):
    make_session(name="vqe")
    with pytest.raises(InvalidInputError, match="'vqe' is a Session, not a Batch"):
        Batch(name="vqe")


def test_what_differs_is_said_and_the_live_one_goes_on(make_session: Make):
    session = make_session(name="vqe", max_time="30m", idle_timeout="5m")
    with pytest.warns(UserWarning, match="goes on with its max_time of 30m and idle_timeout of 5m"):
        again = Session(max_time="40m", name="vqe", idle_timeout="6m")
    assert again is session
    assert session.max_time == 1800


def test_a_simulator_with_other_noise_is_not_taken_for_the_one_that_goes_on(make_session: Make):
    def noisy(rate: float) -> AerSimulator:
        noise = NoiseModel()
        noise.add_all_qubit_quantum_error(depolarizing_error(rate, 1), ["x"])
        return AerSimulator(noise_model=noise)

    session = make_session(noisy(0.1), name="vqe")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Session(noisy(0.1), name="vqe") is session  # the same cell once more
    for other in (noisy(0.2), AerSimulator()):
        with pytest.warns(UserWarning, match="goes on with its simulator; new=True closes it"):
            assert Session(other, name="vqe") is session


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"parallel": 2}, "its parallel=1;"),
        pytest.param({"memory_limit": "4GB"}, "its memory_limit=None;", marks=pytest.mark.linux),
        ({"auto_renew": True}, "its auto_renew=False;"),
        ({"refuse_over_budget": True}, "its refuse_over_budget=False;"),
        ({"close_at_exit": False}, "its close_at_exit=True;"),
        ({"price_per_minute": 96}, "its price_per_minute='48 USD';"),
        ({"max_time": "40m", "close_at_exit": False}, "its max_time of 30m and close_at_exit=True"),
    ],
)
def test_every_setting_that_differs_is_said(
    make_session: Make, options: dict[str, Any], words: str
):
    batch = make_session("fake_manila", "30m", cls=Batch, name="vqe", price_per_minute=48)
    with pytest.warns(UserWarning, match=f"goes on with {words}"):
        assert Batch(name="vqe", **options) is batch


def test_another_executor_is_said(make_session: Make):
    with ThreadPoolExecutor(1) as own, ThreadPoolExecutor(1) as other:
        session = make_session(name="vqe", executor=own)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert Session(name="vqe", executor=own) is session
        with pytest.warns(UserWarning, match=r"executor=<.*ThreadPoolExecutor"):
            assert Session(name="vqe", executor=other) is session


@pytest.mark.parametrize(
    "options", [{"parallel": 0}, {"executor": 3}, {"memory_limit": "much"}, {"auto_renew": 1},
                {"refuse_over_budget": "no"}, {"price_per_minute": "cheap"}]
)  # fmt: skip
def test_settings_that_are_no_good_are_refused_for_a_live_one_too(
    make_session: Make, options: dict[str, Any]
):
    session = make_session(name="vqe")
    with pytest.raises(InvalidInputError, match=next(iter(options))):
        Session(name="vqe", **options)
    assert session.active


def test_a_live_one_is_opened_at_once_if_that_is_asked_for(make_session: Make):
    session = make_session(name="vqe")
    assert Session(name="vqe").session_id is None
    assert Session(name="vqe", create_new=True) is session
    opened = session.session_id
    assert opened is not None
    assert Session(name="vqe", create_new=True).session_id == opened


def test_what_is_not_asked_for_does_not_differ(make_session: Make):
    session = make_session("30m", name="vqe", max_usage=600)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Session(name="vqe") is session
        assert Session("30m", name="vqe") is session
        assert Session(name="vqe", max_usage="10m") is session


def test_a_batch_is_given_again_too(make_session: Make):
    batch = make_session(cls=Batch, name="many")
    assert Batch(name="many") is batch


def test_another_name_can_be_set_and_is_told_to_views_and_ledger(make_session: Make):
    session = make_session(name="first")
    session.run(flipped()).result()
    version = core_of(session).journal.state.version
    session.name = "second"
    assert core_of(session).journal.state.version > version
    assert Session(name="second") is session
    ledger = ledger_of_process()
    assert ledger is not None
    noted = ledger.read_up_to_date(lambda file: find_sessions(file, "second"))
    assert [entry.session_id for entry in noted or ()] == [session.session_id]
    assert make_session(name="first") is not session


@pytest.mark.parametrize("name", ["", 3, "two\nlines", "\ud800", "x" * 129])
def test_a_name_that_is_set_is_checked_as_in_the_constructor(make_session: Make, name: Any):
    session = make_session(name="vqe")
    with pytest.raises(InvalidInputError, match="cannot be used"):
        session.name = name
    assert session.name == "vqe"


def test_the_name_of_another_live_session_cannot_be_set(make_session: Make):
    vqe, other = make_session(name="vqe"), make_session(name="other")
    with pytest.raises(InvalidInputError, match="name='vqe' is the name of another live session"):
        other.name = "vqe"
    vqe.close()
    other.name = "vqe"
    other.name = "vqe"
    assert Session(name="vqe") is other


def test_the_signature_is_the_constructors():
    parameters = inspect.signature(Session).parameters
    assert list(parameters)[:3] == ["backend", "max_time", "create_new"]
    assert "self" not in parameters


def test_a_backend_opens_sessions_with_the_same_options():
    backend = get_backend("fake_manila")
    first = backend.open_session("30m", name="mine", idle_timeout="5m")
    assert first.name == "mine"
    assert backend.open_session(name="mine") is first
    assert first.active
    backend.close_session()
