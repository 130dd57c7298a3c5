"""What a program sees of its jobs, flat and comparable: `Observation`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from qiskit.primitives import BitArray, PrimitiveResult
from qiskit.result import Result

_FACTS = ("method", "device", "precision")
"""What a simulator says of a run that must be the same; the rest is about how it was done."""


@dataclass
class Observation:
    """What one job gave.

    Attributes:
        error: The names of the classes of what was raised, its own first; empty for none.
        text: Its message.
        at: Whether it was raised at submission or with the result.
        shots: Shots in their order, by what they are of; each a number.
        counts: How often each outcome came, where the order of shots is not told.
        values: Expectation values and their errors.
        saved: What save instructions gave.
        facts: Metadata, headers and the like.
        shotless: The circuits of which Aer ran no shot, though it says that all went well.
        is_exact: Whether another run with the same seeds must give the same shots.
    """

    error: tuple[str, ...] = ()
    text: str = ""
    at: str = ""
    shots: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    saved: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    shotless: set[str] = field(default_factory=set)
    is_exact: bool = True


def failed(error: BaseException, at: str) -> Observation:
    """A job that raised."""
    names = tuple(each.__name__ for each in type(error).__mro__)
    return Observation(names, str(error)[:300], at)


def observation_of(result: Any) -> Observation:
    """What a result says."""
    seen = Observation()
    seen.facts["class"] = _class_of_others(result)
    if isinstance(result, Result):
        _read_result(seen, result)
    elif isinstance(result, PrimitiveResult):
        seen.facts["metadata"] = _facts_of(result.metadata)
        for number, pub in enumerate(result):
            _read_pub(seen, f"pub {number}", pub)
    else:
        for number, item in enumerate(result):
            for name, array in item.items():
                _read_array(seen, f"item {number} {name}", np.asarray(array))
            seen.facts[f"item {number} metadata"] = _facts_of(item.metadata)
    return seen


def _read_pub(seen: Observation, place: str, pub: Any) -> None:
    seen.facts[f"{place} metadata"] = _facts_of(pub.metadata)
    seen.facts[f"{place} shape"] = getattr(pub.data, "shape", None)
    for name, value in pub.data.items():
        own = f"{place} {name}"
        if isinstance(value, BitArray):
            seen.facts[f"{own} bits"] = (value.num_bits, value.array.shape)
            seen.shots[own] = _numbers(value.array)
        elif name in {"evs", "stds", "ensemble_standard_error"}:
            seen.values[own] = np.asarray(value)
        else:
            _read_array(seen, own, np.asarray(value))


def _read_array(seen: Observation, place: str, array: Any) -> None:
    if array.dtype == bool:
        seen.facts[f"{place} shape"] = array.shape
        seen.shots[place] = _numbers(np.packbits(array, axis=-1))
    else:
        seen.values[place] = array


def _numbers(packed: Any) -> list[bytes]:
    """Shots of all parameter sets, one after the other."""
    if packed.size == 0:
        return []
    return [row.tobytes() for row in packed.reshape(-1, packed.shape[-1])]


def _read_result(seen: Observation, result: Result) -> None:
    seen.facts["success"] = result.success
    seen.facts["results"] = len(result.results)
    if not result.success:
        seen.facts["status"] = _without_numbers(result.status)
    for number, each in enumerate(result.results):
        place = f"circuit {number}"
        data = each.data.to_dict()
        if "memory" in data:
            seen.shots[place] = data.pop("memory")
        metadata = each.to_dict().get("metadata", {})
        if each.success and each.shots and metadata.get("parallel_shots") == 0:
            seen.shotless.add(place)
        if "counts" in data:
            seen.counts[place] = data.pop("counts")
        for name, value in data.items():
            seen.saved[f"{place} {name}"] = value
        seen.facts[place] = {
            "shots": each.shots,
            "success": each.success,
            "meas_level": str(each.meas_level),
            "header": _header(each),
            **{name: metadata.get(name) for name in _FACTS},
        }
        seen.facts[f"{place} seed"] = each.to_dict().get("seed_simulator")


def _header(each: Any) -> Any:
    header = _plain(getattr(each, "header", None))
    if isinstance(header, dict) and "name" in header:
        header["name"] = _without_numbers(header["name"])
    return header


def _without_numbers(text: str) -> str:
    """Without the numbers of names that circuits are given, which count on."""
    return re.sub(r"-\d+", "", text)


def _facts_of(metadata: Any) -> Any:
    """Metadata without what a simulator says of how it went about."""
    if isinstance(metadata, Mapping):
        return {
            str(name): _facts_of(value)
            for name, value in metadata.items()
            if name != "simulator_metadata"
        }
    if isinstance(metadata, list | tuple):
        return [_facts_of(each) for each in metadata]
    return _plain(metadata)


def _class_of_others(result: Any) -> str:
    """The class that a program may ask for: Qiskit's, where ours is one of its subclasses."""
    classes = type(result).__mro__
    return next(each.__name__ for each in classes if not each.__module__.startswith("qsession"))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, str | int | float | bool | type(None)):
        return value
    return getattr(value, "to_dict", lambda: repr(value))()
