"""Warnings, log records and errors of another process arrive as if they came from this one."""

from __future__ import annotations

import logging
import pickle
import warnings

import pytest

from qsession.engines.local.work import Outcome
from qsession.engines.local.workers import protocol
from qsession.engines.local.workers.outcome import MOST_HEARD
from qsession.engines.local.workers.packing import pack
from qsession.engines.local.workers.protocol import Task, carry_out, read_reply, this_process
from qsession.errors import JobFailedError, JobMemoryError
from tests.engines.local.workers.work import unsure_work

_log = logging.getLogger("a_simulator")


class OddError(Exception):
    """One that cannot be made again from what pickle keeps of it."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


@pytest.fixture
def run(monkeypatch):
    """Run a function as if it were a unit of work that came from another process."""

    def run(function, *, home: str = "elsewhere", memory_limit: int | None = None):
        monkeypatch.setattr(protocol, "run_work", lambda work: Outcome(function()))
        parcel = pack(unsure_work())
        return carry_out(Task("job", parcel.work, parcel.parts, home, memory_limit))

    return run


def raising(error: BaseException):
    def function() -> None:
        raise error

    return function


def test_a_result_arrives(run):
    assert read_reply(run(lambda: {"1": 5})).result == {"1": 5}


def test_an_error_arrives_with_its_class_and_the_traceback_of_where_it_was_raised(run):
    reply = run(raising(ZeroDivisionError("a broken simulator")))
    with pytest.raises(ZeroDivisionError, match="a broken simulator") as caught:
        read_reply(reply)
    assert "in function" in str(caught.value.__cause__)


def test_an_error_that_cannot_travel_arrives_in_words(run):
    reply = run(raising(OddError("one", "two")))
    with pytest.raises(JobFailedError, match=r"^OddError: one two$") as caught:
        read_reply(reply)
    assert "in function" in str(caught.value.__cause__)


def test_a_result_that_cannot_travel_is_an_error_in_words(run):
    with pytest.raises(JobFailedError, match=r"^Its result cannot be sent to this process: "):
        read_reply(run(lambda: lambda: None))


def test_warnings_are_given_again_here_with_the_place_they_came_from(run):
    def warn() -> str:
        for _ in range(3):
            warnings.warn("too few shots", DeprecationWarning, stacklevel=1)
        return "done"

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        reply = run(warn)
        assert caught == []
        assert read_reply(reply).result == "done"
    (warning,) = caught
    assert (str(warning.message), warning.category) == ("too few shots", DeprecationWarning)
    assert warning.filename == __file__


def test_where_warnings_are_errors_a_warning_is_the_units_error(run):
    def warn() -> None:
        warnings.warn("too few shots", UserWarning, stacklevel=1)

    reply = run(warn)
    with pytest.raises(UserWarning, match="too few shots"):
        read_reply(reply)


def test_log_records_are_logged_again_here(run, caplog):
    reply = run(lambda: _log.warning("said %s", "something"))
    caplog.clear()
    read_reply(reply)
    assert [(record.name, record.getMessage()) for record in caplog.records] == [
        ("a_simulator", "said something")
    ]


def test_no_more_than_so_many_are_sent(run):
    def chatter() -> None:
        for number in range(2 * MOST_HEARD):
            warnings.warn(f"warning {number}", UserWarning, stacklevel=1)
            _log.warning("record %s", number)

    ending = pickle.loads(run(chatter).ending)  # noqa: S301 - made here
    assert (len(ending.warnings), len(ending.logs)) == (MOST_HEARD, MOST_HEARD)


def test_what_runs_at_home_is_heard_directly(run, caplog):
    with pytest.warns(UserWarning, match="at home"):
        reply = run(lambda: warnings.warn("at home", stacklevel=1), home=this_process())
    ending = pickle.loads(reply.ending)  # noqa: S301 - made here
    assert (ending.warnings, ending.logs) == ([], [])


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("std::bad_alloc"),
        ValueError("Unable to allocate 3 GiB for an array"),
        RuntimeError("ERROR: Insufficient memory to run circuit"),
    ],
    ids=["by class", "numpy", "Aer"],
)
def test_a_shortage_of_memory_is_said_in_words(run, error):
    with pytest.raises(JobMemoryError, match=r"needed more memory than there is: ") as caught:
        read_reply(run(raising(error)))
    assert isinstance(caught.value, MemoryError)
    with pytest.raises(JobMemoryError, match=r"than its limit of 10485760 bytes: "):
        read_reply(run(raising(error), memory_limit=10 * 2**20))


def test_a_shortage_is_found_in_the_log_where_the_error_hides_it(run):
    def fail_later() -> None:
        _log.warning("ERROR: Cannot allocate memory by posix_memalign")
        raise ValueError("could not broadcast input array")

    with pytest.raises(JobMemoryError, match=r"Cannot allocate memory by posix_memalign$"):
        read_reply(run(fail_later))


def test_an_error_travels_as_itself_beside_packages_that_pickle_errors_their_own_way(run):
    tblib_pickling = pytest.importorskip("tblib.pickling_support")
    tblib_pickling.install()  # as importing Dask does
    reply = run(raising(MemoryError("std::bad_alloc")))
    with pytest.raises(JobMemoryError):
        read_reply(reply)
