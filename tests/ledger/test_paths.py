"""Where the ledger is."""

from __future__ import annotations

from pathlib import Path

import pytest
from platformdirs import user_state_path

from qsession import LedgerWarning, Session
from qsession.ledger.place import ledger_path
from tests.support.circuits import flipped


def test_it_is_in_the_state_directory_of_the_user(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("QSESSION_HOME")
    assert ledger_path() == user_state_path("qsession", appauthor=False) / "ledger.sqlite3"


@pytest.mark.posix
@pytest.mark.parametrize("name", ["HOME", "XDG_STATE_HOME"])
def test_it_follows_the_directories_of_the_user(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    for variable in ("QSESSION_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    for directory in (tmp_path / "one", tmp_path / "other"):
        monkeypatch.setenv(name, str(directory))
        path = ledger_path()
        assert path is not None
        assert path.is_relative_to(directory)


def test_an_environment_variable_moves_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("QSESSION_HOME", str(tmp_path))
    assert ledger_path() == tmp_path / "ledger.sqlite3"
    monkeypatch.setenv("QSESSION_HOME", "~/here")
    assert ledger_path() == Path.home() / "here" / "ledger.sqlite3"
    monkeypatch.setenv("QSESSION_HOME", "here")
    assert ledger_path() == Path.cwd() / "here" / "ledger.sqlite3"


@pytest.mark.posix
def test_a_user_without_a_home_is_told_once_and_has_sessions(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QSESSION_HOME", "~nobody-of-this-name/here")
    with pytest.warns(LedgerWarning, match=r"no place for the ledger .*home.*QSESSION_HOME"):
        session = Session("aer_simulator")
    assert ledger_path() is None
    assert session.run(flipped()).result()


@pytest.mark.posix
def test_a_directory_that_was_removed_is_no_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("QSESSION_HOME", "here")
    removed = tmp_path / "removed"
    removed.mkdir()
    monkeypatch.chdir(removed)
    removed.rmdir()
    with pytest.warns(LedgerWarning, match="no place for the ledger"):
        assert ledger_path() is None
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("word", ["off", "OFF", " no ", "0", "false"])
def test_an_environment_variable_turns_it_off(monkeypatch: pytest.MonkeyPatch, word: str):
    monkeypatch.setenv("QSESSION_LEDGER", word)
    assert ledger_path() is None


@pytest.mark.parametrize("word", ["", "on", "1"])
def test_other_words_leave_it_on(monkeypatch: pytest.MonkeyPatch, word: str):
    monkeypatch.setenv("QSESSION_LEDGER", word)
    assert ledger_path() is not None
