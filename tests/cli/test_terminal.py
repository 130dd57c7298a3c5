"""``qsession`` typed into a terminal after a kernel was killed."""

from __future__ import annotations

import os
import sys

import pexpect
import pytest

from qsession import Session
from tests.cloud.server import Server
from tests.recovery.kernels import Kernels
from tests.support.patience import PATIENCE_S

pytestmark = [pytest.mark.linux, pytest.mark.posix]


def typed(*words: str) -> pexpect.spawn:
    code = "from qsession.cli import main; main()"
    return pexpect.spawn(
        sys.executable,
        ["-W", "ignore", "-c", code, *words],
        env={**os.environ, "TERM": "xterm-256color"},
        dimensions=(40, 160),
        encoding="utf-8",
        timeout=PATIENCE_S,
    )


def test_an_open_session_is_shown_with_the_commands_that_go_on_with_it(cloud: Server):
    session = Session("ibm_manila", create_new=True)
    showing = typed("show", str(session.session_id))
    showing.expect("ibm_manila")
    showing.expect(f"`qsession watch {session.session_id}` follows it")
    showing.expect(f"`qsession close {session.session_id}` ends it")
    showing.expect(pexpect.EOF)
    session.close()
    ended = typed("show", str(session.session_id)).read()
    assert "ibm_manila" in ended
    assert "qsession close" not in ended


def test_the_paid_session_of_a_killed_kernel_is_shown_and_closed(cloud: Server):
    with Kernels({}) as kernels:
        killed = kernels.kill_after(
            2, 0.0, backend="ibm_manila", jobs=5, shots=10, name="forgotten"
        )
    (session_id,) = killed.session_ids

    listing = typed("list")
    listing.expect(session_id)
    listing.expect("forgotten")
    listing.expect(pexpect.EOF)

    closing = typed("close", "forgotten")
    closing.expect("Close forgotten")
    assert cloud.state.timeline.sessions[session_id].closed_at is None
    closing.sendline("y")
    closing.expect(f"{session_id}: clos")
    closing.expect(pexpect.EOF)
    closing.close()
    assert closing.exitstatus == 0
    assert cloud.state.timeline.sessions[session_id].closed_at is not None
