"""What the page is told when a job is opened."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from traitlets import TraitError

from qsession.session.registry import core_of
from qsession.widget.wire import ROW_FIELDS
from tests.support.circuits import bell, flipped, rotation
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from qsession import Session
    from tests.support.gated_backend import GatedBackend
    from tests.widget.recording_comm import RecordingComm

MARKUP = "<img src=x onerror=alert(1)>"


def details_of(page: RecordingComm, job_id: str) -> dict[str, Any]:
    reply = page.ask("details", job_id=job_id)
    assert (reply["ok"], reply["message"], reply["error"]) == (True, None, None)
    assert len(json.dumps(reply)) < 40_000
    details: dict[str, Any] = reply["details"]
    return details


def test_a_sampler_job_tells_its_outcomes_circuit_and_code(
    session: Session, page: RecordingComm, gated: GatedBackend
):
    gated.open_gate()
    job = session.run(flipped(), shots=20)
    job.result(PATIENCE_S)
    details = details_of(page, job.job_id())
    (part,) = details["result"]["parts"]
    assert (part["kind"], part["shots"], part["frequent"]) == ("counts", 20, [["1", 20]])
    assert [circuit["name"] for circuit in details["circuits"]] == ["flipped"]
    session_id = session.session_id
    assert details["code"] == [
        f'session.job("{job.job_id()}").result()',
        f'qsession.attach("{session_id}").job("{job.job_id()}").result()',
    ]
    assert (details["problem"], details["error"]) == (None, None)


def test_an_estimator_job_tells_its_values_and_parameters(
    session: Session, page: RecordingComm, gated: GatedBackend
):
    gated.open_gate()
    job = session.run((rotation(), ["Z", "X"], [np.pi]), precision=0.1)
    job.result(PATIENCE_S)
    details = details_of(page, job.job_id())
    (part,) = details["result"]["parts"]
    assert (part["kind"], part["shape"]) == ("values", [2])
    assert part["values"][0][0] == pytest.approx(-1, abs=0.2)
    assert details["parameters"] == [["theta", "3.14159"]]


def test_the_code_that_is_told_fetches_the_result(
    session: Session, page: RecordingComm, gated: GatedBackend
):
    import qsession

    gated.open_gate()
    job = session.run(flipped(), shots=5)
    job.result(PATIENCE_S)
    for line in details_of(page, job.job_id())["code"]:
        result = eval(line, {"session": session, "qsession": qsession})  # noqa: S307 - our own line
        assert result[0].data.meas.get_counts() == {"1": 5}


def test_a_job_that_failed_tells_why(session: Session, page: RecordingComm, gated: GatedBackend):
    gated.failure = RuntimeError(MARKUP)
    gated.open_gate()
    job = session.run(flipped())
    with pytest.raises(RuntimeError):
        job.result(PATIENCE_S)
    details = details_of(page, job.job_id())
    assert (details["error"]["type"], details["error"]["message"]) == ("RuntimeError", MARKUP)
    assert "raise self.failure" in details["error"]["traceback"]
    assert details["result"] is None


def test_details_that_cannot_be_sent_as_they_are_are_sent_in_part(
    session: Session, page: RecordingComm
):
    job = session.run(flipped("\ud800"))
    assert details_of(page, job.job_id())["circuits"][0]["name"] == "?"
    assert page.ask("picture")["ok"]


def test_a_job_that_waits_tells_what_it_will_run(session: Session, page: RecordingComm):
    session.run(flipped())
    queued = session.run(bell())
    details = details_of(page, queued.job_id())
    assert (details["status"], details["result"], details["problem"]) == ("QUEUED", None, None)
    assert details["circuits"][0]["name"] == "bell"


def test_circuits_of_backend_run_are_told_too(
    session: Session, page: RecordingComm, gated: GatedBackend
):
    gated.open_gate()
    job = session.run_circuits(flipped(), shots=7)
    job.result(PATIENCE_S)
    (part,) = details_of(page, job.job_id())["result"]["parts"]
    assert (part["name"], part["frequent"]) == ("flipped", [["1", 7]])


def test_what_cannot_be_read_is_told_beside_the_rest(
    session: Session, page: RecordingComm, monkeypatch: pytest.MonkeyPatch
):
    job = session.run(flipped())

    def fail(_job_id: str) -> None:
        raise OSError("no network")

    monkeypatch.setattr(core_of(session).engine, "job", fail)
    details = details_of(page, job.job_id())
    assert details["problem"] == "Not all could be read: OSError: no network"
    assert details["code"]


@pytest.mark.parametrize("action", ["details", "drawing"])
@pytest.mark.parametrize(
    ("job_id", "kind"),
    [("nowhere", "UnknownJobError"), (None, "InvalidInputError"), (7, "InvalidInputError")],
)
def test_a_job_that_is_not_there_is_an_error(
    session: Session, page: RecordingComm, action: str, job_id: object, kind: str
):
    reply = page.ask(action, job_id=job_id, index=0)
    assert reply["error"]["type"] == kind
    assert "details" not in reply


def test_a_circuit_is_drawn_when_that_is_asked_for(session: Session, page: RecordingComm):
    job = session.run(bell())
    reply = page.ask("drawing", job_id=job.job_id(), index=0)
    assert reply["details"]["index"] == 0
    assert "┤ H ├" in reply["details"]["drawing"]


@pytest.mark.parametrize("index", [5, -1, "0", None, True, 0.0, 2**70])
def test_a_circuit_that_is_not_there_is_an_error(
    session: Session, page: RecordingComm, index: object
):
    job = session.run(bell())
    reply = page.ask("drawing", job_id=job.job_id(), index=index)
    assert reply["error"]["type"] == "InvalidInputError"


def test_reading_a_job_stands_in_the_way_of_nothing_else(
    session: Session, page: RecordingComm, gated: GatedBackend, monkeypatch: pytest.MonkeyPatch
):
    gated.open_gate()
    job = session.run(flipped())
    job.result(PATIENCE_S)
    may_go_on = threading.Event()
    real = core_of(session).engine.job

    def slow(job_id: str) -> Any:
        assert may_go_on.wait(PATIENCE_S)
        return real(job_id)

    monkeypatch.setattr(core_of(session).engine, "job", slow)
    page.receive({"kind": "request", "id": "slow", "action": "details", "job_id": job.job_id()})
    assert page.ask("resync")["ok"]
    assert [reply["id"] for reply in page.contents("reply")] != ["slow"]
    may_go_on.set()
    page.wait_for(lambda: any(reply["id"] == "slow" for reply in page.contents("reply")))


def test_nothing_of_a_result_is_in_what_a_notebook_saves(
    session: Session, page: RecordingComm, gated: GatedBackend
):
    gated.open_gate()
    job = session.run(bell("secret"), shots=20)
    job.result(PATIENCE_S)
    details_of(page, job.job_id())
    saved = json.dumps(session.widget.get_state(["seq", "head", "rows", "view"]))
    assert "frequent" not in saved
    assert "secret" in saved  # the row is there


@pytest.fixture
def estimated(session: Session, gated: GatedBackend) -> Callable[[], list[Any]]:
    def run() -> list[Any]:
        gated.open_gate()
        job = session.run((rotation(), "Z", [np.pi]), precision=0.1)
        job.result(PATIENCE_S)
        row: list[Any] = session.widget.rows[-1]
        return row

    return run


def test_the_values_of_an_estimator_job_are_in_its_row(estimated: Callable[[], list[Any]]):
    ((value, error),) = estimated()[ROW_FIELDS.index("values")]
    assert value == pytest.approx(-1, abs=0.3)
    assert error >= 0


def test_a_program_is_run_with_what_the_reader_chose(
    session: Session, page: RecordingComm, gated: GatedBackend
):
    gated.open_gate()
    session.add_program((rotation(), "Z"), name="turn", precision=0.5)
    (told,) = session.widget.head["programs"]
    assert told["parameters"] == [["theta", None]]
    assert told["parameter_count"] == 1
    refused = page.ask("run", program="turn")
    assert "needs values of 'theta'" in refused["error"]["message"]
    assert page.ask("run", program="turn", precision=0.1, parameters={"theta": np.pi})["ok"]
    session.job(session.jobs[0].job_id).result(PATIENCE_S)
    assert session.jobs[0].shots == 100
    assert session.jobs[0].values[0].value == pytest.approx(-1, abs=0.3)


def test_a_job_is_run_again(session: Session, page: RecordingComm):
    first = session.run(flipped("first"), shots=5)
    session.run(flipped("second"))
    assert page.ask("run", job_id=first.job_id())["ok"]
    assert (session.jobs[-1].name, session.jobs[-1].shots) == ("first", 5)
    assert page.ask("run", job_id="nowhere")["error"]["type"] == "UnknownJobError"


def test_many_programs_and_parameters_are_told_in_part(session: Session):
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector

    angles = ParameterVector("t", 40)
    circuit = QuantumCircuit(1)
    for angle in angles:
        circuit.rx(angle, 0)
    for number in range(30):
        session.add_program((circuit, "Z"), name=f"p{number}")
    programs = session.widget.head["programs"]
    assert len(programs) == 20
    assert (len(programs[0]["parameters"]), programs[0]["parameter_count"]) == (24, 40)


def test_the_view_is_full_or_compact(session: Session, page: RecordingComm):
    assert session.widget.view == "full"
    session.widget.view = "compact"
    assert page.updates()[-1] == {"view": "compact"}
    with pytest.raises(TraitError, match=r"'full'.*'compact'"):
        session.widget.view = "tiny"


def test_the_view_goes_into_layouts(session: Session):
    from ipywidgets import HBox, Tab, VBox

    layout = Tab([VBox([HBox([session.widget, session.widget])])])
    assert layout.children[0].children[0].children == (session.widget, session.widget)
