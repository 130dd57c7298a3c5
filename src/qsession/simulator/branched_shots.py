"""The measurements of shots that were not drawn from one distribution: `BranchedShots`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class BranchedShots:
    """Shots with the bits that they measured.

    Args:
        bits: Of each classical bit, in rows, what each shot measured.
    """

    def __init__(self, bits: NDArray[np.bool_]) -> None:
        self._bits = bits

    def shots(self, count: int, registers: Iterable[tuple[str, int, int]]) -> dict[str, Any]:
        """The first shots.

        Args:
            count: How many.
            registers: Of each its name, its size and the number of its first bit.

        Returns:
            The shots by register, packed as in `qiskit.primitives.BitArray`.
        """
        return {name: self._packed(count, size, start) for name, size, start in registers}

    def _packed(self, count: int, size: int, start: int) -> NDArray[np.uint8]:
        width = -(-size // 8) * 8
        unpacked = np.zeros((count, width), dtype=bool)
        # A register whose bits are those of others, in another order, may reach beyond the last.
        rows = self._bits[start : start + size, :count]
        unpacked[:, width - len(rows) :] = rows[::-1].T
        return np.packbits(unpacked, axis=1)

    def odd(self, count: int, masks: Iterable[int]) -> list[int]:
        """Count for each mask of classical bits the first shots in which their sum is odd."""
        return [
            int(
                np.logical_xor.reduce(
                    [row[:count] for place, row in enumerate(self._bits) if mask >> place & 1],
                    initial=False,
                ).sum()
            )
            for mask in masks
        ]
