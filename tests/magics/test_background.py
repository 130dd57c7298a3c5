"""``%%qsession --background`` and ``--on-interrupt``: in a shell, and in a real kernel."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import nbformat
import pytest
from IPython.core.error import UsageError
from nbclient import NotebookClient

from qsession import JobCancelledError, JobTimeoutError, ServiceError
from qsession.session.registry import core_of
from tests.magics.notebook import Notebook
from tests.support.patience import PATIENCE_S
from tests.support.waiting import until


@pytest.fixture
def gated_notebook(notebook: Notebook) -> Notebook:
    """A notebook with a backend ``gate`` whose jobs wait until it is opened."""
    notebook.run("from tests.support.gated_backend import GatedBackend\ngate = GatedBackend()")
    return notebook


# --- the handle ----------------------------------------------------------------------------------


def test_a_background_cell_leaves_the_shell_free_and_gives_its_result(gated_notebook: Notebook):
    gated_notebook.run("%%qsession gate --background --no-widget -o cell\nx = 7\nflipped()")
    cell = gated_notebook.names["cell"]
    gated_notebook.names["gate"].wait_for_runs(1)
    assert (cell.status, cell.running(), cell.done()) == ("running", True, False)
    assert gated_notebook.run("y = x + 1").error is None  # it shares the variables
    with pytest.raises(JobTimeoutError):
        cell.result(timeout=0)
    gated_notebook.names["gate"].open_gate()
    assert cell.result(PATIENCE_S)[0].data.meas.get_counts() == {"1": 1024}
    assert (cell.status, cell.done(), gated_notebook.names["y"]) == ("done", True, 8)


def test_its_result_is_the_value_if_that_is_no_work(notebook: Notebook):
    notebook.run("%%qsession --background --no-widget -o cell\n40 + 2;")
    assert notebook.names["cell"].result(PATIENCE_S) == 42
    assert repr(notebook.names["cell"]).startswith("<BackgroundCell done in <Session")


def test_a_second_one_waits_for_the_first(gated_notebook: Notebook):
    gated_notebook.run("order = []")
    gated_notebook.run(
        "%%qsession gate --background --no-widget -o first\nflipped().name\n"
        "from qsession.session import registry\n"
        "[s for s in registry.sessions() if s.backend() == 'gated_simulator' and s.active][0]"
        ".run(flipped()).result()\norder.append(1)"
    )
    gated_notebook.run("%%qsession --background --no-widget -o second\norder.append(2)")
    gated_notebook.names["gate"].wait_for_runs(1)
    assert gated_notebook.names["second"].status == "queued"
    gated_notebook.names["gate"].open_gate()
    gated_notebook.names["second"].result(PATIENCE_S)
    assert gated_notebook.names["order"] == [1, 2]


def test_a_failure_is_kept_and_leaves_the_session(notebook: Notebook):
    notebook.run("%%qsession --background --no-widget -o cell\nflipped();")
    notebook.run("%%qsession --background --no-widget -o cell\n1 / 0")
    cell = notebook.names["cell"]
    assert isinstance(cell.exception(PATIENCE_S), ZeroDivisionError)
    with pytest.raises(ZeroDivisionError):
        cell.result()
    assert cell.status == "failed"
    assert notebook.session.active


def test_a_syntax_error_is_one_at_once(notebook: Notebook):
    output = notebook.try_to_run("%%qsession --background --no-widget\nx = = 1")
    assert isinstance(output.error, SyntaxError)


LOOP = """%%qsession gate --background --no-widget --name loop {options} -o cell
from qsession import attach
while True:
    attach("loop").run(flipped()).result()
