"""Objects as a JSON tree with arrays, or as bytes, and back, exactly or not at all: `Format`.

The bytes are the tree and the arrays behind it, as they lie in memory. Reading them runs nothing
and makes no class but those that the format names, so that a file from elsewhere can do no harm.
IBM's JSON would take 200 times as long for 100000 shots, and a zip of arrays (npz) a multiple for
many PUBs: that is for records, which other programs read (`qsession.records`).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from math import isfinite, prod
from typing import Any, Final, NamedTuple, Protocol

import numpy as np

_HEAD = struct.Struct("<17sI")
_KINDS_OF_ARRAYS = "biufcSUmM"


class NotExactError(Exception):
    """Something cannot be written exactly."""


class Form(NamedTuple):
    """A pair of functions that take objects of a class apart and put them together.

    Attributes:
        apart: Gives what they are made of.
        together: Makes one again, of the class and what `apart` gave.
        written_as: The full name of the class that comes back, if it is another one.
    """

    apart: Callable[[Any], Any]
    together: Callable[[type, Any], Any]
    written_as: str | None = None


def dataclass_form(*left_out: str) -> Form:
    """That of a dataclass.

    Args:
        left_out: Fields that are not kept; they come back as None.
    """
    return Form(
        lambda value: {
            field.name: getattr(value, field.name)
            for field in fields(value)
            if field.name not in left_out
        },
        lambda cls, parts: cls(**dict.fromkeys(left_out), **parts),
    )


def enum_form() -> Form:
    """That of an enumeration."""
    return Form(lambda member: member.value, lambda cls, value: cls(value))


class Arrays(Protocol):
    """Takes the arrays of an object while it is taken apart."""

    def add_array(self, array: np.ndarray[Any, Any]) -> list[Any]:
        """Keep an array, and return the JSON by which it is found again."""
        ...

    def add_bytes(self, content: bytes) -> list[Any]:
        """Keep bytes likewise."""
        ...


class KeptArrays(Protocol):
    """Gives arrays back while an object is put together."""

    def array(self, *where: Any) -> np.ndarray[Any, Any]:
        """The array that `Arrays.add_array` found this JSON for: one that may be written to."""
        ...

    def content(self, *where: Any) -> bytes:
        """The bytes that `Arrays.add_bytes` found this JSON for."""
        ...


class Format(NamedTuple):
    """The format in which objects of one kind are written.

    Attributes:
        magic: What the bytes begin with, 17 at most.
        forms: Every class that may stand in such an object, by its full name.
    """

    magic: bytes
    forms: Mapping[str, Form]

    def encode(self, value: object) -> bytes:
        """The bytes of an object.

        Raises:
            NotExactError: If they would not give the same again.
            Exception: Whatever the parts of the object do when they are looked at.
        """
        blobs = _Blobs()
        tree = json.dumps(self.take_apart(value, blobs), allow_nan=False).encode()
        return b"".join((_HEAD.pack(self.magic, len(tree)), tree, *blobs.pieces))

    def is_of(self, content: bytes) -> bool:
        """Return True if the bytes begin as this format does."""
        return content[: len(self.magic)] == self.magic and len(content) >= _HEAD.size

    def decode(self, content: bytes) -> Any:
        """The object that `encode` turned into these bytes.

        Raises:
            ValueError: If they are something else.
        """
        try:
            magic, length = _HEAD.unpack_from(content)
            begin = _HEAD.size + length
            is_own = magic.rstrip(b"\0") == self.magic
            tree = json.loads(content[_HEAD.size : begin]) if is_own else ["another form"]
            return self.put_together(tree, _Buffer(memoryview(content)[begin:]))
        except Exception as error:
            raise ValueError(f"{type(error).__name__}: {error}") from error

    def take_apart(self, value: Any, arrays: Arrays) -> Any:
        """JSON for a value: a list is a word for what it is and its parts, a dict is a dict.

        Raises:
            NotExactError: If it would not give the same again.
            Exception: Whatever the parts of the object do when they are looked at.
        """
        return _Apart(self.forms, arrays).apart(value)

    def put_together(self, tree: Any, arrays: KeptArrays) -> Any:
        """The value that `take_apart` made this JSON of.

        Raises:
            Exception: If it is something else.
        """
        if isinstance(tree, dict):
            return {key: self.put_together(item, arrays) for key, item in tree.items()}
        if not isinstance(tree, list):
            return tree
        word, *parts = tree
        if word == "object":
            name, inner = parts
            return self.forms[name].together(_class(name), self.put_together(inner, arrays))
        if word == "dict":
            return dict([self.put_together(part, arrays) for part in pair] for pair in parts)
        if word in ("list", "tuple"):
            items = (self.put_together(part, arrays) for part in parts)
            return list(items) if word == "list" else tuple(items)
        return _OF_LEAVES[word](parts, arrays)


class _Apart:
    """Takes one object apart.

    Args:
        forms: Those of its format.
        arrays: Takes its arrays.
    """

    def __init__(self, forms: Mapping[str, Form], arrays: Arrays) -> None:
        self._forms = forms
        self._arrays = arrays
        # By their ids: objects, held so that no other gets its id, and their trees. Many PUBs of a
        # job have one circuit.
        self._trees: dict[int, tuple[object, Any]] = {}

    def apart(self, value: Any) -> Any:
        kind = type(value)
        is_number = kind is float and isfinite(value)
        if value is None or is_number or kind in (bool, int, str):
            return value
        if kind in (dict, list, tuple):
            return self._items_apart(kind, value)
        if kind in _LEAVES:
            return _LEAVES[kind](value, self._arrays)
        if isinstance(value, np.generic):
            return ["scalar", *_array_apart(np.asarray(value), self._arrays)]
        return self._object_apart(kind, value)

    def _items_apart(self, kind: type, value: Any) -> Any:
        if kind is not dict:
            return [kind.__name__, *(self.apart(item) for item in value)]
        if all(type(key) is str for key in value):
            return {key: self.apart(item) for key, item in value.items()}
        items = value.items()
        return ["dict", *([self.apart(part) for part in pair] for pair in items)]

    def _object_apart(self, kind: type, value: Any) -> Any:
        name = full_name(kind)
        if name not in self._forms:
            raise NotExactError(f"a {name} stands in it")
        known = self._trees.get(id(value))
        if known is None:
            form = self._forms[name]
            tree = ["object", form.written_as or name, self.apart(form.apart(value))]
            known = self._trees[id(value)] = (value, tree)
        return known[1]


def full_name(kind: type) -> str:
    """A class's name with its module."""
    return f"{kind.__module__}.{kind.__qualname__}"


