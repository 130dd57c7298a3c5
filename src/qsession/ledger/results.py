"""Results as bytes and back, exactly or not at all: `encode_result`, `decode_result`.

The bytes are a JSON tree and the arrays behind it, as they lie in memory. Reading them runs nothing
and makes no class but those named here, so that a file from elsewhere can do no harm. IBM's JSON
would take 200 times as long for 100000 shots, and a zip of arrays (npz) a multiple for many PUBs.
"""

from __future__ import annotations

import json
import logging
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from math import isfinite, prod
from typing import Any, Final

import numpy as np

_log = logging.getLogger("qsession")

MOST_RESULT_BYTES: Final = 16 * 2**20
"""Larger results are not kept."""

_MAGIC = b"qsession-result-1"
_HEAD = struct.Struct("<17sI")
_KINDS_OF_ARRAYS = "biufcSUmM"


class NotExactError(Exception):
    """Something in a result cannot be written exactly."""


@dataclass(frozen=True)
class _Form:
    """How objects of a class are taken apart and put together."""

    apart: Callable[[Any], Any]
    together: Callable[[type, Any], Any]


def _pub_form() -> _Form:
    return _Form(
        lambda result: [result.data, result.metadata],
        lambda cls, parts: cls(data=parts[0], metadata=parts[1]),
    )


def _dataclass_form() -> _Form:
    return _Form(
        lambda value: {field.name: getattr(value, field.name) for field in fields(value)},
        lambda cls, parts: cls(**parts),
    )


def _program_apart(result: Any) -> Any:
    role = result._semantic_role  # noqa: SLF001 - IBM's decoders look for it
    return [list(result), result.metadata, result.passthrough_data, role]


def _program_together(cls: type, parts: Any) -> Any:
    items, metadata, passthrough_data, role = parts
    result = cls(items, metadata, passthrough_data)
    result._semantic_role = role
    return result


def _enum_form() -> _Form:
    return _Form(lambda member: member.value, lambda cls, value: cls(value))


_CONTAINERS = "qiskit.primitives.containers"
_PROGRAMS = "qiskit_ibm_runtime.results.quantum_program"
_CHUNKS = "samplomatic.quantum_program.quantum_program_result"

_FORMS: Final[dict[str, _Form]] = {
    f"{_CONTAINERS}.primitive_result.PrimitiveResult": _Form(
        lambda result: [list(result), result.metadata],
        lambda cls, parts: cls(*parts),
    ),
    f"{_CONTAINERS}.pub_result.PubResult": _pub_form(),
    f"{_CONTAINERS}.sampler_pub_result.SamplerPubResult": _pub_form(),
    "qiskit_ibm_runtime.results.estimator_pub.EstimatorPubResult": _pub_form(),
    f"{_CONTAINERS}.data_bin.DataBin": _Form(
        lambda data: [data.shape, dict(data.items())],
        lambda cls, parts: cls(shape=parts[0], **parts[1]),
    ),
    f"{_CONTAINERS}.bit_array.BitArray": _Form(
        lambda bits: [bits.array, bits.num_bits],
        lambda cls, parts: cls(*parts),
    ),
    "qiskit.result.result.Result": _Form(
        lambda result: result.to_dict(),
        lambda cls, parts: cls.from_dict(parts),  # type: ignore[attr-defined]
    ),
    "qiskit.result.models.MeasLevel": _enum_form(),
    "qiskit.result.models.MeasReturnType": _enum_form(),
    f"{_PROGRAMS}.QuantumProgramResult": _Form(_program_apart, _program_together),
    f"{_PROGRAMS}.QuantumProgramItemResult": _Form(
        lambda item: [dict(item.items()), item.metadata],
        lambda cls, parts: cls(*parts),
    ),
    f"{_PROGRAMS}.Metadata": _dataclass_form(),
    f"{_PROGRAMS}.ItemMetadata": _dataclass_form(),
    f"{_PROGRAMS}.SchedulerTiming": _dataclass_form(),
    f"{_PROGRAMS}.StretchValues": _dataclass_form(),
    f"{_CHUNKS}.ChunkSpan": _dataclass_form(),
    f"{_CHUNKS}.ChunkPart": _dataclass_form(),
}
"""Every class that may stand in a result, by its full name."""


def encode_result(result: object) -> bytes | None:
    """The result of a local job as bytes; None if it is too large or cannot be written exactly."""
    arrays: list[bytes] = []
    try:
        tree = json.dumps(_apart(result, arrays), allow_nan=False).encode()
    except Exception as error:  # noqa: BLE001 - whatever the user's backend gave as a result
        _log.debug("A result is not kept in the ledger: %s", error)
        return None
    content = b"".join((_HEAD.pack(_MAGIC, len(tree)), tree, *arrays))
    return content if len(content) <= MOST_RESULT_BYTES else None


