"""``%%qsession`` in a terminal whose locale knows ASCII alone."""

from __future__ import annotations

import io
import sys

import pytest

from qsession.magics.output import RoutedStream
from tests.support.c_locale import run_in_c_locale

CELLS = r"""
import sys
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
config = Config()
config.HistoryManager.enabled = False
config.InteractiveShell.colors = "nocolor"
shell = InteractiveShell.instance(config=config)

def run(text):
    outcome = shell.run_cell(text)
    assert outcome.success, text

run("%load_ext qsession")
run("from tests.support.circuits import bell, flipped")
run("%%qsession fake_manila --name \u00dcbung --shots 100\nbell()")
run("%%qsession --name \u00dcbung --background -o cell\nbell()")
run("cell.result()")
run("%%qsession --name \u00dcbung --max-time 20m\nflipped()")
run("%qsession status")
run("%qsession list")
run("%qsession close")
from qsession import Session
session = Session("fake_manila", name="Ubung")
print(session, session.device, session.compare(session.run(shell.user_ns["bell"]()).job_id()))
"""


@pytest.mark.posix
def test_cells_show_their_sessions_and_results():
    done = run_in_c_locale(CELLS)
    assert done.returncode == 0, done.stdout + done.stderr
    shown = done.stdout.decode("ascii")
    assert r"<Session '\xdcbung' " in shown
    assert "########" in shown
    assert "UnicodeEncodeError" not in shown + done.stderr.decode("ascii")


def test_a_stream_that_is_caught_for_some_threads_has_the_encoding_of_its_own():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace")
    routed = RoutedStream("stdout", stream)
    assert (routed.encoding, routed.errors) == ("ascii", "replace")
    assert RoutedStream("stdout", sys.stdout).encoding == sys.stdout.encoding
