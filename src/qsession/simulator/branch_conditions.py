"""Conditions on classical bits, for many shots at once, as Aer evaluates them: `condition_of`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from qiskit.circuit import ClassicalRegister, Clbit
from qiskit.circuit.classical import expr, types

from qsession.simulator.errors import FastPathError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bits = NDArray[np.bool_]
    """Of each classical bit, in rows, what each shot has in it."""

Value: TypeAlias = "Callable[[Bits], NDArray[Any]]"
"""The value of an expression in each shot."""

MOST_BITS = 62
"""Longer integers are Aer's to compute."""

_ON_BOOLEANS: Mapping[Any, Callable[..., Any]] = {
    expr.Binary.Op.BIT_AND: np.logical_and,
    expr.Binary.Op.BIT_OR: np.logical_or,
    expr.Binary.Op.BIT_XOR: np.logical_xor,
    expr.Binary.Op.LOGIC_AND: np.logical_and,
    expr.Binary.Op.LOGIC_OR: np.logical_or,
    expr.Binary.Op.EQUAL: np.equal,
    expr.Binary.Op.NOT_EQUAL: np.not_equal,
}
_ON_INTEGERS: Mapping[Any, Callable[..., Any]] = {
    expr.Binary.Op.BIT_AND: np.bitwise_and,
    expr.Binary.Op.BIT_OR: np.bitwise_or,
    expr.Binary.Op.BIT_XOR: np.bitwise_xor,
    expr.Binary.Op.EQUAL: np.equal,
    expr.Binary.Op.NOT_EQUAL: np.not_equal,
    expr.Binary.Op.LESS: np.less,
    expr.Binary.Op.LESS_EQUAL: np.less_equal,
    expr.Binary.Op.GREATER: np.greater,
    expr.Binary.Op.GREATER_EQUAL: np.greater_equal,
}


def condition_of(condition: Any, numbers: Mapping[Any, int]) -> Value:
    """The condition of a jump, by shot.

    Args:
        condition: An expression, or a bit or a register and the value that it should have.
        numbers: The number of each classical bit.

    Raises:
        FastPathError: If it is not known how Aer evaluates it.
    """
    if isinstance(condition, expr.Expr):
        if not isinstance(condition.type, types.Bool):
            raise _unknown()
        return _value_of(condition, numbers)
    target, value = condition
    if isinstance(target, Clbit):
        target = (target,)
    elif not isinstance(target, ClassicalRegister):
        raise _unknown()
    places = [_number(bit, numbers) for bit in target]
    wanted = np.array([int(value) >> place & 1 for place in range(len(places))], dtype=bool)
    return lambda bits: (bits[places] == wanted[:, np.newaxis]).all(axis=0)


def _value_of(node: expr.Expr, numbers: Mapping[Any, int]) -> Value:
    _require_type(node.type)
    if isinstance(node, expr.Value):
        return _constant(node)
    if isinstance(node, expr.Var):
        return _read(node, numbers)
    if isinstance(node, expr.Cast):
        return _cast(node, numbers)
    if isinstance(node, expr.Unary):
        return _unary(node, numbers)
    if isinstance(node, expr.Binary):
        return _binary(node, numbers)
    raise _unknown()


def _require_type(kind: Any) -> None:
    is_integer = isinstance(kind, types.Uint) and kind.width <= MOST_BITS
    if not (is_integer or isinstance(kind, types.Bool)):
        raise _unknown()


def _constant(node: expr.Value) -> Value:
    kind = bool if isinstance(node.type, types.Bool) else np.uint64
    value = np.array([node.value], dtype=kind)
    return lambda bits: np.broadcast_to(value, bits.shape[1:])


def _read(node: expr.Var, numbers: Mapping[Any, int]) -> Value:
    if isinstance(node.var, Clbit):
        number = _number(node.var, numbers)
        return lambda bits: bits[number]
    if not isinstance(node.var, ClassicalRegister):
        raise _unknown()
    places = [_number(bit, numbers) for bit in node.var]
    weights = np.array([1 << place for place in range(len(places))], dtype=np.uint64)
    return lambda bits: weights @ bits[places].astype(np.uint64)


def _cast(node: expr.Cast, numbers: Mapping[Any, int]) -> Value:
    operand = _value_of(node.operand, numbers)
    before, after = node.operand.type, node.type
    if isinstance(after, types.Bool):
        # Aer 0.18 takes an integer for true if it is 0.
        raise _unknown()
    if isinstance(before, types.Bool):
        return lambda bits: operand(bits).astype(np.uint64)
    if after.width < before.width:
        raise _unknown()
    return operand


def _unary(node: expr.Unary, numbers: Mapping[Any, int]) -> Value:
    if not isinstance(node.operand.type, types.Bool):
        raise _unknown()
    operand = _value_of(node.operand, numbers)
    if node.op not in (expr.Unary.Op.BIT_NOT, expr.Unary.Op.LOGIC_NOT):
        raise _unknown()
    return lambda bits: ~operand(bits)


def _binary(node: expr.Binary, numbers: Mapping[Any, int]) -> Value:
    kinds = {type(node.left.type), type(node.right.type)}
    if kinds == {types.Bool}:
        operators = _ON_BOOLEANS
    elif kinds == {types.Uint} and node.left.type == node.right.type:
        operators = _ON_INTEGERS
    else:
        raise _unknown()
    if node.op not in operators:
        raise _unknown()
    operator = operators[node.op]
    left, right = _value_of(node.left, numbers), _value_of(node.right, numbers)
    return lambda bits: operator(left(bits), right(bits))


def _number(bit: Any, numbers: Mapping[Any, int]) -> int:
    if bit not in numbers:
        raise _unknown()
    return numbers[bit]


def _unknown() -> FastPathError:
    return FastPathError("it is not known how Aer evaluates a condition")
