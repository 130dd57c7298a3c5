"""The command in this process, on the loopback service and on a ledger of the test's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Protocol
from weakref import WeakSet

import pytest
from click.testing import CliRunner, Result

from qsession.cli import main
from tests.cloud.running import the_account_of_this_process
from tests.cloud.server import Server


class Command(Protocol):
    """What the ``command`` fixture gives."""

    def __call__(self, *words: str, typed: str | None = None) -> Result:
        """Run ``qsession`` with these words; ``typed`` answers its questions."""


@pytest.fixture
def command() -> Command:
    def run(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, list(words), input=typed, catch_exceptions=False)

    return run


def told(result: Result) -> Any:
    """What was printed as JSON."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The service, with the default account of this process."""
    with the_account_of_this_process(monkeypatch) as server:
        yield server


@pytest.fixture
def as_in_another_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process holds no session, whatever the test opened."""
    monkeypatch.setattr("qsession.session.held._sessions", WeakSet())
