"""``qsession`` in a terminal: what it lists, shows and ends, and what it says when it cannot."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from qsession import Session, sessions
from qsession.cli.commands import NOT_DONE, NOT_FOUND, OUT_OF_REACH
from qsession.ledger import ledger_of_process
from qsession.ledger.processes import Process, _start_of, this_process
from tests.cli.conftest import Command, told
from tests.cloud.faults import refuse
from tests.cloud.server import Server
from tests.ledger.told import Telling
from tests.recovery.kernels import Kernels
from tests.support.circuits import flipped

USAGE = 2


def test_help_names_every_command_and_loads_no_qiskit():
    code = """
import sys
from qsession.cli import main
try:
    main(["--help"])
finally:
    print({"qiskit", "qiskit_ibm_runtime", "numpy", "rich"} & set(sys.modules))
"""
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    for name in ("list", "show", "jobs", "watch", "close", "cancel", "forget"):
        assert f"\n  {name} " in done.stdout
    assert done.stdout.rstrip().endswith("set()")


def test_without_sessions_it_says_so(command: Command):
    assert command("list").output == "No session is open.\n"
    assert told(command("list", "--json")) == []


def test_a_session_of_the_account_is_listed_shown_and_closed(command: Command, cloud: Server):
    session = Session("ibm_manila", name="study")
    session.run(flipped(), shots=10).result()
    (row,) = told(command("list", "--json"))
    assert (row["session_id"], row["name"], row["backend"]) == (
        session.session_id,
        "study",
        "ibm_manila",
    )
    assert session.session_id in command("list").output
    shown = told(command("show", "study", "--json"))
    assert [job["shots"] for job in shown["jobs"]] == [10]
    assert "study" in command("show", "study").output
    assert session.jobs[0].job_id in command("jobs", "study").output
    ended = command("close", "study", "--yes")
    assert ended.exit_code == 0
    assert cloud.state.timeline.sessions[session.session_id].closed_at is not None


def test_nothing_is_ended_without_a_yes(command: Command, cloud: Server):
    session = Session("ibm_manila", create_new=True)
    refused = command("cancel", str(session.session_id), typed="n\n")
    assert refused.exit_code == NOT_DONE
    assert session.active
    session.close()


@pytest.mark.linux
def test_the_sessions_of_a_killed_kernel_are_closed_by_one_line(
    command: Command, cloud: Server, as_in_another_terminal: None
):
    with Kernels({}) as kernels:
        killed = kernels.kill_after(
            2, 0.0, backend="ibm_manila", jobs=5, shots=10, name="forgotten"
        )
    (session_id,) = killed.session_ids
    assert session_id in command("list").output
    ended = command("close", "--all", "--yes")
    assert ended.exit_code == 0, ended.output
    assert session_id in ended.output
    assert cloud.state.timeline.sessions[session_id].closed_at is not None


@pytest.mark.parametrize(
    ("words", "exit_code", "says"),
    [
        (("close",), USAGE, "--all"),
        (("close", "a", "--all"), USAGE, "--all"),
        (("show", "nobody"), NOT_FOUND, "nobody"),
        (("forget", "nobody", "--yes"), NOT_FOUND, "nobody"),
        (("forget", "\udcff", "--yes"), NOT_DONE, "cannot be an id"),
        (("watch",), NOT_DONE, "terminal"),
        (("end", "it"), USAGE, "No such command"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_one_line_and_an_exit_code(
    command: Command, words: tuple[str, ...], exit_code: int, says: str
):
    result = command(*words)
    assert result.exit_code == exit_code
    assert says in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("words", [("show",), ("jobs",), ("close", "--yes")], ids=str)
@pytest.mark.parametrize("has_account", [False, True])
def test_the_advice_of_a_command_is_a_command(
    request: pytest.FixtureRequest, command: Command, words: tuple[str, ...], has_account: bool
):
    if has_account:
        request.getfixturevalue("cloud")
    refused = command(*words, "nobody")
    assert refused.exit_code == NOT_FOUND
    assert "`qsession list --all`" in refused.output
    assert "attach(" not in refused.output
    assert "job.session_id" not in refused.output


def open_elsewhere(name: str) -> None:
    """Write down a session as open in the process that started the tests."""
    ledger = ledger_of_process()
    assert ledger is not None
    telling = Telling(ledger, name)
    with pytest.MonkeyPatch.context() as as_another:
        parent = Process(os.getppid(), _start_of(os.getppid()), this_process().host)
        as_another.setattr("qsession.ledger.recorder.this_process", lambda: parent)
        telling.submit("a")


def test_a_session_that_another_process_has_is_left_to_it(command: Command):
    open_elsewhere("there")
    refused = command("show", "there")
    assert refused.exit_code == NOT_FOUND
    assert refused.output.rstrip().endswith("it can be used there alone.")


def test_a_service_that_cannot_be_asked_has_an_exit_code_of_its_own(
    command: Command, cloud: Server
):
    session = Session("ibm_manila", create_new=True)
    cloud.faults.add("", refuse(503), times=None)
    result = command("close", str(session.session_id), "--yes")
    assert result.exit_code == OUT_OF_REACH
    cloud.faults.clear()
    session.close()


def test_an_open_session_of_another_process_is_not_forgotten(command: Command):
    open_elsewhere("there")
    result = command("forget", "there", "--yes")
    assert result.exit_code == NOT_DONE
    assert f"is open in process {os.getppid()}" in result.output
    assert [info.session_id for info in sessions()] == ["there"]


def test_an_ended_session_is_forgotten_with_its_jobs(
    command: Command, as_in_another_terminal: None
):
    script = "from qsession import Session; from tests.support.circuits import flipped\n"
    script += "with Session('aer_simulator', name='old') as s: s.run(flipped(), shots=5).result()"
    subprocess.run([sys.executable, "-c", script], check=True, env=os.environ)  # noqa: S603
    assert [info.name for info in sessions(ended=True)] == ["old"]
    assert "cannot be undone" in command("forget", "old", typed="n\n").output
    assert len(sessions(ended=True)) == 1
    assert command("forget", "old", "--yes").exit_code == 0
    assert sessions(ended=True) == []
    assert command("show", "old").exit_code == NOT_FOUND


def test_names_and_ids_are_completed_from_the_ledger(as_in_another_terminal: None):
    with Session("aer_simulator", name="vqe-study") as session:
        session.run(flipped(), shots=5).result()
    asked = {**os.environ, "_QSESSION_COMPLETE": "bash_complete", "COMP_CWORD": "2"}
    code = "from qsession.cli import main; main(prog_name='qsession')"
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**asked, "COMP_WORDS": "qsession close vq"},
    )
    assert done.stdout.split() == ["plain,vqe-study"]
