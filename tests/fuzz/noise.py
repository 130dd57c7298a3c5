"""Noise models as source: `write_noise`."""

from __future__ import annotations

from tests.fuzz.channels import quantum_error
from tests.fuzz.choices import Choices, Lines
from tests.fuzz.instructions import METHODS

ONE_QUBIT = (
    "x",
    "h",
    "sx",
    "rz",
    "u",
    "id",
    "ry",
    "rx",
    "s",
    "measure",
    "reset",
    "delay",
    "unitary",
)
TWO_QUBITS = ("cx", "cz", "ecr", "rzz", "swap", "cp", "unitary")
UNMET = ("noisy", "gate", "kraus", "initialize", "pauli", "barrier", "jump", "store", "if_else")


def write_noise(
    lines: Lines, choices: Choices, qubits: int, names: frozenset[str], name: str = "noise"
) -> None:
    """Write a noise model into a variable.

    Args:
        lines: Where to.
        choices: What decides.
        qubits: How many qubits its circuits have.
        names: Gates and labels that they have, which its errors follow preferably.
        name: The variable.
    """
    own = "" if choices.chance(85) else "basis_gates=['rz', 'sx', 'x', 'cx', 'id']"
    lines.add(f"{name} = NoiseModel({own})")
    for _ in range(choices.between(1, 4)):
        add_error(lines, choices, qubits, names, name)


def add_error(
    lines: Lines, choices: Choices, qubits: int, names: frozenset[str], name: str = "noise"
) -> None:
    """Add one error to a noise model."""
    kind = choices.weighted({"all": 4, "local": 3, "readout": 2, "readout all": 1.5})
    if kind.startswith("readout"):
        a, b = choices.probability(), choices.probability()
        error = f"ReadoutError([[{1 - a:.2f}, {a:.2f}], [{b:.2f}, {1 - b:.2f}]])"
        if kind == "readout":
            lines.add(
                f"{name}.add_readout_error({error}, [{choices.below(qubits)}], warnings=False)"
            )
        else:
            lines.add(f"{name}.add_all_qubit_readout_error({error}, warnings=False)")
        return
    width = 2 if qubits > 1 and choices.chance(45) else 1
    known = [
        one for one in (ONE_QUBIT, TWO_QUBITS)[width - 1] if one in names or choices.chance(20)
    ]
    others = names - {*ONE_QUBIT, *TWO_QUBITS}
    known += sorted(name for name in others if METHODS.get(name, (0, width))[1] == width)
    if not known or choices.chance(12):
        known = [*known, choices.one_of(UNMET)]
    instructions = choices.some(known, min(len(known), choices.between(1, 2)))
    error = quantum_error(choices, width)
    if kind == "all":
        lines.add(f"{name}.add_all_qubit_quantum_error({error}, {instructions}, warnings=False)")
    else:
        on = choices.some(range(qubits), width)
        lines.add(f"{name}.add_quantum_error({error}, {instructions}, {on}, warnings=False)")
