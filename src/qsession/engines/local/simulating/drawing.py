"""Shots drawn from their exact distribution: `Drawing` and `Distribution`.

Aer takes most of its time for a small circuit to write down one shot after the other. Where no
seed asks for Aer's own shots, it gives the probabilities instead, and the shots are drawn here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit_aer.library import SaveProbabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit import QuantumCircuit

    from qsession.engines.local.simulating.reducing import Reduced

MOST_DRAWN_QUBITS = 12
"""With more, all their probabilities take longer than some shots."""

_LABEL = "distribution"
_METHODS = (None, "automatic", "statevector")
_PRECISIONS = (None, "double")


def may_draw(options: Mapping[str, Any], seed: int | None) -> bool:
    """Whether nobody could tell the shots from Aer's.

    Args:
        options: The simulator's.
        seed: That of the run.
    """
    return (
        seed is None
        and options.get("seed_simulator") is None
        and options.get("method") in _METHODS
        and options.get("precision") in _PRECISIONS
        and options.get("max_memory_mb") is None
        and not options.get("blocking_enable")
    )


@dataclass(frozen=True)
class Drawing:
    """A circuit that ends in its distribution, and what its outcomes mean.

    Attributes:
        circuit: With the distribution of the measured qubits in place of the measurements.
        bits: Which bit of an outcome each classical bit gets, by number; others stay 0.
    """

    circuit: QuantumCircuit
    bits: Mapping[int, int]

    @classmethod
    def of(cls, reduced: Reduced) -> Drawing:
        """Of a circuit that is measured at its end alone."""
        circuit = reduced.to_circuit()
        measured: dict[int, int] = {}
        bits: dict[int, int] = {}
        for instruction in reduced.instructions:
            if instruction.name == "measure":
                (qubit,), (clbit,) = reduced.new(instruction), reduced.clbits(instruction)
                # A later measurement into the same bit takes its place.
                bits[clbit] = measured.setdefault(qubit, len(measured))
        circuit.data = [each for each in circuit.data if each.name != "measure"]
        circuit.append(SaveProbabilities(len(measured), label=_LABEL), list(measured))
        return cls(circuit, bits)


class Distribution:
    """The probabilities of the outcomes of one run."""

    def __init__(self, data: Mapping[str, Any], bits: Mapping[int, int]) -> None:
        probabilities = np.asarray(data[_LABEL], dtype=float)
        self._probabilities: NDArray[np.float64] = probabilities / probabilities.sum()
        self._bits = bits
        # One for each draw: a copied process must not repeat this one's.
        self._rng = np.random.default_rng()

    def shots(self, count: int, registers: Iterable[tuple[str, int, int]]) -> dict[str, Any]:
        """Draw shots.

        Args:
            count: How many.
            registers: Of each its name, its size and the number of its first bit.

        Returns:
            The shots by register, packed as in `qiskit.primitives.BitArray`.
        """
        outcomes = self._rng.choice(len(self._probabilities), size=count, p=self._probabilities)
        packed: dict[str, Any] = {}
        for name, size, start in registers:
            width = -(-size // 8) * 8
            unpacked = np.zeros((count, width), dtype=np.uint8)
            for place in range(size):
                bit = self._bits.get(start + place)
                if bit is not None:
                    unpacked[:, width - 1 - place] = outcomes >> bit & 1
            packed[name] = np.packbits(unpacked, axis=1)
        return packed

    def counts(self, count: int) -> dict[str, int]:
        """Draw shots, and count them by outcome in hexadecimal, as Aer does."""
        drawn = self._rng.multinomial(count, self._probabilities)
        counts: dict[str, int] = {}
        for outcome in np.flatnonzero(drawn).tolist():
            value = sum((outcome >> bit & 1) << clbit for clbit, bit in self._bits.items())
            counts[hex(value)] = counts.get(hex(value), 0) + int(drawn[outcome])
        return counts
