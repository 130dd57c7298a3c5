"""Summaries of primitive results, bounded in size: counted outcomes, expectation values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from qiskit.primitives import BitArray
from qiskit.result import Result

from qsession.model.job import MOST_VALUES_OF_A_JOB, ExpectationValue
from qsession.render.circuit_names import is_numbered

MOST_OUTCOMES = 20
"""The largest number of listed outcomes per register; the rest is summed up."""

MOST_VALUES = 64
"""The largest number of listed expectation values per PUB."""

MOST_PARTS = 20
"""The largest number of listed registers and value arrays per result."""

_BITS_OF_A_WORD = 64
_LONGEST_OUTCOME = 256

Outcome = tuple[str, int]
"""A bit string and how often it came."""


@dataclass(frozen=True)
class RegisterCounts:
    """The counts of the outcomes of one classical register.

    Attributes:
        pub: Index of the PUB or circuit.
        name: The register's name; of a `qiskit.result.Result` the circuit's.
        shots: How many shots there were in all.
        distinct: How many different outcomes came.
        frequent: The most frequent outcomes, most frequent first.
        first: The first outcomes in the order of their values; the same ones if these are all.
    """

    pub: int
    name: str
    shots: int
    distinct: int
    frequent: tuple[Outcome, ...]
    first: tuple[Outcome, ...]


@dataclass(frozen=True)
class ValueArray:
    """The expectation values of a PUB.

    Attributes:
        pub: Index of the PUB.
        shape: Shape of the array.
        size: How many values it has; the first of them are listed, in C order.
        values: The values with their standard errors.
    """

    pub: int
    shape: tuple[int, ...]
    size: int
    values: tuple[ExpectationValue, ...]


@dataclass(frozen=True)
class OtherData:
    """Something else that a result holds, in words."""

    pub: int
    name: str
    words: str


Part = RegisterCounts | ValueArray | OtherData


def parts_of(result: Any) -> Iterator[Part]:
    """Go through a result: a `PrimitiveResult`, or the older `qiskit.result.Result`.

    One part at a time, since reading a register of millions of shots takes a while.
    """
    if isinstance(result, Result):
        yield from _parts_of_experiments(result)
        return
    for index, item in enumerate(result):
        data = getattr(item, "data", item)
        if has_values(data):
            yield _value_array(index, data)
            continue
        registers = [name for name in data if isinstance(data[name], BitArray)]
        for name in registers:
            yield _register_counts(index, name, data[name])
        if not registers:
            for name in data:
                yield OtherData(index, str(name), _words_of(data[name]))


def expectation_values(result: Any) -> tuple[ExpectationValue, ...]:
    """The first expectation values of a result, to be kept with the job; none of other results.

    Never fails: it stands in the way of nothing else that is to be done with a result.
    """
    try:
        found = [
            value
            for index, item in enumerate(islice(result, MOST_VALUES_OF_A_JOB))
            # Registers are not even looked at: that could take a while.
            if has_values(data := getattr(item, "data", ()))
            for value in _value_array(index, data).values[:MOST_VALUES_OF_A_JOB]
        ]
    except Exception:  # noqa: BLE001 - results of other programs may be of any kind
        return ()
    return tuple(found[:MOST_VALUES_OF_A_JOB])


def has_values(data: Any) -> bool:
    """Return True if the data of a PUB are expectation values."""
    # A sampler's classical register may bear the same name.
    return "evs" in data and not isinstance(data["evs"], BitArray)


def _register_counts(pub: int, name: str, bits: BitArray) -> RegisterCounts:
    outcomes, counts = _tally(bits)
    # Equal counts in the order of their values, as people expect.
    frequent = np.argsort(-counts, kind="stable")[:MOST_OUTCOMES]
    width = bits.num_bits
    return RegisterCounts(
        pub=pub,
        name=name,
        shots=int(counts.sum()),
        distinct=len(counts),
        frequent=tuple((_written(outcomes[i], width), int(counts[i])) for i in frequent),
        first=tuple(
            (_written(outcome, width), int(count))
            for outcome, count in zip(outcomes[:MOST_OUTCOMES], counts[:MOST_OUTCOMES], strict=True)
        ),
    )


def counts_of(bits: BitArray) -> dict[str, int]:
    """Every outcome of a register and how often it came, in the order of their values."""
    outcomes, counts = _tally(bits)
    return {
        _digits(outcome, bits.num_bits): int(count)
        for outcome, count in zip(outcomes, counts, strict=True)
    }


def _tally(bits: BitArray) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The outcomes in order of their values, as bytes, and how often each came.

    Twenty times as fast as `BitArray.get_counts`, which goes through the shots one by one.
    """
    rows = np.ascontiguousarray(bits.array.reshape(-1, bits.array.shape[-1]))
    width = rows.shape[1]
    if width <= _BITS_OF_A_WORD // 8:
        words = np.zeros((len(rows), _BITS_OF_A_WORD // 8), dtype=np.uint8)
        words[:, _BITS_OF_A_WORD // 8 - width :] = rows
        values, counts = np.unique(words.view(">u8").ravel(), return_counts=True)
        return values.astype(">u8").view(np.uint8).reshape(-1, _BITS_OF_A_WORD // 8), counts
    values, counts = np.unique(rows.view(f"V{width}").ravel(), return_counts=True)
    return np.frombuffer(values.tobytes(), dtype=np.uint8).reshape(-1, width), counts


def _written(outcome: np.ndarray[Any, Any], num_bits: int) -> str:
    """An outcome as people read it, cut if it is very long."""
    digits = _digits(outcome, num_bits)
    return digits if len(digits) <= _LONGEST_OUTCOME else f"{digits[:_LONGEST_OUTCOME]}…"


def _digits(outcome: np.ndarray[Any, Any], num_bits: int) -> str:
    """An outcome in bits, of a long register in hexadecimal digits."""
    value = int.from_bytes(outcome.tobytes(), "big")
    if num_bits <= _BITS_OF_A_WORD:
        return f"{value:0{num_bits}b}" if num_bits else ""
    return f"0x{value:0{math.ceil(num_bits / 4)}x}"


def _value_array(pub: int, data: Any) -> ValueArray:
    values = np.real(np.asarray(data["evs"]))
    errors = np.broadcast_to(np.asarray(data["stds"]) if "stds" in data else np.nan, values.shape)
    listed = tuple(
        ExpectationValue(_finite(values[index]), _finite(errors[index]))
        for index in islice(np.ndindex(values.shape), MOST_VALUES)
    )
    return ValueArray(pub, tuple(values.shape), int(values.size), listed)


def _finite(number: Any) -> float | None:
    return float(number) if math.isfinite(number) else None


def _parts_of_experiments(result: Result) -> Iterator[Part]:
    for index, experiment in enumerate(result.results):
        header = getattr(experiment, "header", None) or {}
        # An older Qiskit makes an object of it.
        name = (header if isinstance(header, dict) else vars(header)).get("name")
        name = name if name and not is_numbered(str(name)) else f"circuit {index}"
        if hasattr(experiment.data, "counts"):
            ordered = sorted(result.get_counts(index).items())
            frequent = sorted(ordered, key=lambda item: -item[1])[:MOST_OUTCOMES]
            yield RegisterCounts(
                pub=index,
                name=str(name),
                shots=sum(count for _, count in ordered),
                distinct=len(ordered),
                frequent=tuple(frequent),
                first=tuple(ordered[:MOST_OUTCOMES]),
            )
            continue
        for key, value in experiment.data.to_dict().items():
            yield OtherData(index, str(key), _words_of(value))


def _words_of(value: object) -> str:
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if shape is None:
        return type(value).__name__
    size = " × ".join(map(str, shape)) or "one number"
    return f"{size} {dtype}" if dtype is not None else f"{type(value).__name__} of {size}"
