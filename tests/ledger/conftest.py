"""A ledger of each test's own."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from qsession.ledger.ledger import Ledger


@pytest.fixture(params=["disk", "network"])
def is_shared(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether other computers may use the ledger: its promises are the same on either."""
    shared: bool = request.param == "network"
    monkeypatch.setattr("qsession.ledger.database.is_on_network", lambda _: shared)
    return shared


@pytest.fixture
def path(tmp_path: Path, is_shared: bool) -> Path:
    """Where the ledger will be; its directory has to be made."""
    return tmp_path / "state" / "ledger.sqlite3"


@pytest.fixture
def ledger(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A ledger whose thread writes nothing: the test calls ``write_noted``."""
    monkeypatch.setattr(Ledger, "start", lambda ledger: None)
    made = Ledger(path)
    yield made
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made.close()


@pytest.fixture(autouse=True)
def _nobody_warned(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process."""
    monkeypatch.setattr("qsession.ledger.failures._warned_of", set())
