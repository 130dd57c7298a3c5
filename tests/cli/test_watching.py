"""``qsession watch`` in a terminal of its own."""

from __future__ import annotations

import os
import sys

import pexpect
import pytest
from rich.console import Console

from qsession import Session
from qsession.cli.watching import session_screen
from tests.cloud.server import Server
from tests.support.c_locale import C_LOCALE
from tests.support.circuits import flipped
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.posix


def watching(*words: str, **environment: str) -> pexpect.spawn:
    code = "from qsession.cli import main; main()"
    return pexpect.spawn(
        sys.executable,
        ["-W", "ignore", "-c", code, "watch", *words],
        env={**os.environ, "TERM": "xterm-256color", **environment},
        dimensions=(40, 120),
        encoding="utf-8",
        timeout=PATIENCE_S,
    )


def test_a_paid_session_is_followed_and_closed_by_key(cloud: Server):
    session = Session("ibm_manila", name="seen")
    session.run(flipped(), shots=10).result()
    screen = watching(str(session.session_id))
    screen.expect("usage")
    screen.expect("executor")
    screen.send("c")
    screen.expect("y or n")
    screen.send("n")
    screen.expect("c closes")
    assert cloud.state.timeline.sessions[session.session_id].closed_at is None
    screen.send("c")
    screen.expect("y or n")
    screen.send("y")
    screen.expect(pexpect.EOF)
    screen.close()
    assert screen.exitstatus == 0
    assert cloud.state.timeline.sessions[session.session_id].closed_at is not None


def test_a_session_is_followed_where_the_locale_knows_ascii_alone(cloud: Server):
    session = Session("ibm_manila", name="Übung", create_new=True)
    session.run(flipped(), shots=10).result()
    screen = watching(str(session.session_id), **C_LOCALE)
    screen.expect_exact(r"\xdcbung")
    screen.expect("# running")
    screen.send("q")
    screen.expect(pexpect.EOF)
    screen.close()
    assert screen.exitstatus == 0
    session.close()


def test_q_leaves_all_sessions_as_they_are(cloud: Server):
    session = Session("ibm_manila", create_new=True)
    screen = watching()
    screen.expect(str(session.session_id)[:8])
    screen.send("q")
    screen.expect(pexpect.EOF)
    screen.close()
    assert screen.exitstatus == 0
    assert session.active
    session.close()


def test_markup_in_names_and_errors_is_shown_as_text():
    with Session("aer_simulator", name="[red]study[/red]") as session:
        session.run(flipped(), shots=5, name="[bold]job").result()
        console = Console(width=120, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
        console.print(session_screen(session, asked="close"))
        console.file.close()
    shown = console.export_text()
    assert "[red]study[/red] on aer_simulator" in shown
    assert "[bold]job" in shown
    assert "y or n" in shown
