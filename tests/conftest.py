"""Fixtures that several folders share."""

from __future__ import annotations

import gc
import re
import sys
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qsession.testing import ManualClock
    from tests.support.gated_backend import GatedBackend
    from tests.support.waiting import NewThreads

_numbers = count()

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")

# Imported where they are used: the browser tests need none of it, and Qiskit takes its time.


def pytest_configure(config: pytest.Config) -> None:
    """What holds for every test."""
    # A busy machine may take any time for an example, and for making one.
    settings.register_profile(
        "patient",
        settings.default,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        print_blob=True,
    )
    settings.load_profile("patient")
    # Tests drop open sessions of the loopback server all the time; one of them asks about it.
    words = "The (session|batch) .* is open, and nothing refers to it any more"
    config.addinivalue_line("filterwarnings", f"ignore:{words}:UserWarning")


def pytest_collection_finish() -> None:
    """Leave the garbage collector, and a fork, nothing of what is there for all tests.

    Many tests collect garbage to see what is dropped, which holds up all other threads.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Leave the end of the process little to do.

    Each of IPython's shells that tests have made collects garbage at exit, in all that thousands of
    tests have left: together that takes minutes.
    """
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse names that are others in the next process: workers of pytest-xdist compare them."""
    odd = [item.nodeid for item in items if _ADDRESS.search(item.nodeid)]
    if odd:
        raise pytest.UsageError(f"An address stands in the names of tests; give them ids: {odd}")


_IS_HERE = {"linux": sys.platform == "linux", "posix": sys.platform != "win32"}
"""What tests are marked with that other systems cannot run."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what this system has not."""
    for name, is_here in _IS_HERE.items():
        if not is_here and item.get_closest_marker(name):
            pytest.skip(f"needs what {name} systems have")


@pytest.fixture(scope="session", autouse=True)
def _state_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where this run keeps state, processes that it starts included: not where the user does."""
    home = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("QSESSION_HOME", str(home))
        yield home


@pytest.fixture(autouse=True)
def ledger_home(_state_of_tests: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the test's ledger is: one of its own, since the loopback server's ids come again."""
    home = _state_of_tests / str(next(_numbers))
    monkeypatch.setenv("QSESSION_HOME", str(home))
    yield home
    if "qsession.ledger" in sys.modules:
        from qsession.ledger import close_ledgers

        close_ledgers()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that moves only when it is told to."""
    from qsession.testing import ManualClock

    return ManualClock()


@pytest.fixture
def gated() -> Iterator[GatedBackend]:
    """A simulator whose runs wait until the test lets them through."""
    from tests.support.gated_backend import GatedBackend

    backend = GatedBackend()
    yield backend
    backend.open_gate()


@pytest.fixture
def new_threads() -> NewThreads:
    """The threads of qsession that the test starts."""
    from tests.support.waiting import NewThreads

    return NewThreads()
