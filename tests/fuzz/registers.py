"""Registers, bits and variables of circuits as source: `Registers`."""

from __future__ import annotations

from tests.fuzz.choices import Choices, Lines
from tests.fuzz.classical import Classical
from tests.fuzz.profile import Circuit, Profile

_METADATA = ("{}", "{'a': 1}", "{'nested': {'b': [1, 2]}}", "None")


class Registers:
    """Writes a circuit with its bits, and says what expressions can be made of.

    Args:
        lines: Where it is written.
        choices: What decides.
        profile: What the circuit may have in it.
        circuit: The circuit, which is told of its bits.
    """

    def __init__(self, lines: Lines, choices: Choices, profile: Profile, circuit: Circuit) -> None:
        self._lines = lines
        self._choices = choices
        self._profile = profile
        self._circuit = circuit
        self._name = circuit.name
        self._classical = Classical([], {})

    def write(self) -> Classical:
        """Write the circuit without instructions."""
        self._registers()
        self._variables()
        return self._classical

    def _registers(self) -> None:
        choices, name, circuit = self._choices, self._name, self._circuit
        qubits = choices.between(1, self._profile.most_qubits)
        clbits = choices.between(1, 4)
        if choices.chance(3):
            clbits = choices.between(8, 20)
        circuit.qubits, circuit.clbits = qubits, clbits
        extra = "" if choices.chance(80) else f", name={choices.one_of(('bell', 'x', 'ansatz'))!r}"
        extra += "" if choices.chance(85) else f", global_phase={choices.angle()}"
        extra += "" if choices.chance(85) else f", metadata={choices.one_of(_METADATA)}"
        kind = self._kind_of_registers()
        if kind == "none":
            self._lines.add(f"{name} = QuantumCircuit({qubits}{extra})")
            circuit.clbits = 0
            return
        if kind == "plain":
            self._lines.add(f"{name} = QuantumCircuit({qubits}, {clbits}{extra})")
            circuit.registers = {f"{name}.cregs[0]": clbits}
        else:
            write = {
                "several": self._several_registers,
                "loose": self._bits_in_none,
                "overlapping": self._overlapping_registers,
                "empty": self._an_empty_register,
            }[kind]
            write(self._quantum_registers(), extra)
        self._classical = Classical(
            [f"{name}.clbits[{bit}]" for bit in range(circuit.clbits)],
            dict(circuit.registers),
            is_odd=choices.chance(8),
        )

    def _kind_of_registers(self) -> str:
        profile = self._profile
        if profile.has_odd_registers:
            return self._choices.weighted(
                {"loose": 3, "overlapping": 3, "several": 1, "empty": 0.5}
            )
        is_free = profile.is_measured and not profile.is_dynamic
        return self._choices.weighted({"plain": 5, "several": 3, "none": 1.0 * is_free})

    def _quantum_registers(self) -> str:
        choices, qubits = self._choices, self._circuit.qubits
        if qubits > 1 and choices.chance(40):
            if self._profile.has_odd_registers and choices.chance(40):
                return f"[Qubit()], QuantumRegister({qubits - 1}, 'q')"
            return f"QuantumRegister(1, 'a'), QuantumRegister({qubits - 1}, 'b')"
        return f"QuantumRegister({qubits}, 'q')"

    def _several_registers(self, quantum: str, extra: str) -> None:
        choices, name, clbits = self._choices, self._name, self._circuit.clbits
        first = choices.between(1, clbits)
        parts, registers = [f"ClassicalRegister({first}, 'c')"], {f"{name}.cregs[0]": first}
        if first < clbits:
            other = choices.one_of(("d", "meas"))
            parts.append(f"ClassicalRegister({clbits - first}, {other!r})")
            registers[f"{name}.cregs[1]"] = clbits - first
        self._lines.add(f"{name} = QuantumCircuit({quantum}, {', '.join(parts)}{extra})")
        self._circuit.registers = registers

    def _bits_in_none(self, quantum: str, extra: str) -> None:
        name, clbits = self._name, self._circuit.clbits
        parts = ["[Clbit()]", f"ClassicalRegister({clbits}, 'c')"]
        if self._choices.chance(50):
            parts.reverse()
        self._lines.add(f"{name} = QuantumCircuit({quantum}, {', '.join(parts)}{extra})")
        self._circuit.clbits, self._circuit.registers = clbits + 1, {f"{name}.cregs[0]": clbits}

    def _overlapping_registers(self, quantum: str, extra: str) -> None:
        choices, name, clbits = self._choices, self._name, self._circuit.clbits
        parts = f"{quantum}, ClassicalRegister({clbits}, 'c')"
        self._lines.add(f"{name} = QuantumCircuit({parts}{extra})")
        own = choices.some(range(clbits), choices.between(1, clbits))
        bits = ", ".join(f"{name}.clbits[{bit}]" for bit in own)
        self._lines.add(f"{name}.add_register(ClassicalRegister(name='over', bits=[{bits}]))")
        self._circuit.registers = {f"{name}.cregs[0]": clbits, f"{name}.cregs[1]": len(own)}

    def _an_empty_register(self, quantum: str, extra: str) -> None:
        parts = ["ClassicalRegister(0, 'empty')", f"ClassicalRegister({self._circuit.clbits}, 'c')"]
        parts = [quantum, *self._choices.shuffled(parts)]
        self._lines.add(f"{self._name} = QuantumCircuit({', '.join(parts)}{extra})")

    def _variables(self) -> None:
        choices, name = self._choices, self._name
        if not self._profile.has_variables:
            return
        is_used = choices.chance(50)
        for number in range(choices.between(1, 2)):
            own = f"{name}_v{number}"
            size = choices.one_of((1, 3, 8))
            kind = choices.weighted({"bool": 2, "uint": 4, "unset": 1, "input": 2})
            if kind == "bool":
                value = choices.one_of(("True", "expr.lift(False)"))
                self._lines.add(f"{own} = {name}.add_var({own!r}, {value})")
            elif kind == "uint":
                value = f"expr.lift({choices.below(2**size)}, types.Uint({size}))"
                self._lines.add(f"{own} = {name}.add_var({own!r}, {value})")
            elif kind == "unset":
                self._lines.add(f"{own} = expr.Var.new({own!r}, types.Uint({size}))")
                self._lines.add(f"{name}.add_uninitialized_var({own})")
            else:
                self._lines.add(f"{own} = {name}.add_input({own!r}, types.Uint({size}))")
            if is_used and kind == "bool":
                self._classical.booleans.append(own)
            elif is_used:
                self._classical.numbers[own] = size