"""


@pytest.mark.parametrize(
    ("options", "state"),
    [("", "active"), ("--on-interrupt cancel", "cancelled"), ("--on-interrupt close", "closed")],
)
def test_cancelling_ends_a_loop_and_does_what_was_asked_to_the_session(
    gated_notebook: Notebook, options: str, state: str
):
    gated_notebook.run(LOOP.format(options=options))
    cell, gate = gated_notebook.names["cell"], gated_notebook.names["gate"]
    gate.wait_for_runs(1)
    assert cell.cancel()
    gate.open_gate()
    with pytest.raises(JobCancelledError, match="it was cancelled"):
        cell.result(PATIENCE_S)
    assert cell.cancelled()
    assert not cell.cancel()
    cell.session.wait()
    assert cell.session.state == state
    assert len(cell.session.jobs) == 1


def test_cancelling_drops_its_jobs_even_if_the_session_could_not_be_ended(
    gated_notebook: Notebook, monkeypatch: pytest.MonkeyPatch
):
    gated_notebook.run("%%qsession gate --no-widget\nsession_of_cells = None")
    session = gated_notebook.session
    session.run(gated_notebook.names["flipped"]())
    line = "%%qsession gate --background --on-interrupt close -o cell"
    gated_notebook.run(f"{line}\nflipped()")
    cell = gated_notebook.names["cell"]
    until(core_of(session).journal, lambda: cell.jobs == (0, 1))

    def refuse(**_: object) -> None:
        raise ServiceError("The service does not answer.")

    monkeypatch.setattr(session, "close", refuse)
    with pytest.raises(ServiceError):
        cell.cancel()
    assert session.jobs[1].status == "CANCELLED"
    gated_notebook.names["gate"].open_gate()


def test_cancelling_leaves_jobs_alone_that_others_submitted_since(gated_notebook: Notebook):
    gated_notebook.run("%%qsession gate --background --no-widget -o cell\nflipped()")
    cell = gated_notebook.names["cell"]
    gated_notebook.names["gate"].wait_for_runs(1)
    others = cell.session.run(gated_notebook.names["flipped"](), shots=7)
    assert cell.jobs == (0, 1)
    assert cell.cancel()
    assert others.status() == "QUEUED"
    gated_notebook.names["gate"].open_gate()
    assert others.result(PATIENCE_S)[0].data.meas.get_counts() == {"1": 7}


def test_cancelling_one_that_waits_keeps_it_from_running(gated_notebook: Notebook):
    gated_notebook.run(LOOP.format(options=""))
    first = gated_notebook.names["cell"]
    gated_notebook.run("%%qsession --background --no-widget -o second\nran = True")
    second = gated_notebook.names["second"]
    gated_notebook.names["gate"].wait_for_runs(1)
    assert second.cancel()
    assert second.status == "cancelled"
    first.cancel()
    gated_notebook.names["gate"].open_gate()
    first.exception(PATIENCE_S)
    assert "ran" not in gated_notebook.names


def test_close_closes_when_it_has_run(notebook: Notebook):
    notebook.run("%%qsession --background --no-widget --close -o cell\nflipped();")
    cell = notebook.names["cell"]
    cell.result(PATIENCE_S)
    assert cell.session.state == "closed"


# --- an interrupted cell -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "active", "said"),
    [
        ("keep", True, "Stopped waiting for the session"),
        ("cancel", False, ""),
        ("close", False, ""),
    ],
)
def test_an_interrupt_does_what_was_asked_to_the_session(
    gated_notebook: Notebook, choice: str, active: bool, said: str
):
    output = gated_notebook.try_to_run(
        f"%%qsession gate --no-widget --name it --on-interrupt {choice} -o never\n"
        "from qsession import attach\nit = attach('it')\nit.run(flipped())\nit.run(flipped())\n"
        "raise KeyboardInterrupt"
    )
    session = gated_notebook.names["it"]
    assert isinstance(output.error, KeyboardInterrupt)
    assert session.active is active
    assert said in output.printed
    assert (session.jobs[1].status == "CANCELLED") is (choice == "cancel")
    gated_notebook.names["gate"].open_gate()
    session.wait()


def test_an_unknown_choice_is_a_usage_error(notebook: Notebook):
    output = notebook.try_to_run("%%qsession --on-interrupt stop\npass")
    assert isinstance(output.error, UsageError)


# --- await at the top level ----------------------------------------------------------------------


@pytest.mark.parametrize("options", ["", "--background"])
def test_a_cell_may_await(notebook: Notebook, options: str):
    notebook.run("import asyncio")
    notebook.run(
        f"%%qsession --no-widget --name waits {options} -o kept\n"
        "from qsession import attach\nawait asyncio.sleep(0)\n"
        "job = attach('waits').run(flipped())\n(await job)[0].data.meas.get_counts()"
    )
    kept = notebook.names["kept"]
    assert (kept.result(PATIENCE_S) if options else kept) == {"1": 1024}


def test_a_cell_may_await_while_a_loop_runs(notebook: Notebook):
    async def run() -> Any:
        return notebook.run(
            "%%qsession --no-widget -o kept\nimport asyncio\nawait asyncio.sleep(0, 5)"
        )

    asyncio.run(run())
    assert notebook.names["kept"] == 5


# --- in a kernel ---------------------------------------------------------------------------------


# Each ends while the next cell runs: the client that plays the page listens only then.
CELLS = [
    "%load_ext qsession\nfrom threading import Semaphore\n"  # noqa: ISC004 - one cell
    "from tests.support.circuits import flipped\ngo = Semaphore(0)",
    "%%qsession --background --no-widget --name k -o cell\ngo.acquire()\n"  # noqa: ISC004 - likewise
    "import sys\nfrom IPython.display import HTML, display\n"
    "print('from the cell')\nprint('a warning', file=sys.stderr)\n"
    "display(HTML('<b>rich</b>'))\nflipped()",
    "print('in front')\ngo.release()\ncell.result();",
    "%%qsession --background --no-widget --name k -o failing\ngo.acquire()\n1 / 0",
    "go.release()\nfailing.exception();",
    "%%qsession --background --no-widget --name lost -o losing\ngo.acquire()\n"  # noqa: ISC004 - likewise
    "losing.session.cancel(reason='enough')\nfor _ in range(3):\n    losing.session.run(flipped())",
    "go.release()\nlosing.exception();",
    "%%qsession --background --no-widget --name lost -o losing\ngo.acquire()\n"  # noqa: ISC004 - likewise
    "losing.session.cancel(reason='enough')\nflipped()",
    "go.release()\nlosing.exception();",
]


# IPython's own warnings about its transport are not ours.
@pytest.mark.filterwarnings("default")
def test_what_ends_between_two_cells_is_in_a_notebook_that_a_program_runs():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        place = listening.getsockname()
        cells = [
            "%load_ext qsession\nimport socket, threading",
            f"test = socket.create_connection({place})",
            "%%qsession --background --no-widget -o cell\ntest.recv(1)\nprint('from the cell')",
            "threading.Thread(target=lambda: (cell.exception(), test.send(b'.'))).start()",
            "pass",
        ]
        listening.settimeout(PATIENCE_S)

        def let_it_end(cell_index: int, **_: object) -> None:
            if cell_index == len(cells) - 1:
                kernel, _address = listening.accept()
                with kernel:
                    kernel.settimeout(PATIENCE_S)
                    kernel.sendall(b".")
                    assert kernel.recv(1) == b"."

        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        NotebookClient(made, timeout=PATIENCE_S, on_cell_start=let_it_end).execute()
    own = "".join(str(output.get("data", output)) for output in made.cells[2].outputs)
    assert "Done in the background" in own
    assert "from the cell" in own
    assert "Cancel cell" not in own


# IPython's own warnings about its transport are not ours.
@pytest.mark.filterwarnings("default")
def test_output_stays_under_its_own_cell():
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(made, timeout=PATIENCE_S).execute()
    own = "".join(str(output.get("data", output)) for output in made.cells[1].outputs)
    for words in ("Done in the background", "1 of 1 job ended", "from the cell", "a warning",
                  "<b>rich</b>", "register meas, 1024 shots"):  # fmt: skip
        assert words in own
    assert "Cancel cell" not in own  # nothing is left to press
    (in_front,) = made.cells[2].outputs
    assert in_front.text == "in front\n"
    failed = "".join(str(output.get("data", "")) for output in made.cells[3].outputs)
    assert "Failed in the background" in failed
    assert "ZeroDivisionError: division by zero" in failed
    assert "qsession/magics" not in failed  # only the cell's own lines
    for number, line in ((5, "losing.session.run(flipped())"), (7, None)):
        lost = "".join(str(output.get("data", "")) for output in made.cells[number].outputs)
        assert "Failed in the background" in lost
        assert "SessionEndedError" in lost
        assert "enough" in lost
        assert "src/qsession" not in lost
        assert line is None or line in lost
