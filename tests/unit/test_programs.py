"""Named work for the Run button."""

from __future__ import annotations

import numpy as np
import pytest

from qsession.errors import InvalidInputError
from qsession.model.snapshot import WorkLabel
from qsession.programs import Programs
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
    assert program.label == WorkLabel("energy", "estimator", precision=0.1)
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
