"""A worker process that several tests use, since each takes seconds to load the simulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qsession.engines.local.workers import calibration
from qsession.engines.local.workers.costs import USUAL
from qsession.engines.local.workers.pool import Workers, workers
from qsession.engines.local.workers.worker import Worker


@pytest.fixture(autouse=True)
def _usual_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where work runs depends on no clock: steps cost what they usually do."""
    monkeypatch.setattr(calibration, "_tried", USUAL)


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    """A worker of the tests' own."""
    worker = Worker()
    yield worker
    worker.close()


@pytest.fixture(scope="session")
def warm_workers() -> Iterator[Workers]:
    """Those of this process, kept warm from one test to the next."""
    workers.join()
    workers.warm()
    yield workers
    workers.leave()
