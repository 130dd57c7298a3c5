"""Named work for the Run button."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from qsession.circuits.programs import Programs
from qsession.circuits.pubs import PubRequest
from qsession.errors import InvalidInputError
from qsession.model.snapshot import WorkLabel
from tests.support.circuits import bell, rotation


def test_a_session_begins_without_programs():
    programs = Programs()
    assert len(programs) == 0
    assert dict(programs) == {}
    assert programs.labels == ()


def test_a_program_is_found_by_its_name():
    programs = Programs()
    added = programs.add(bell(), name="mine")
    assert added.name == "mine"
    assert programs.find("mine") is programs["mine"] is added


def test_without_a_name_it_goes_by_its_circuits():
    programs = Programs()
    programs.add([bell("first"), bell("second")])
    assert list(programs) == ["first"]


def test_programs_keep_the_order_in_which_they_were_added():
    programs = Programs()
    for name in "cab":
        programs.add(bell(), name=name)
    assert list(programs) == ["c", "a", "b"]
    assert [label.name for label in programs.labels] == ["c", "a", "b"]


def test_a_program_of_the_same_name_is_replaced_in_its_place():
    programs = Programs()
    for name in "ab":
        programs.add(bell(), name=name)
    programs.add((rotation(), "Z", [0.5]), name="a")
    assert list(programs) == ["a", "b"]
    assert programs["a"].request.program == "estimator"


def test_a_sampler_program_shows_its_shots():
    program = Programs().add(bell(), shots=100)
    assert program.label == WorkLabel("bell", "sampler", shots=100)
    assert [pub.shots for pub in program.request.sampler_pubs] == [100]


def test_an_estimator_program_shows_its_precision():
    program = Programs().add((rotation(), "Z", [0.5]), name="energy", precision=0.1)
    assert program.label == WorkLabel(
        "energy", "estimator", precision=0.1, parameters=(("theta", 0.5),)
    )
    assert [pub.precision for pub in program.request.estimator_pubs] == [0.1]


def test_options_stay_with_the_program():
    program = Programs().add(bell(), options={"simulator": {"seed_simulator": 5}})
    assert program.request.options == {"simulator": {"seed_simulator": 5}}


def test_a_program_stays_as_it_was_added():
    circuit, angles, options = rotation(measured=True), np.array([0.5]), {"simulator": {"seed": 5}}
    program = Programs().add((circuit, angles), options=options)
    circuit.data.clear()
    angles[0] = 9
    options["simulator"]["seed"] = 9
    (pub,) = program.request.sampler_pubs
    assert pub.circuit == rotation(measured=True).assign_parameters(pub.circuit.parameters)
    assert pub.parameter_values.as_array() == [0.5]
    assert program.request.options == {"simulator": {"seed": 5}}


def turned(*names: str, measured: bool = True) -> QuantumCircuit:
    """One qubit turned once by each parameter."""
    circuit = QuantumCircuit(1, name="turned")
    for name in names:
        circuit.rx(Parameter(name), 0)
    if measured:
        circuit.measure_all()
    return circuit


def values_of(request: PubRequest) -> list[dict[str, float]]:
    return [PubRequest(request.program, (pub,)).single_values for pub in request.pubs]


@pytest.mark.parametrize(
    "work",
    [
        turned("a", "b"),
        (turned("a", "b"),),
        (turned("a", "b"), None, 50),
        [turned("a"), (turned("b"), None)],
        (turned("a", "b", measured=False), "Z"),
        (turned("a", "b", measured=False), ["Z", "X"], None, 0.1),
    ],
)
def test_circuits_may_lack_values_which_each_run_then_gives(work):
    program = Programs().add(work, name="loop")
    assert program.parameters == {"a": None, "b": None}
    request = program.request_with(parameters={"b": 2, "a": 0.5})
    given = {name: value for values in values_of(request) for name, value in values.items()}
    assert given == {"a": 0.5, "b": 2.0}
    assert program.parameters == {"a": None, "b": None}


def test_values_may_be_listed_in_the_order_of_the_circuit():
    program = Programs().add(turned("b", "a"))
    request = program.request_with(parameters=np.array([0.1, 0.2]))
    assert values_of(request) == [{"a": 0.1, "b": 0.2}]


def test_parameter_objects_name_their_parameters():
    theta = Parameter("theta")
    program = Programs().add((rotation(), "Z"), name="energy")
    assert values_of(program.request_with(parameters={theta: 1.5})) == [{"theta": 1.5}]


def test_a_value_that_was_added_is_kept_unless_a_run_gives_another():
    program = Programs().add((rotation(), "Z", [0.5]), name="energy")
    assert program.parameters == {"theta": 0.5}
    assert values_of(program.request_with()) == [{"theta": 0.5}]
    assert values_of(program.request_with(parameters=[0.7])) == [{"theta": 0.7}]


def test_a_sweep_is_set_once_and_for_all():
    program = Programs().add((rotation(), "Z", [[0.1], [0.2]]), name="sweep")
    assert program.parameters == {}
    with pytest.raises(InvalidInputError, match=r"no parameter 'theta' to be set\. It has none"):
        program.request_with(parameters={"theta": 1})


def test_a_run_may_have_other_shots_or_another_precision():
    sampled = Programs().add(bell(), shots=10).request_with(shots=20)
    assert [pub.shots for pub in sampled.sampler_pubs] == [20]
    estimated = Programs().add((rotation(), "Z"), precision=0.1)
    request = estimated.request_with(precision=0.2, parameters=[0])
    assert [pub.precision for pub in request.estimator_pubs] == [0.2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "needs values of 'a', 'b', for example session.run_program"),
        ({"parameters": {"a": 1}}, "needs values of 'b'"),
        ({"parameters": {"c": 1}}, "has no parameter 'c' to be set. It has 'a', 'b'"),
        ({"parameters": [1]}, r"parameters=\[1\] does not fit .* Expected 2 numbers"),
        ({"parameters": 3}, "parameters=3 does not fit"),
        ({"parameters": "ab"}, "parameters='ab' does not fit"),
        ({"parameters": ["1", "2"]}, "'1' is no value of the parameter 'a'"),
        ({"parameters": {"a": True, "b": 1}}, "True is no value of the parameter 'a'"),
        ({"parameters": [np.nan, 1]}, "nan is no value of the parameter 'a'"),
        ({"parameters": [1, 2], "shots": 0}, "out of bounds"),
        ({"parameters": [1, 2], "precision": 0.1}, "does not apply"),
    ],
)
def test_a_run_that_does_not_fit_is_refused(arguments, words):
    program = Programs().add(turned("a", "b"), name="loop")
    with pytest.raises(InvalidInputError, match=words):
        program.request_with(**arguments)


@pytest.mark.parametrize(
    ("work", "arguments"),
    [
        ("bell", {}),
        (rotation(), {}),
        (bell(), {"shots": 0}),
        (bell(), {"precision": 0.1}),
        (bell(), {"name": "a\nb"}),
        (bell("a\nb"), {}),
        (bell(" "), {}),
    ],
)
def test_what_cannot_be_run_or_named_is_not_added(work, arguments):
    programs = Programs()
    with pytest.raises(InvalidInputError):
        programs.add(work, **arguments)
    assert not programs


def test_an_unknown_program_is_refused_with_those_there_are():
    programs = Programs()
    with pytest.raises(InvalidInputError, match=r"No program is called 'x'.*: none yet"):
        programs.find("x")
    programs.add(bell(), name="a")
    programs.add(bell(), name="b")
    with pytest.raises(InvalidInputError, match="Programs of this session: 'a', 'b'"):
        programs.find("x")
    wrong: Any = ["x"]
    with pytest.raises(InvalidInputError, match=r"No program is called \['x'\]"):
        programs.find(wrong)
    with pytest.raises(KeyError):
        programs["x"]


def test_who_is_walking_through_them_is_not_disturbed():
    programs = Programs()
    for name in "ab":
        programs.add(bell(), name=name)
    seen = []
    for name in programs:
        seen.append(name)
        programs.add(bell(), name=f"{name}{name}")
    assert seen == ["a", "b"]


def test_a_run_leaves_a_sweep_beside_a_single_value_alone():
    program = Programs().add([(turned("a"), [0.1]), (turned("a"), [[0.2], [0.3]])], name="both")
    single, sweep = program.request_with(parameters={"a": 9}).pubs
    assert single.parameter_values.as_array().tolist() == [9.0]
    assert sweep.parameter_values.as_array().tolist() == [[0.2], [0.3]]


def unnamed(gate: str) -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    getattr(circuit, gate)(0)
    circuit.measure_all()
    return circuit


def test_a_circuit_without_a_name_is_offered_as_what_it_is():
    assert Programs().add(unnamed("x")).name == "2 qubits, depth 2"


def test_different_circuits_without_a_name_are_kept_apart_and_equal_ones_replaced():
    programs = Programs()
    for gate in ("x", "h", "x", "h"):
        programs.add(unnamed(gate))
    assert list(programs) == ["2 qubits, depth 2", "2 qubits, depth 2 (2)"]
