"""One job in full, bounded in size."""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub

from qsession.errors import InvalidInputError
from qsession.render.job_details import (
    LONGEST_ERROR,
    MOST_CIRCUITS,
    MOST_PARAMETERS,
    circuit_details,
    draw,
    error_details,
    parameter_details,
    result_details,
)
from tests.support.circuits import bell, rotation


def result(*pubs: dict[str, Any]) -> PrimitiveResult[Any]:
    return PrimitiveResult([PubResult(DataBin(**data)) for data in pubs])


def inputs(*circuits: QuantumCircuit) -> dict[str, Any]:
    return {"pubs": [SamplerPub(circuit) for circuit in circuits]}


def test_a_sampler_tells_what_the_page_can_order():
    told = result_details(result({"meas": BitArray.from_counts({"00": 1, "11": 3})}))
    assert told == {
        "parts": [
            {
                "kind": "counts",
                "pub": 0,
                "name": "meas",
                "shots": 4,
                "distinct": 2,
                "frequent": [["11", 3], ["00", 1]],
                "first": None,
            }
        ],
        "hidden": 0,
    }


def test_the_first_outcomes_are_told_where_they_are_not_all_frequent_ones():
    counts = {f"{outcome:05b}": outcome + 1 for outcome in range(32)}
    (part,) = result_details(result({"meas": BitArray.from_counts(counts)}))["parts"]
    assert part["frequent"][0] == ["11111", 32]
    assert part["first"][0] == ["00000", 1]


def test_an_estimator_tells_its_values():
    told = result_details(result({"evs": np.array([0.5, np.nan]), "stds": np.array([0.1, 0.1])}))
    assert told["parts"] == [
        {"kind": "values", "pub": 0, "shape": [2], "size": 2, "values": [[0.5, 0.1], [None, 0.1]]}
    ]


def test_other_data_is_told_too():
    (part,) = result_details([{"x": np.zeros(3)}])["parts"]
    assert part == {"kind": "other", "pub": 0, "name": "x", "words": "3 float64"}


def test_what_is_told_of_a_result_is_bounded_and_the_rest_counted():
    long = BitArray.from_bool_array(np.random.default_rng(0).random((200, 1000)) > 0.5)
    told = result_details(result(*[{"meas": long}] * 5))
    assert len(told["parts"]) + told["hidden"] == 5
    assert len(json.dumps(told)) < 30_000
    many = result(*[{"evs": np.array(0.1)}] * 500)
    assert result_details(many)["hidden"] == 480
    assert len(json.dumps(result_details(many))) < 16_000


def failure_of(future: Future[object]) -> BaseException:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever the job failed with
        future.result()
    return raised.value


def test_a_traceback_tells_of_the_job_alone():
    def inner() -> None:
        raise ValueError("<b>no</b>")

    def job() -> None:
        inner()

    with ThreadPoolExecutor() as pool:
        told = error_details(failure_of(pool.submit(job)))
    assert (told["type"], told["message"]) == ("ValueError", "<b>no</b>")
    assert "in inner" in told["traceback"]
    assert "failure_of" not in told["traceback"]


def test_a_job_that_waited_for_something_that_failed_is_told_whole():
    def inner() -> None:
        raise ValueError

    def job() -> None:
        with ThreadPoolExecutor() as pool:
            pool.submit(inner).result()

    with ThreadPoolExecutor() as pool:
        told = error_details(failure_of(pool.submit(job)))
    assert "in job" in told["traceback"]
    assert "in inner" in told["traceback"]


def test_a_long_error_is_cut_and_the_end_of_its_traceback_kept():
    told = error_details(RuntimeError("x" * 10**6))
    assert len(told["message"]) == LONGEST_ERROR + 1
    assert len(told["traceback"]) == LONGEST_ERROR + 1
    assert error_details(RuntimeError())["message"] == "RuntimeError"


