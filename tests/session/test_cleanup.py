"""What this process opened is not lost: sessions that nobody holds, and the exit."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import nbformat
import papermill
import pytest
from nbclient import NotebookClient

from qsession import ServiceError, Session, UnreferencedSessionWarning, sessions
from qsession.session import cleanup
from qsession.session.registry import core_of
from tests.cloud import faults
from tests.cloud.account import connect, default_account, environment
from tests.cloud.process import ServerProcess
from tests.cloud.server import Server
from tests.support.circuits import flipped
from tests.support.inside import snapshot_of
from tests.support.patience import PATIENCE_S
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
# IPython's own warnings about its transport are not ours.
pytestmark = pytest.mark.filterwarnings("default")


# --- sessions that nobody holds ------------------------------------------------------------------


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> list[cleanup.Custody]:
    """Who is answered for without an object: of this test alone."""
    left: list[cleanup.Custody] = []
    monkeypatch.setattr(cleanup, "_left", left)
    return left


def reports(drop: Any) -> list[str]:
    """What was said when what ``drop`` made went away."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        drop()
        gc.collect()
    kind = UnreferencedSessionWarning
    return [str(each.message) for each in said if issubclass(each.category, kind)]


def test_an_open_session_that_nobody_holds_is_reported_once_with_its_line(
    backend: Any, left: list[cleanup.Custody]
):
    def drop() -> None:
        session = Session(backend, create_new=True)
        drop.id = session.session_id  # type: ignore[attr-defined]

    (said,) = reports(drop)
    session_id = drop.id  # type: ignore[attr-defined]
    assert said.startswith(f"The session {session_id}, opened by 'session = Session(backend, crea")
    assert f"({__file__}, line {drop.__code__.co_firstlineno + 1})" in said
    assert f"qsession.attach('{session_id}').close()" in said
    assert len(left) == 1


@pytest.mark.parametrize("end", ["close", "cancel"])
def test_an_ended_one_is_not_reported(backend: Any, left: list[cleanup.Custody], end: str):
    def drop() -> None:
        session = Session(backend, create_new=True)
        getattr(session, end)()
        until(core_of(session).journal, lambda: snapshot_of(session).state.is_terminal)

    assert reports(drop) == []
    assert left == []


def test_one_that_waits_for_its_jobs_or_for_the_service_is_not_reported(
    server: Server, backend: Any, left: list[cleanup.Custody]
):
    server.state.pace.mode = "manual"

    def drop(*, is_heard: bool) -> None:
        session = Session(backend)
        session.run(flipped())
        if is_heard:
            session.close()
            return
        server.faults.add("PATCH", faults.refuse(502))
        with pytest.raises(ServiceError):
            session.close()

    assert reports(lambda: drop(is_heard=True)) == []
    assert reports(lambda: drop(is_heard=False)) == []
    server.state.pace.mode = "auto"


def test_neither_is_one_that_was_never_opened_nor_a_local_one(
    backend: Any, left: list[cleanup.Custody]
):
    assert reports(lambda: Session(backend)) == []
    # A local session ends with its object.
    assert reports(lambda: Session().run(flipped()).result()) == []
    assert left == []


def test_one_that_was_taken_up_is_somebody_elses(
    server: Server, service: Any, backend: Any, left: list[cleanup.Custody]
):
    from qiskit_ibm_runtime import Session as IBMSession

    theirs = IBMSession(backend)
    assert reports(lambda: Session.from_id(theirs.session_id, service)) == []
    assert left == []
    theirs.close()


# --- the exit ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cloud() -> Iterator[ServerProcess]:
    """A service in a process of its own."""
    with ServerProcess("--job-seconds", "0.2") as server:
        yield server


def run_script(code: str, *, server: ServerProcess | None = None) -> tuple[str, str]:
    """Run a program to its end; what it printed, and what it complained of."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    if server is not None:
        variables |= {**environment(server), **default_account(server)}
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", dedent(code)],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
        env=variables,
    )
    return done.stdout, done.stderr


def ended_in_ledger() -> dict[str | None, str]:
    """The states of the sessions in the ledger, by their names."""
    return {info.name: info.state for info in sessions(ended=True) if info.source == "ledger"}


def test_a_program_that_exits_closes_its_local_session():
    run_script(
        """
        from qsession import Session
        from tests.support.circuits import flipped
        session = Session(name="script")
        session.run(flipped()).result()
        """
    )
    assert ended_in_ledger() == {"script": "closed"}


def test_a_program_that_fails_does_too():
    with pytest.raises(subprocess.CalledProcessError):
        run_script(
            """
            from qsession import Session
            session = Session(name="failing", create_new=True)
            1 / 0
            """
        )
    assert ended_in_ledger() == {"failing": "closed"}


IBM_SCRIPT = """
    from qiskit_ibm_runtime import QiskitRuntimeService
    from qsession import Session
    from tests.support.circuits import flipped
    backend = QiskitRuntimeService().backend("ibm_manila")
    session = Session(backend, {options})
    session.run(flipped())
    print(session.session_id)
    {then}
"""


def state_at_service(cloud: ServerProcess, session_id: str) -> dict[str, Any]:
    """How the service sees a session."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environment(cloud).items():
            patched.setenv(name, value)
        answer = connect(cloud)._get_api_client(None).session_details(session_id)
    assert isinstance(answer, dict)
    return answer


def test_a_session_of_the_service_is_closed_and_its_job_goes_on(cloud: ServerProcess):
    out, _ = run_script(IBM_SCRIPT.format(options="", then=""), server=cloud)
    assert state_at_service(cloud, out.strip())["accepting_jobs"] is False


