"""Circuits as source: `write_circuit`."""

from __future__ import annotations

from tests.fuzz.choices import Choices, Lines
from tests.fuzz.control_flow import StepsWithFlow
from tests.fuzz.profile import Circuit, Profile
from tests.fuzz.registers import Registers


def write_circuit(lines: Lines, choices: Choices, profile: Profile, name: str = "qc") -> Circuit:
    """Write a circuit into a variable."""
    circuit = Circuit(name)
    steps = StepsWithFlow(lines, choices, profile, circuit)
    for number in range(profile.parameters):
        own = f"{name}_{'ab'[number % 2]}{number // 2 or ''}"
        circuit.parameters.append(own)
        lines.add(f"{own} = Parameter({own!r})")
    if profile.has_custom:
        steps.define_customs()
    steps.classical = Registers(lines, choices, profile, circuit).write()
    for _ in range(choices.between(1, profile.steps)):
        steps.step(depth=2)
    for own in circuit.parameters:
        if own not in steps.used:
            lines.add(f"{name}.rz({own}, {steps.qubit()})")
    if profile.is_measured:
        steps.measure_finally()
    elif profile.method in {"unitary", "superop"}:
        lines.add(f"{name}.save_{profile.method}()")
    return circuit
