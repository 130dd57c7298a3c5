"""What circuits, names and shots may be, and what is said of the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit

from qsession.circuits.checks import read_circuits, read_name, read_run_options, read_shots
from qsession.errors import InvalidInputError
from tests.support.circuits import bell

BELL = bell()
PLAIN = QuantumCircuit(2, name="plain")


@pytest.mark.parametrize("shots", [1, 10_000_000, np.int32(7), np.uint64(7)])
def test_shots_become_a_plain_number(shots):
    assert read_shots(shots) == shots
    assert type(read_shots(shots)) is int


def test_a_span_is_no_number_of_shots():
    with pytest.raises(InvalidInputError, match="not a whole number"):
        read_shots(np.timedelta64(5))


@pytest.mark.parametrize("name", [None, "bell", "my bell, no. 2", "Zürich", "量子", "x" * 128])
def test_a_name_is_one_line_of_text(name):
    assert read_name(name) == name


@pytest.mark.parametrize(
    "name", ["", " ", "\t", "a\nb", "a\rb", "a\x00b", "a\u2028b", "\u202eab", "x" * 129, 5, b"a"]
)
def test_other_names_are_refused(name):
    with pytest.raises(InvalidInputError, match=r"^name=.+ cannot be used"):
        read_name(name)


@pytest.mark.parametrize(
    ("work", "count"), [(BELL, 1), ([BELL], 1), ([BELL, BELL], 2), ((BELL, BELL), 2)]
)
def test_backends_run_a_circuit_or_several(work, count):
    assert read_circuits(work) == [BELL] * count


@pytest.mark.parametrize("work", [None, [], (), "bell", "", 5, {"a": BELL}, iter([BELL])])
def test_backends_run_nothing_else(work):
    with pytest.raises(InvalidInputError, match="is not a circuit"):
        read_circuits(work)


def test_backends_do_not_run_pubs():
    with pytest.raises(InvalidInputError, match=r"Item 1 is .*, not a QuantumCircuit"):
        read_circuits([BELL, (BELL, None)])


def test_backends_do_not_run_circuits_that_measure_nothing():
    with pytest.raises(InvalidInputError, match=r"Circuit 1 \('plain'\) measures nothing"):
        read_circuits([BELL, PLAIN])


def test_a_backend_whose_results_are_states_runs_them_all_the_same():
    assert read_circuits([BELL, PLAIN], must_measure=False) == [BELL, PLAIN]
    with pytest.raises(InvalidInputError, match="Item 1 is 5"):
        read_circuits([BELL, 5], must_measure=False)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({}, {}),
        ({"seed_simulator": 5}, {"seed_simulator": 5}),
        ({"shots": None, "memory": True}, {"shots": None, "memory": True}),
        ({"shots": np.int64(5), "memory": True}, {"shots": 5, "memory": True}),
    ],
)
def test_run_options_other_than_shots_pass_through(given: dict[str, Any], read: dict[str, Any]):
    options = read_run_options(given)
    assert options == read
    assert options is not given


def test_run_options_are_refused_for_their_shots():
    with pytest.raises(InvalidInputError, match=r"shots=0 is out of bounds: 1 to 10000000\."):
        read_run_options({"shots": 0})