class _Blobs:
    """The bytes behind the tree, each only once."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self._begins: dict[bytes, int] = {}
        self._size = 0

    def add_array(self, array: np.ndarray[Any, Any]) -> list[Any]:
        return [array.dtype.str, list(array.shape), self._begin(array.tobytes())]

    def add_bytes(self, content: bytes) -> list[Any]:
        return [len(content), self._begin(content)]

    def _begin(self, content: bytes) -> int:
        """The offset of bytes, which are added unless they are there already."""
        if content not in self._begins:
            self._begins[content] = self._size
            self.pieces.append(content)
            self._size += len(content)
        return self._begins[content]


class _Buffer:
    """The bytes behind a tree, read."""

    def __init__(self, buffer: memoryview) -> None:
        self._buffer = buffer

    def array(self, *where: Any) -> np.ndarray[Any, Any]:
        kind, shape, begin = where
        dtype = np.dtype(kind)
        require_plain(dtype)
        size = dtype.itemsize * prod(shape)
        return np.frombuffer(bytearray(self._buffer[begin : begin + size]), dtype).reshape(shape)

    def content(self, *where: Any) -> bytes:
        size, begin = where
        return bytes(self._buffer[begin : begin + size])


_LEAVES: Final[dict[type, Callable[[Any, Arrays], list[Any]]]] = {
    float: lambda value, _: ["float", repr(value)],
    complex: lambda value, _: ["complex", repr(value.real), repr(value.imag)],
    datetime: lambda value, _: _datetime_apart(value),
    bytes: lambda value, arrays: ["bytes", *arrays.add_bytes(value)],
    np.ndarray: lambda value, arrays: ["array", *_array_apart(value, arrays)],
}

_OF_LEAVES: Final[dict[str, Callable[[list[Any], KeptArrays], Any]]] = {
    "float": lambda parts, _: float(parts[0]),
    "complex": lambda parts, _: complex(float(parts[0]), float(parts[1])),
    "datetime": lambda parts, _: datetime.fromisoformat(parts[0]),
    "bytes": lambda parts, arrays: arrays.content(*parts),
    "array": lambda parts, arrays: arrays.array(*parts),
    "scalar": lambda parts, arrays: arrays.array(*parts)[()],
}


def _datetime_apart(time: datetime) -> list[Any]:
    if time.fold or time.tzinfo not in (None, UTC):
        raise NotExactError(f"the time {time!r} stands in it")
    return ["datetime", time.isoformat()]


def _array_apart(array: np.ndarray[Any, Any], arrays: Arrays) -> list[Any]:
    if array.dtype.kind not in _KINDS_OF_ARRAYS:
        raise NotExactError(f"an array of {array.dtype} stands in it")
    return arrays.add_array(array)


def require_plain(dtype: np.dtype[Any]) -> None:
    """Refuse arrays that hold objects: reading them could run anything.

    Raises:
        ValueError: If these do.
    """
    if dtype.kind not in _KINDS_OF_ARRAYS:
        raise ValueError(f"arrays of {dtype} do not stand here")


@cache
def _class(name: str) -> type:
    module, _, own_name = name.rpartition(".")
    found: type = getattr(import_module(module), own_name)
    return found
