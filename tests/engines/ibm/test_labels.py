"""What a primitive hands over is told in words, and can be handed over once more."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub

from qsession import InvalidInputError
from qsession.engines.ibm.submission import Label, Submission, label_of
from tests.support.circuits import bell, rotation


def pub(shots: int | None = None, name: str = "c") -> Any:
    return SimpleNamespace(shots=shots, circuit=SimpleNamespace(name=name))


@pytest.mark.parametrize(
    ("program", "inputs", "options", "name", "label"),
    [
        ("sampler", {"pubs": [pub(5)]}, {}, None, Label("c", "sampler", 5, ())),
        ("sampler", {"pubs": [pub(5), pub(5)]}, {}, "n", Label("n", "sampler", 5, ())),
        ("sampler", {"pubs": [pub(5), pub(6)]}, {}, None, Label("c +1", "sampler", None, ())),
        ("estimator", {"pubs": [pub()]}, {"job_tags": ["a", 7]}, None,
         Label("c", "estimator", None, ("a", "7"))),
        ("executor", {"quantum_program": {"shots": 9, "semantic_role": "sampler_v2"}}, {}, None,
         Label(None, "sampler", 9, ())),
        ("executor", {"quantum_program": {"shots": 9, "semantic_role": "estimator_v2"}}, {}, "n",
         Label("n", "estimator", 9, ())),
        ("executor", {"quantum_program": {"shots": 9}}, {"job_tags": None}, None,
         Label(None, "executor", 9, ())),
        ("noise-learner", {}, {}, None, Label(None, "noise-learner", None, ())),
        ("noise-learner", {"circuits": [1]}, {}, None, Label(None, "noise-learner", None, ())),
    ],
)  # fmt: skip
def test_a_label_is_read_from_what_is_handed_over(program, inputs, options, name, label):
    assert label_of(program, inputs, options, name) == label


class Service:
    """Keeps what it is asked to run."""

    def _run(self, **arguments: Any) -> Any:
        self.arguments = arguments
        return "a job"


def submission(program_id: str, inputs: dict[str, Any]) -> Submission:
    return Submission(program_id, inputs, {"job_tags": ["a"]}, {"dry_run": False})


def test_a_submission_is_sent_with_all_that_belongs_to_it():
    service = Service()
    sent = submission("sampler", {"pubs": []}).send(service, "backend", "crn", "session")
    assert sent == "a job"
    assert service.arguments == {
        "program_id": "sampler",
        "inputs": {"pubs": []},
        "options": {"instance": "crn", "job_tags": ["a"], "backend": "backend"},
        "session_id": "session",
        "start_session": False,
        "dry_run": False,
    }


def test_other_shots_make_another_submission_of_a_sampler():
    first = submission("sampler", {"pubs": [SamplerPub.coerce(bell(), 10)], "version": 2})
    again = first.with_shots(20)
    assert (first.inputs["pubs"][0].shots, again.inputs["pubs"][0].shots) == (10, 20)
    assert (again.inputs["version"], again.options) == (2, first.options)


def test_other_shots_make_another_submission_of_an_executor():
    first = submission("executor", {"quantum_program": {"shots": 10, "items": [1]}})
    again = first.with_shots(20)
    assert first.inputs["quantum_program"]["shots"] == 10
    assert again.inputs["quantum_program"] == {"shots": 20, "items": [1]}


def test_other_shots_are_another_precision_to_an_estimator():
    pub = EstimatorPub.coerce((rotation(), "Z", [0.1]), 0.125)
    first = submission("estimator", {"pubs": [pub]})
    assert label_of("estimator", first.inputs, {}, None).shots == 64
    again = first.with_shots(100)
    assert label_of("estimator", again.inputs, {}, None).shots == 100


@pytest.mark.parametrize(
    ("program_id", "inputs"),
    [
        ("estimator", {"pubs": [pub()]}),
        ("sampler", {}),
        ("noise-learner", {}),
    ],
)
def test_work_without_shots_refuses_them(program_id: str, inputs: dict[str, Any]):
    with pytest.raises(InvalidInputError, match="shots=5 does not apply"):
        submission(program_id, inputs).with_shots(5)
