"""What the page is told of the session's device, and of what jobs use of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from qiskit import QuantumCircuit
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeFez, FakeManilaV2

from qsession import Session, device
from tests.support.circuits import bell, flipped
from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.gated_backend import GatedBackend
    from tests.widget.recording_comm import RecordingComm


def told(page: Any, action: str = "device", **arguments: Any) -> dict[str, Any]:
    reply = page.ask(action, **arguments)
    assert (reply["ok"], reply["message"], reply["error"]) == (True, None, None)
    details: dict[str, Any] = reply["details"]
    return details


def test_the_page_is_told_the_numbers_of_the_device(make_session: Callable[..., Session]) -> None:
    session = make_session("fake_manila")
    answer, known = told(session.widget.comm), session.device
    assert answer["name"] == "fake_manila"
    assert [each["t1_s"] for each in answer["qubits"]] == [each.t1_s for each in known.qubits]
    assert [each["error"] for each in answer["couplings"]] == [
        each.error for each in known.couplings
    ]
    assert answer["medians"]["readout_error"] == known.median_readout_error
    assert answer["scales"]["t1_s"]["best"] == max(each.t1_s or 0 for each in known.qubits)
    assert answer["calibrated_ms"] == 1716834443000
    assert not answer["is_remote"]


@pytest.mark.parametrize("backend", [FakeBrisbane(), FakeFez()], ids=lambda each: each.name)
def test_a_large_device_is_told_in_one_message_of_bounded_size(
    make_session: Callable[..., Session], backend: Any
) -> None:
    answer = told(make_session(backend).widget.comm)
    assert len(answer["qubits"]) == backend.num_qubits
    assert len(json.dumps(answer)) < 90_000


def test_a_simulator_says_that_gates_act_on_any_qubits(
    make_session: Callable[..., Session],
) -> None:
    answer = told(make_session().widget.comm)
    assert (answer["qubits"], answer["couplings_text"]) == ([], "all to all")
    assert answer["no_properties"].startswith("All to all")


def test_the_device_of_a_session_is_that_of_its_backend(session: Session) -> None:
    assert session.device == device(session._backend)


def test_a_job_tells_which_qubits_it_uses(make_session: Callable[..., Session]) -> None:
    session = make_session(FakeManilaV2())
    circuit = QuantumCircuit(5, 1)
    circuit.cx(3, 2)
    circuit.measure(2, 0)
    job = session.run([circuit, flipped()])
    answer = told(session.widget.comm, "use", job_id=job.job_id())
    assert answer == {"job_id": job.job_id(), "qubits": [0, 2, 3], "couplings": [[2, 3]]}
    job.result(PATIENCE_S)


def test_a_job_that_waits_tells_it_too(
    session: Session, page: RecordingComm, gated: GatedBackend
) -> None:
    session.run(flipped())
    waiting = session.run(bell())
    assert told(page, "use", job_id=waiting.job_id())["qubits"] == [0, 1]
    gated.open_gate()


def test_a_job_of_another_session_is_not_told(
    session: Session, page: RecordingComm, make_session: Callable[..., Session]
) -> None:
    other = make_session("fake_manila").run(flipped())
    reply = page.ask("use", job_id=other.job_id())
    assert reply["error"]["type"] == "UnknownJobError"


def test_nothing_of_a_device_is_kept_in_a_trait(make_session: Callable[..., Session]) -> None:
    session = make_session("fake_manila")
    told(session.widget.comm)
    state = session.widget.get_state()
    kept = {name: value for name, value in state.items() if name not in {"_esm", "_css"}}
    assert "readout_error" not in json.dumps(kept, default=str)
