"""Channels, initializations and errors as source: `channel`, `quantum_error`."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fuzz.choices import Choices
from tests.fuzz.library import Wide, state

CHANNELS = ("initialize", "initialize", "kraus", "superop", "error", "named")


def channel(choices: Choices, most: int, kinds: Sequence[str]) -> Wide:
    """What is neither a gate nor a measurement: a channel or an initialization."""
    width = choices.between(1, min(2, most))
    kind = choices.one_of(kinds)
    if kind == "initialize":
        return Wide(f"Initialize({state(choices, width)})", width)
    if kind == "kraus":
        return Wide(f"Kraus({quantum_error(choices, 1)}).to_instruction()", 1)
    if kind == "superop":
        return Wide(f"SuperOp({quantum_error(choices, width)}).to_instruction()", width)
    if kind == "named":
        return Wide(
            f"Kraus(random_quantum_channel(2, 2, seed={choices.below(5)})).to_instruction()", 1
        )
    suffix = ".to_instruction()" if choices.chance(50) else ""
    return Wide(f"{quantum_error(choices, width)}{suffix}", width)


def quantum_error(choices: Choices, width: int) -> str:
    """A quantum error of Aer's on one or two qubits."""
    p = choices.probability()
    half, rest = round(p / 2, 2), round(1 - p, 2)
    t2 = choices.one_of((15, 30, 40))
    one = [
        f"depolarizing_error({p}, 1)",
        f"pauli_error([('X', {p}), ('I', {round(1 - p, 2)})])",
        f"pauli_error([('Z', {p}), ('Y', {round(1 - p, 2)})])",
        f"amplitude_damping_error({p})",
        f"phase_damping_error({p})",
        f"phase_amplitude_damping_error({half}, {half}, {choices.one_of((0, 0.3))})",
        f"reset_error({round(p / 2, 2)}, {round(p / 3, 2)})",
        f"thermal_relaxation_error({choices.one_of((20, 50))}, {t2}, {10 * p})",
        f"thermal_relaxation_error(50, 80, {10 * p}, 0.2)",
        f"coherent_unitary_error(RXGate({p}).to_matrix())",
        f"coherent_unitary_error(random_unitary(2, seed={choices.below(5)}))",
        f"mixed_unitary_error([(HGate().to_matrix(), {p}), (SGate().to_matrix(), {rest})])",
        f"kraus_error(Kraus(amplitude_damping_error({p})).data)",
        f"QuantumError([([(Reset(), [0]), (XGate(), [0])], {p}), ([(IGate(), [0])], {rest})])",
        f"QuantumError(Kraus(phase_damping_error({p})))",
    ]
    if width == 1:
        if choices.chance(15):
            return f"{choices.one_of(one)}.compose({choices.one_of(one)})"
        return choices.one_of(one)
    return choices.one_of(
        (
            f"depolarizing_error({p}, 2)",
            f"pauli_error([('XZ', {p}), ('II', {round(1 - p, 2)})])",
            f"{choices.one_of(one)}.tensor({choices.one_of(one)})",
            f"{choices.one_of(one)}.expand({choices.one_of(one)})",
            f"coherent_unitary_error(RZZGate({p}).to_matrix())",
            f"coherent_unitary_error(random_unitary(4, seed={choices.below(5)}))",
        )
    )
