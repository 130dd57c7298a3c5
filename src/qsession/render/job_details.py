"""One job in full, bounded in size, ready for JSON: its result, error, circuits and parameters."""

from __future__ import annotations

import concurrent.futures
import json
import traceback
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.primitives.containers import BindingsArray

from qsession.errors import InvalidInputError
from qsession.redaction.secrets import redacted
from qsession.render.circuit_names import given_name
from qsession.render.execution_spans import execution_spans_of
from qsession.render.results import number_of_pubs
from qsession.render.summaries import (
    MOST_PARTS,
    OtherData,
    Part,
    RegisterCounts,
    ValueArray,
    parts_of,
)

LARGEST_BYTES = 16_000
"""About how much of a result is told; a part that does not fit is left out and counted."""

LONGEST_ERROR = 6_000
"""Characters of an error's message, and of its traceback, of which the end matters most."""

MOST_CIRCUITS = 4
MOST_OPERATIONS = 12
MOST_PARAMETERS = 24
"""The largest number of each that are listed."""

LONGEST_NAME = 80
"""Characters of a name of a circuit, register or parameter."""

MOST_INSTRUCTIONS_TO_WALK = 50_000
"""Circuits up to this size are looked through for their depth; more takes seconds."""

MOST_INSTRUCTIONS_TO_DRAW = 400
MOST_QUBITS_TO_DRAW = 24
LONGEST_DRAWING = 40_000
"""Characters of a drawing."""

COLUMNS_OF_A_DRAWING = 100

_FUTURES = concurrent.futures._base.__file__  # noqa: SLF001 - the file that tracebacks name


def result_details(result: Any) -> dict[str, Any]:
    """Return the parts of a result, as JSON, and the least number of parts left out."""
    parts: list[dict[str, Any]] = []
    left = LARGEST_BYTES
    hidden = 0
    for number, part in enumerate(parts_of(result)):
        if number == MOST_PARTS:
            # Going through the rest would take long, and say nothing that is shown.
            hidden += number_of_pubs(result) - part.pub
            break
        told = _part_details(part)
        left -= len(json.dumps(told))
        if left < 0 and parts:
            hidden += 1
        else:
            parts.append(told)
    return {"parts": parts, "hidden": hidden}


def _part_details(part: Part) -> dict[str, Any]:
    if isinstance(part, RegisterCounts):
        return {
            "kind": "counts",
            "pub": part.pub,
            "name": _cut(part.name, LONGEST_NAME),
            "shots": part.shots,
            "distinct": part.distinct,
            "frequent": [list(outcome) for outcome in part.frequent],
            # Where all outcomes are listed, the page can put them in order by itself.
            "first": None
            if part.distinct <= len(part.frequent)
            else [list(outcome) for outcome in part.first],
        }
    if isinstance(part, ValueArray):
        return {
            "kind": "values",
            "pub": part.pub,
            "shape": list(part.shape),
            "size": part.size,
            "values": [list(value) for value in part.values],
        }
    return _other_details(part)


def _other_details(part: OtherData) -> dict[str, Any]:
    return {
        "kind": "other",
        "pub": part.pub,
        "name": _cut(part.name, LONGEST_NAME),
        "words": _cut(part.words, LONGEST_NAME),
    }


def span_details(result: Any) -> list[list[float]]:
    """Return when the data of a result were taken: start and stop in ms, and how many."""
    return [
        [round(span.start.timestamp() * 1000), round(span.stop.timestamp() * 1000), span.size]
        for span in execution_spans_of(result)
    ]


def error_details(error: BaseException) -> dict[str, Any]:
    """An error's message and traceback, without the frames that only handed it on."""
    told = traceback.TracebackException.from_exception(error)
    _drop_frames_that_wait(told)
    return {
        "type": type(error).__name__,
        "message": _cut(redacted(str(error)) or type(error).__name__, LONGEST_ERROR),
        "traceback": _keep_end(redacted("".join(told.format())), LONGEST_ERROR),
    }


def _drop_frames_that_wait(told: traceback.TracebackException) -> None:
    """Leave out those of whoever waited for the job: they say nothing of why it failed."""
    is_waiting = [frame.filename == _FUTURES for frame in told.stack]
    if True not in is_waiting:
        return
    # The first block of them: the job may itself have waited for something that failed.
    first = is_waiting.index(True)
    told.stack[:] = told.stack[first + [*is_waiting[first:], False].index(False) :]


