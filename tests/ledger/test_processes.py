"""Whether the process of a session is still there."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from qsession.ledger import processes
from qsession.ledger.processes import Process, this_process

WAITING = [sys.executable, "-c", "input()"]


def process_of(pid: int) -> Process:
    return replace(this_process(), pid=pid, started=processes._start_of(pid))


def test_this_process_is_there():
    assert this_process().has_ended is False
    assert this_process().started is not None


@pytest.mark.linux
def test_another_process_has_ended_once_it_is_killed_even_if_nobody_asked_for_it():
    child = subprocess.Popen(WAITING, stdin=subprocess.PIPE)  # noqa: S603 - this Python
    other = process_of(child.pid)
    found = [other.has_ended]
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it stays a zombie
    found.append(other.has_ended)
    child.communicate()
    found.append(other.has_ended)
    assert found == [False, True, True]


def test_another_process_that_has_its_number_is_not_taken_for_it():
    assert replace(this_process(), started="long ago").has_ended is True


def test_nothing_can_be_told_of_another_computer():
    elsewhere = replace(this_process(), host="another")
    assert not elsewhere.is_here
    assert elsewhere.has_ended is None


def test_where_there_is_no_proc_psutil_tells_the_same(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("qsession.ledger.processes.Path", lambda name: Path("/nowhere"))
    child = subprocess.Popen(WAITING, stdin=subprocess.PIPE)  # noqa: S603 - this Python
    other = process_of(child.pid)
    assert other.started is not None
    found = [other.has_ended]
    child.kill()
    child.communicate()
    found.append(other.has_ended)
    assert found == [False, True]