def decode_result(content: bytes) -> Any:
    """The result that `encode_result` turned into these bytes.

    Raises:
        ValueError: If they are something else.
    """
    try:
        magic, length = _HEAD.unpack_from(content)
        begin = _HEAD.size + length
        tree = json.loads(content[_HEAD.size : begin]) if magic == _MAGIC else ["another form"]
        return _together(tree, memoryview(content)[begin:])
    except Exception as error:
        raise ValueError(f"these bytes are no result ({type(error).__name__}: {error})") from error


def _apart(value: Any, arrays: list[bytes]) -> Any:
    """JSON for a value: a list is a word for what it is and its parts, a dict is a dict."""
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if kind is float and isfinite(value):
        return value
    if kind is dict and all(type(key) is str for key in value):
        return {key: _apart(item, arrays) for key, item in value.items()}
    if kind in _APART:
        return _APART[kind](value, arrays)
    if isinstance(value, np.generic):
        return ["scalar", *_array_apart(np.asarray(value), arrays)]
    name = f"{kind.__module__}.{kind.__qualname__}"
    if name not in _FORMS:
        raise NotExactError(f"a {name} stands in it")
    return ["object", name, _apart(_FORMS[name].apart(value), arrays)]


def _items_apart(items: Iterable[Any], arrays: list[bytes]) -> list[Any]:
    return [_apart(item, arrays) for item in items]


_APART: Final[dict[type, Callable[[Any, list[bytes]], list[Any]]]] = {
    list: lambda value, arrays: ["list", *_items_apart(value, arrays)],
    tuple: lambda value, arrays: ["tuple", *_items_apart(value, arrays)],
    dict: lambda value, arrays: ["dict", *(_items_apart(pair, arrays) for pair in value.items())],
    float: lambda value, _: ["float", repr(value)],
    complex: lambda value, _: ["complex", repr(value.real), repr(value.imag)],
    datetime: lambda value, _: _datetime_apart(value),
    np.ndarray: lambda value, arrays: ["array", *_array_apart(value, arrays)],
}


def _datetime_apart(time: datetime) -> list[Any]:
    if time.fold or time.tzinfo not in (None, UTC):
        raise NotExactError(f"the time {time!r} stands in it")
    return ["datetime", time.isoformat()]


def _array_apart(array: np.ndarray[Any, Any], arrays: list[bytes]) -> list[Any]:
    if array.dtype.kind not in _KINDS_OF_ARRAYS:
        raise NotExactError(f"an array of {array.dtype} stands in it")
    begin = sum(map(len, arrays))
    arrays.append(array.tobytes())
    return [array.dtype.str, list(array.shape), begin]


def _together(tree: Any, buffer: memoryview) -> Any:
    if isinstance(tree, dict):
        return {key: _together(item, buffer) for key, item in tree.items()}
    if not isinstance(tree, list):
        return tree
    word, *parts = tree
    return _TOGETHER[word](parts, buffer)


def _items_together(items: Iterable[Any], buffer: memoryview) -> list[Any]:
    return [_together(item, buffer) for item in items]


_TOGETHER: Final[dict[str, Callable[[list[Any], memoryview], Any]]] = {
    "list": _items_together,
    "tuple": lambda parts, buffer: tuple(_items_together(parts, buffer)),
    "dict": lambda parts, buffer: dict(_items_together(pair, buffer) for pair in parts),
    "float": lambda parts, _: float(parts[0]),
    "complex": lambda parts, _: complex(float(parts[0]), float(parts[1])),
    "datetime": lambda parts, _: datetime.fromisoformat(parts[0]),
    "array": lambda parts, buffer: _array_together(*parts, buffer=buffer),
    "scalar": lambda parts, buffer: _array_together(*parts, buffer=buffer)[()],
    "object": lambda parts, buffer: _object_together(*parts, buffer=buffer),
}


def _array_together(
    kind: str, shape: list[int], begin: int, *, buffer: memoryview
) -> np.ndarray[Any, Any]:
    dtype = np.dtype(kind)
    if dtype.kind not in _KINDS_OF_ARRAYS:
        raise ValueError(f"arrays of {kind} do not stand in results")
    size = dtype.itemsize * prod(shape)
    copied = bytearray(buffer[begin : begin + size])  # one that may be written to, as before
    return np.frombuffer(copied, dtype).reshape(shape)


def _object_together(name: str, parts: Any, *, buffer: memoryview) -> Any:
    return _FORMS[name].together(_class(name), _together(parts, buffer))


@cache
def _class(name: str) -> type:
    module, _, own_name = name.rpartition(".")
    found: type = getattr(import_module(module), own_name)
    return found
