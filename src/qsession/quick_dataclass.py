"""A `dataclass` whose classes are made several times as fast as those of the standard library.

A script of one job makes about a hundred of them when it imports this package. The standard
decorator compiles up to eight methods for each, which was half of what our imports took. Here one
method of a class is compiled, ``__init__``; the others are shared.

The classes are dataclasses: `dataclasses.fields`, `replace` and `asdict` take them, ``match``
reads them, and they compare, hash, show, pickle and refuse changes as the standard ones do.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]


def quickly_made(
    cls: type | None = None,
    /,
    *,
    frozen: bool = False,
    eq: bool = True,
    repr: bool = True,  # noqa: A002 - the standard decorator's name
    slots: bool = False,
) -> Any:
    """Make a class a dataclass; the arguments are those of `dataclasses.dataclass`."""

    def made(cls: type) -> type:
        bare: type = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
        methods: dict[str, Any] = {"__init__": _init_of(bare)}
        if repr:
            methods["__repr__"] = _repr
        if eq:
            methods |= _comparisons_of(bare, is_hashable=frozen)
        if frozen:
            methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
            if slots:
                methods |= {"__getstate__": _state, "__setstate__": _set_state}
        for name, method in methods.items():
            if name not in bare.__dict__:
                setattr(bare, name, method)
        return bare

    return made if cls is None else made(cls)


class _Factory:
    """The default, in a signature, of a field whose value a function makes."""

    def __repr__(self) -> str:
        return "<factory>"


_MADE = _Factory()


def _init_of(cls: type) -> Callable[..., None]:
    """The method that sets the fields: the only one that cannot be shared, for its signature.

    Its globals are those of the module of the class, where its annotations have their meaning.
    """
    outer: dict[str, Any] = {"_set": object.__setattr__, "_MADE": _MADE}
    parameters = ["self"]
    body = []
    annotations: dict[str, Any] = {}
    for field in dataclasses.fields(cls):
        name = value = field.name
        annotations[name] = field.type
        if field.default is not dataclasses.MISSING:
            outer[f"_default_{name}"] = field.default
            parameters.append(f"{name}=_default_{name}")
        elif field.default_factory is not dataclasses.MISSING:
            outer[f"_make_{name}"] = field.default_factory
            parameters.append(f"{name}=_MADE")
            value = f"_make_{name}() if {name} is _MADE else {name}"
        else:
            parameters.append(name)
        body.append(f"  _set(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        body.append("  self.__post_init__()")
    lines = [
        f"def _outer({', '.join(outer)}):",
        f" def __init__({', '.join(parameters)}):",
        *(body or ["  pass"]),
        " return __init__",
    ]
    found: dict[str, Any] = {}
    exec("\n".join(lines), sys.modules[cls.__module__].__dict__, found)  # noqa: S102 - no foreign text
    init: Callable[..., None] = found["_outer"](**outer)
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = annotations | {"return": None}
    return init


@recursive_repr("...")
def _repr(self: Any) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self))
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _comparisons_of(cls: type, *, is_hashable: bool) -> dict[str, Any]:
    """The methods that compare two of one class by their fields, and hash them if they may be."""
    names = [field.name for field in dataclasses.fields(cls) if field.compare]
    values: Callable[[Any], Any]
    if len(names) > 1:
        values = attrgetter(*names)  # which gives a tuple, and for one name would not
    else:

        def values(of: Any) -> tuple[Any, ...]:
            return tuple(getattr(of, name) for name in names)

    def are_equal(self: Any, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)

    def hash_of(self: Any) -> int:
        return hash(values(self))

    return {"__eq__": are_equal, "__hash__": hash_of if is_hashable else None}


def _refuse_to_set(_self: Any, name: str, _value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


if TYPE_CHECKING:
    # Type checkers and editors know the standard decorator, and its classes are what these are.
    from dataclasses import dataclass
else:
    dataclass = quickly_made
