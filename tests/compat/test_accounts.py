"""Whether there may be an account is told by the environment and by a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from qsession import listing
from qsession.compat.accounts import account_may_exist, saved_accounts_path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without accounts."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.delenv("QISKIT_IBM_TOKEN", raising=False)
    return tmp_path


def test_there_is_none_in_an_empty_home():
    assert not account_may_exist()
    assert not listing.default_account_exists()


def test_a_token_in_the_environment_is_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "")
    assert not account_may_exist()
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "secret")
    assert account_may_exist()


def test_a_file_of_saved_accounts_may_hold_one():
    saved_accounts_path().parent.mkdir()
    saved_accounts_path().write_text('{"default": {}}')
    assert account_may_exist()


def test_an_empty_file_of_saved_accounts_holds_none():
    saved_accounts_path().parent.mkdir()
    saved_accounts_path().write_text("{}\n")
    assert not account_may_exist()


def test_a_home_that_cannot_be_told_has_none(monkeypatch: pytest.MonkeyPatch):
    def fail() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", fail)
    assert not account_may_exist()