def circuit_details(inputs: object) -> tuple[list[dict[str, Any]], int]:
    """The circuits of a job's inputs as they ran, and how many there are."""
    circuits = list(circuits_of(inputs))
    return [_circuit(circuit) for circuit in circuits[:MOST_CIRCUITS]], len(circuits)


def _circuit(circuit: QuantumCircuit) -> dict[str, Any]:
    operations = sorted(circuit.count_ops().items(), key=lambda item: -item[1])
    is_walkable = len(circuit.data) <= MOST_INSTRUCTIONS_TO_WALK
    return {
        "name": _cut(given_name(circuit) or "", LONGEST_NAME),
        "qubits": circuit.num_qubits,
        "used_qubits": len(_used_qubits(circuit)) if is_walkable else None,
        "depth": circuit.depth() if is_walkable else None,
        "size": len(circuit.data),
        "operations": [
            [_cut(str(name), LONGEST_NAME), count] for name, count in operations[:MOST_OPERATIONS]
        ],
        "other_operations": sum(count for _, count in operations[MOST_OPERATIONS:]),
    }


def _used_qubits(circuit: QuantumCircuit) -> set[Any]:
    return {
        qubit
        for instruction in circuit.data
        if instruction.operation.name != "barrier"
        for qubit in instruction.qubits
    }


def parameter_details(inputs: object) -> tuple[list[list[str]], int]:
    """Names and values of the parameters of a job's inputs, and how many there are."""
    listed: list[list[str]] = []
    total = 0
    pubs = list(_pubs_of(inputs))
    for index, pub in enumerate(pubs):
        prefix = f"PUB {index}: " if len(pubs) > 1 else ""
        for name, value in _bindings_of(pub):
            total += 1
            if len(listed) < MOST_PARAMETERS:
                listed.append([_cut(f"{prefix}{name}", LONGEST_NAME), value])
    return listed, total


def _bindings_of(pub: object) -> Iterator[tuple[str, str]]:
    values = getattr(pub, "parameter_values", None)
    if not isinstance(values, BindingsArray):
        return
    for names, array in values.data.items():
        for position, name in enumerate(names):
            yield str(name), _written(np.asarray(array)[..., position])


def _written(values: np.ndarray[Any, Any]) -> str:
    shown = 3
    first = ", ".join(f"{value:.6g}" for value in islice(values.flat, shown))
    return first if values.size <= shown else f"{first}, … ({values.size} values)"


def draw(inputs: object, index: int) -> str:
    """One circuit of a job's inputs as text, as Qiskit draws it, without unused qubits.

    Raises:
        InvalidInputError: If there is no such circuit, or it is too large to be read.
    """
    circuit = next(islice(circuits_of(inputs), index, None), None) if index >= 0 else None
    if circuit is None:
        raise InvalidInputError(f"The job has no circuit {index}.")
    size = len(circuit.data)
    qubits = len(_used_qubits(circuit)) if size <= MOST_INSTRUCTIONS_TO_DRAW else None
    if qubits is None or qubits > MOST_QUBITS_TO_DRAW:
        raise InvalidInputError(
            f"{given_name(circuit) or f'Circuit {index}'} has {size} operations on "
            f"{circuit.num_qubits} qubits, too many to read in a drawing (at most "
            f"{MOST_INSTRUCTIONS_TO_DRAW} on {MOST_QUBITS_TO_DRAW}). "
            "Draw a part of it in code: the circuits are in job.inputs."
        )
    drawing = circuit.draw("text", fold=COLUMNS_OF_A_DRAWING, idle_wires=False)
    return _cut(str(drawing), LONGEST_DRAWING)


def _pubs_of(inputs: object) -> Iterator[Any]:
    if isinstance(inputs, Mapping):
        yield from inputs.get("pubs") or ()


def circuits_of(inputs: object) -> Iterator[QuantumCircuit]:
    """The circuits of ``job.inputs``: PUBs, circuits, or a quantum program with items."""
    if isinstance(inputs, Mapping):
        parts = inputs.get("pubs") or inputs.get("circuits") or ()
        program = inputs.get("quantum_program")
        parts = parts or getattr(program, "items", ())
    else:
        parts = getattr(inputs, "items", ())
    for part in () if callable(parts) else parts:
        first = part[0] if isinstance(part, list | tuple) and part else part
        circuit = getattr(first, "circuit", first)
        if isinstance(circuit, QuantumCircuit):
            yield circuit


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


def _keep_end(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"…{text[-longest:]}"
