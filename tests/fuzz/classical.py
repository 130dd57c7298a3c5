"""Classical expressions as source: `Classical`."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.fuzz.choices import Choices

_LOGICAL = ("logic_and", "logic_or")
_BITWISE = ("bit_and", "bit_or", "bit_xor")
_COMPARISONS = ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")


@dataclass
class Classical:
    """What can be read and written in a circuit.

    Attributes:
        bits: Bits, as source.
        registers: Registers by source, with their sizes.
        booleans: Variables of type Bool.
        numbers: Variables of type Uint, with their sizes.
        is_odd: Whether expressions may be of a kind that Aer refuses.
    """

    bits: list[str]
    registers: dict[str, int]
    booleans: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    is_odd: bool = False

    def boolean(self, choices: Choices, depth: int = 2) -> str:  # noqa: PLR0911 - one for each kind
        """An expression of type Bool."""
        leaves = [*self.bits, *self.booleans]
        kind = choices.weighted({"leaf": 4, "logic": 2, "compare": 3, "not": 1.5, "literal": 0.3})
        if depth == 0 or (kind == "leaf" and leaves):
            return choices.one_of(leaves) if leaves else "True"
        if kind == "logic":
            left, right = self.boolean(choices, depth - 1), self.boolean(choices, depth - 1)
            return f"expr.{choices.one_of(_LOGICAL)}({left}, {right})"
        if kind == "not":
            return f"expr.logic_not({self.boolean(choices, depth - 1)})"
        if kind == "compare" and (self.registers or self.numbers):
            if self.is_odd and choices.chance(15):
                return f"expr.index({choices.one_of([*self.registers, *self.numbers])}, 0)"
            left, size = self.number(choices, depth - 1)
            right = (
                str(choices.below(2**size)) if choices.chance(70) else self.number(choices, 0)[0]
            )
            if right.isdigit() and left.isdigit():
                left = f"expr.lift({left})"
            return f"expr.{choices.one_of(_COMPARISONS)}({left}, {right})"
        if kind == "literal":
            return choices.one_of(("expr.lift(True)", "expr.lift(False)"))
        return choices.one_of(leaves) if leaves else "expr.lift(True)"

    def number(  # noqa: PLR0911 - one for each kind
        self, choices: Choices, depth: int = 1
    ) -> tuple[str, int]:
        """An expression of type Uint, and its size in bits."""
        leaves = {**self.registers, **self.numbers}
        if not leaves:
            return f"expr.lift({choices.below(8)}, types.Uint(3))", 3
        own = choices.one_of(list(leaves))
        size = leaves[own]
        kind = choices.weighted({"leaf": 4, "not": 1, "bitwise": 3, "literal": 0.5, "odd": 0.5})
        if depth == 0 or kind == "leaf":
            return own, size
        if kind == "not":
            return f"expr.bit_not({self.number(choices, depth - 1)[0]})", size
        if kind == "bitwise":
            left, size = self.number(choices, depth - 1)
            if choices.chance(60):
                right = f"expr.lift({choices.below(2**size)}, types.Uint({size}))"
            else:
                same = [name for name, other in leaves.items() if other == size] or [left]
                right = choices.one_of(same)
            return f"expr.{choices.one_of(_BITWISE)}({left}, {right})", size
        if kind == "odd" and self.is_odd:
            operator = choices.one_of(("add", "sub", "mul", "shift_left", "shift_right"))
            return f"expr.{operator}({own}, expr.lift(1, types.Uint({size})))", size
        if kind == "odd" and choices.chance(50):
            return f"expr.cast({own}, types.Uint({size + 1}))", size + 1
        return f"expr.lift({choices.below(2**size)}, types.Uint({size}))", size

    def store(self, choices: Choices) -> tuple[str, str] | None:
        """A target and a value of its type; None if nothing can be written."""
        targets = {
            **dict.fromkeys(self.bits, 0),
            **self.registers,
            **dict.fromkeys(self.booleans, 0),
            **self.numbers,
        }
        if not targets:
            return None
        target = choices.one_of(list(targets))
        size = targets[target]
        if size == 0:
            return target, self.boolean(choices)
        value, other = self.number(choices)
        if other != size:
            value = f"expr.cast({value}, types.Uint({size}))"
            if not self.is_odd or choices.chance(50):
                value = f"expr.lift({choices.below(2**size)}, types.Uint({size}))"
        return target, value
