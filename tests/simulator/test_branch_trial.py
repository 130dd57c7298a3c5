"""Whether the installed release of Aer simulates single shots as they are branched here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qsession.simulator import aer_private, branch_trial
from qsession.simulator.branch_trial import branches_as_aer
from qsession.simulator.errors import FastPathError


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    branches_as_aer.cache_clear()
    yield
    branches_as_aer.cache_clear()


def test_this_release_does():
    assert branches_as_aer()


@pytest.mark.parametrize("name", ["STATE", "STABILIZER"])
def test_another_method_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(branch_trial, name, "density_matrix")
    assert not branches_as_aer()


def test_other_shots_are_noticed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(branch_trial, "seed_of", lambda seed, number: seed + number + 1)
    assert not branches_as_aer()


def test_a_release_that_cannot_be_tried_is_another(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_args: object, **_options: object) -> None:
        raise FastPathError("another inside")

    monkeypatch.setattr(aer_private, "trial", refuse)
    assert not branches_as_aer()