def test_circuits_are_told_as_they_ran():
    wide = QuantumCircuit(20, name="wide")
    wide.h(3)
    wide.cx(3, 4)
    wide.measure_all()
    told, count = circuit_details(inputs(bell(), wide))
    assert count == 2
    assert told[0] == {
        "name": "bell",
        "qubits": 2,
        "used_qubits": 2,
        "depth": 3,
        "size": 5,
        "operations": [["measure", 2], ["h", 1], ["cx", 1], ["barrier", 1]],
        "other_operations": 0,
    }
    assert told[1]["used_qubits"] == 20  # all are measured


@pytest.mark.parametrize(
    "given",
    [
        {"pubs": [(bell(), None, 10)]},
        {"pubs": [[bell()]]},
        {"circuits": [bell()]},
        type("Program", (), {"items": [type("Item", (), {"circuit": bell()})()]})(),
    ],
)
def test_circuits_are_found_in_inputs_of_every_kind(given: object):
    told, count = circuit_details(given)
    assert ([each["name"] for each in told], count) == (["bell"], 1)


@pytest.mark.parametrize("given", [None, {}, {"pubs": None}, {"x": 1}, [], "text"])
def test_inputs_without_circuits_have_none(given: object):
    assert circuit_details(given) == ([], 0)
    assert parameter_details(given) == ([], 0)


def test_of_many_circuits_and_operations_the_first_are_told():
    told, count = circuit_details(inputs(*[bell()] * 30))
    assert (len(told), count) == (MOST_CIRCUITS, 30)
    odd = QuantumCircuit(1, 1, name="x" * 1000)
    for number in range(30):
        odd.append(QuantumCircuit(1, name=f"op{number}").to_instruction(), [0])
    odd.measure(0, 0)
    ((first,), _) = circuit_details(inputs(odd))
    assert (len(first["operations"]), first["other_operations"]) == (12, 19)
    assert len(first["name"]) == 81


def test_parameters_have_names_and_values():
    pub = EstimatorPub.coerce((rotation(), "Z", [0.5]))
    assert parameter_details({"pubs": [pub]}) == ([["theta", "0.5"]], 1)
    sweep = EstimatorPub.coerce((rotation(), "Z", np.linspace(0, 1, 5)[:, None]))
    assert parameter_details({"pubs": [pub, sweep]}) == (
        [["PUB 0: theta", "0.5"], ["PUB 1: theta", "0, 0.25, 0.5, … (5 values)"]],
        2,
    )


def test_of_many_parameters_the_first_are_told():
    pub = EstimatorPub.coerce((rotation(), "Z", [0.5]))
    told, count = parameter_details({"pubs": [pub] * 100})
    assert (len(told), count) == (MOST_PARAMETERS, 100)


def test_a_circuit_is_drawn_as_qiskit_draws_it():
    drawing = draw(inputs(bell()), 0)
    assert "┤ H ├" in drawing
    assert drawing.count("\n") > 4


def deep(operations: int, qubits: int) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits, name="deep")
    for number in range(operations):
        circuit.x(number % qubits)
    return circuit


@pytest.mark.parametrize(("operations", "qubits"), [(401, 1), (60, 30), (100_000, 2)])
def test_a_circuit_too_large_to_be_read_is_not_drawn(operations: int, qubits: int):
    circuit = deep(operations, qubits)
    with pytest.raises(InvalidInputError, match=f"deep has {operations} operations on {qubits} "):
        draw({"circuits": [circuit]}, 0)


@pytest.mark.parametrize("index", [1, -1, 10**9])
def test_there_is_no_drawing_of_no_circuit(index: int):
    with pytest.raises(InvalidInputError, match=f"has no circuit {index}"):
        draw(inputs(bell()), index)


def test_a_circuit_that_nobody_named_has_no_name():
    (told,), _ = circuit_details(inputs(QuantumCircuit(1, 1)))
    assert told["name"] == ""
