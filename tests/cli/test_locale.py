"""``qsession`` where the locale knows ASCII alone: names and marks from elsewhere fail nothing."""

from __future__ import annotations

import json

import pytest

from qsession import Session
from tests.support.c_locale import run_in_c_locale
from tests.support.circuits import flipped

RUN = """
import sys
from qsession.cli import main
from qsession.cli.output import print_table
assert sys.stdout.encoding.lower() in ("ascii", "ansi_x3.4-1968", "us-ascii"), sys.stdout.encoding

def run(*words):
    try:
        main(words, prog_name="qsession")
    except SystemExit as exit:
        print(words[0], "ended with", exit.code, flush=True)
"""


@pytest.mark.posix
def test_no_command_fails_for_what_it_has_to_print():
    session = Session("fake_manila", name="Übung")
    job = session.run(flipped(), shots=10, name="µ-×")
    job.result()
    session.close()
    done = run_in_c_locale(
        RUN
        + r"""
name = "\u00dcbung".encode().decode("ascii", "surrogateescape")  # as the command line has it
run("list", "--all")
run("show", name)
run("jobs", name)
run("jobs", name, "--json")
run("show", "\u00e4".encode().decode("ascii", "surrogateescape"))
"""
    )
    shown = done.stdout.decode("ascii")
    assert "Traceback" not in done.stderr.decode("ascii"), done.stderr
    assert [line for line in shown.splitlines() if " ended with " in line] == [
        "list ended with 0",
        "show ended with 0",
        "jobs ended with 0",
        "jobs ended with 0",
        "show ended with 3",
    ]
    assert str(session.session_id) in shown
    assert shown.count(r"\xdcbung") == 2
    assert "u-x" in shown
    listed = shown[shown.index("[\n") : shown.rindex("]\n") + 1]
    assert [row["name"] for row in json.loads(listed)] == ["µ-×"]
    assert r"'\xe4'" in done.stderr.decode("ascii")