def test_so_is_one_that_nobody_held(cloud: ServerProcess):
    script = IBM_SCRIPT.format(options="", then="del session; import gc; gc.collect()")
    out, complaints = run_script(script, server=cloud)
    assert state_at_service(cloud, out.strip())["accepting_jobs"] is False
    assert complaints.count("UnreferencedSessionWarning") == 1


def test_close_at_exit_can_be_left_out(cloud: ServerProcess):
    out, _ = run_script(IBM_SCRIPT.format(options="close_at_exit=False", then=""), server=cloud)
    assert state_at_service(cloud, out.strip())["accepting_jobs"] is True


@pytest.mark.parametrize("times", [1, 3])
def test_an_answer_at_exit_that_did_nothing_is_not_believed(cloud: ServerProcess, times: int):
    cloud.step("add_fault", matches="PATCH", effect="do_nothing", times=times)
    out, complaints = run_script(IBM_SCRIPT.format(options="", then=""), server=cloud)
    assert state_at_service(cloud, out.strip())["accepting_jobs"] is False
    assert "may go on" not in complaints


def test_a_session_that_the_service_does_not_end_at_exit_is_told(cloud: ServerProcess):
    cloud.step("add_fault", matches="PATCH", effect="do_nothing", times=None)
    try:
        out, complaints = run_script(IBM_SCRIPT.format(options="", then=""), server=cloud)
    finally:
        cloud.step("clear_faults")
    assert f"The session {out.strip()}, opened" in complaints
    assert "The service answers that it closes the session, and does not." in complaints


@pytest.mark.parametrize("then", ["session.close()", "with session: pass"])
def test_what_was_to_be_closed_is_closed_at_exit_whoever_opened_it(cloud: ServerProcess, then: str):
    """A session that was taken up is not closed at exit by itself."""
    cloud.step("add_fault", matches="PATCH", effect="refuse", effect_options={"status": 502})
    script = IBM_SCRIPT.format(
        options="close_at_exit=False",
        then=f"""
    from qsession import ServiceError
    try:
        {then}
    except ServiceError:
        pass
""",
    )
    out, _ = run_script(script, server=cloud)
    assert state_at_service(cloud, out.strip())["accepting_jobs"] is False


def test_a_silent_service_does_not_hold_up_the_exit_for_long():
    with ServerProcess() as server:
        script = IBM_SCRIPT.format(
            options="",
            then="""
    import os, time
    from qsession.session import cleanup
    input()
    began = time.monotonic()
    cleanup._close_all(os.getpid())
    print(time.monotonic() - began)
    os._exit(0)
""",
        )
        variables = {
            **os.environ, "PYTHONPATH": str(ROOT), **environment(server), **default_account(server),
        }  # fmt: skip
        program = subprocess.Popen(  # noqa: S603 - this Python
            [sys.executable, "-c", dedent(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=variables,
        )
        assert program.stdout is not None
        session_id = program.stdout.readline().strip()
        server._process.send_signal(19)  # SIGSTOP: it takes connections and never answers
        try:
            out, complaints = program.communicate("go on\n", timeout=PATIENCE_S)
        finally:
            server._process.send_signal(18)
    # A busy machine may add to it. Without a budget it would wait for as long as it is stopped.
    assert float(out) < cleanup.EXIT_BUDGET_S + 20
    assert f"The session {session_id}, opened (<string>, line 6), may go on" in complaints
    assert "it could not be closed at exit" in complaints


NOTEBOOK = [
    "%load_ext qsession\nfrom tests.support.circuits import flipped",
    "%%qsession --name shown\nflipped()",
    "%%qsession fake_manila --name quiet --no-widget\nflipped();",
    "from qsession import Session\nsession = Session(name='plain', create_new=True)\nsession",
]


def notebook_file(folder: Path) -> Path:
    cells = [nbformat.v4.new_code_cell(source) for source in NOTEBOOK]
    path = folder / "notebook.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def run_by_nbclient(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    NotebookClient(nbformat.read(path, as_version=4), timeout=PATIENCE_S).execute(cwd=str(ROOT))


def run_by_papermill(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    papermill.execute_notebook(
        path, path.with_name("done.ipynb"), cwd=str(ROOT), kernel_name="python3", progress_bar=False
    )


@pytest.mark.parametrize("run", [run_by_nbclient, run_by_papermill])
def test_a_notebook_that_a_program_runs_leaves_no_session_open(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    run(notebook_file(tmp_path), monkeypatch)
    assert ended_in_ledger() == dict.fromkeys(["shown", "quiet", "plain"], "closed")


# --- scripts -------------------------------------------------------------------------------------


def test_a_script_loads_and_needs_nothing_of_jupyter():
    out, complaints = run_script(
        """
        import sys
        from qsession import Session
        from tests.support.circuits import flipped
        jupyter = ("IPython", "ipywidgets", "anywidget", "ipykernel", "comm", "jupyter_client")
        for name in jupyter:
            sys.modules[name] = None  # importing it fails
        with Session("fake_manila", name="script") as session:
            session.run(flipped())
            session.wait()
            print(session)
        """
    )
    lines = out.splitlines()
    assert lines[0] == "Session 'script' on fake_manila: In progress"
    assert lines[4] == "  Jobs    1 job (1 done)"
    assert lines[6].split() == ["Job", "Name", "Primitive", "Status", "Ran"]
    assert complaints == ""
