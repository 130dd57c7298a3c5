"""What is held by the process that starts a worker: when it is let go of, the worker ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from qsession.engines.local.workers import worker_main
from qsession.engines.local.workers.lifelines import (
    Lifeline,
    PipeLifeline,
    WatcherLifeline,
    apart_from_terminal,
    lifeline_of,
)
from tests.support.processes import Watched

BUSY = """
import ctypes, sys
sys.path.insert(0, sys.argv[1])
import worker_main
for lifeline in sys.argv[2:]:
    worker_main.end_with(int(lifeline))
print("ready", flush=True)
ctypes.PyDLL(None).sleep(60)  # holds the interpreter's lock, as a simulator does
"""
"""As a worker at work."""

HOLDER = """
import os, subprocess, sys
from qsession.engines.local.workers.lifelines import lifeline_of
lifeline = lifeline_of(sys.argv[1])
busy = subprocess.Popen(
    [sys.executable, "-c", *sys.argv[2:4], *lifeline.arguments],
    stdout=subprocess.PIPE, **lifeline.options
)
lifeline.tie(busy.pid)
assert busy.stdout.readline() == b"ready\\n"
print(busy.pid, flush=True)
input()
"""

FOLDER = os.path.dirname(worker_main.__file__)  # noqa: PTH120 - for another process
LIFELINES = pytest.mark.parametrize("lifeline", [PipeLifeline, WatcherLifeline])


@pytest.fixture
def waiting() -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends when it is told to."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


@pytest.mark.posix
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_process_that_holds_the_interpreter_ends_with_the_one_that_started_it(platform: str):
    command = [sys.executable, "-c", HOLDER, platform, BUSY, FOLDER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:  # noqa: S603
        assert holder.stdout is not None
        watched = Watched(int(holder.stdout.readline()))
        assert not watched.has_ended(0)
        holder.kill()
        assert watched.has_ended()


def test_linux_has_signals_of_pipes_and_others_have_watchers():
    kinds = {platform: type(lifeline_of(platform)) for platform in ("linux", "darwin", "win32")}
    assert kinds == {
        "linux": PipeLifeline,
        "darwin": WatcherLifeline,
        "win32": WatcherLifeline,
    }


@LIFELINES
def test_cutting_it_kills_nobody(
    lifeline: type[PipeLifeline | WatcherLifeline], waiting: subprocess.Popen[bytes]
):
    held: Lifeline = lifeline()
    held.tie(waiting.pid)
    held.cut()
    assert not Watched(waiting.pid).has_ended(0)


@LIFELINES
def test_it_can_be_cut_before_there_is_a_worker(lifeline: type[PipeLifeline | WatcherLifeline]):
    lifeline().cut()


@pytest.mark.posix
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@LIFELINES
def test_a_forked_child_lets_go_of_it_without_a_sign(
    lifeline: type[PipeLifeline | WatcherLifeline], waiting: subprocess.Popen[bytes]
):
    held: Lifeline = lifeline()
    held.tie(waiting.pid)
    child = os.fork()
    if child == 0:
        held.leave_to_parent()
        os._exit(0)
    os.waitpid(child, 0)
    assert not Watched(waiting.pid).has_ended(0)
    held.cut()


def test_a_watcher_that_was_killed_is_no_trouble(waiting: subprocess.Popen[bytes]):
    held = WatcherLifeline()
    held.tie(waiting.pid)
    assert held._watcher is not None
    held._watcher.kill()
    held._watcher.wait()
    held.cut()


def test_on_windows_no_console_opens_and_interrupts_stay_with_the_kernel():
    assert apart_from_terminal("win32") == {"creationflags": 0x200 | 0x08000000 | 0x4000}
    assert apart_from_terminal("darwin") == apart_from_terminal("linux") == {"process_group": 0}
