"""What has been chosen of a program that is being written: `Draft`."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.fuzz.choices import Choices, Lines
from tests.fuzz.instructions import LABELS, METHODS
from tests.fuzz.noise import ONE_QUBIT, TWO_QUBITS
from tests.fuzz.profile import Circuit

AER_METHODS = {
    "automatic": 50,
    "statevector": 12,
    "density_matrix": 11,
    "stabilizer": 10,
    "matrix_product_state": 8,
    "extended_stabilizer": 3,
    "unitary": 2,
    "superop": 2,
}
"""Aer's methods, and how often they are taken."""

BRANCHING_METHODS = {"automatic": 75, "statevector": 20, "stabilizer": 5}
"""Those of circuits whose shots branch, mostly."""

_SHOTS = {1: 1, 2: 1, 7: 1, 40: 2, 100: 4, 300: 2, 1000: 0.5}
_BRANCHING_SHOTS = {1: 1, 40: 1, 100: 2, 300: 4, 1000: 4, 2500: 1}


@dataclass
class Draft:
    """A program that is being written.

    Attributes:
        choices: What decides.
        lines: Its source.
        tags: What is remarkable about it.
        is_seeded: Whether its runs have seeds.
        kind: The kind of its backend.
        method: The method of its simulator.
        is_estimating: Whether it estimates values, rather than sampling.
        is_client_side: Whether it does so with IBM's client-side primitives.
        has_noise: Whether it has a noise model.
        circuits: Its circuits.
        is_branching: Whether most circuits measure on their way, without noise, and are sampled.
    """

    choices: Choices
    lines: Lines = field(default_factory=Lines)
    tags: set[str] = field(default_factory=set)
    is_seeded: bool = True
    kind: str = "aer"
    method: str = "automatic"
    is_estimating: bool = False
    is_client_side: bool = False
    has_noise: bool = False
    circuits: list[Circuit] = field(default_factory=list)
    is_branching: bool = False

    @property
    def is_of_aer(self) -> bool:
        """Whether the backend is a simulator of Aer's that is made with options."""
        return self.kind in {"aer", "aer noise"}

    def names(self) -> frozenset[str]:
        """Names of what the circuits have in them, and of what they may be transpiled to."""
        source = self.lines.source
        known = {*METHODS, *ONE_QUBIT, *TWO_QUBITS, "unitary", "measure"}
        found = {name for name in known if f".{name}(" in source}
        found |= {label for label in LABELS if label and f"label={label!r}" in source}
        if "measure_a" in source:
            found.add("measure")
        return frozenset(found)

    def shots(self) -> int:
        """A number of shots."""
        if self.method == "extended_stabilizer":
            return self.choices.one_of((2, 5))  # it takes 10 ms for each, and more
        if not self.is_seeded:
            return self.choices.one_of((300, 1000))
        return self.choices.weighted(_BRANCHING_SHOTS if self.is_branching else _SHOTS)
