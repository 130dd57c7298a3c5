"""Circuits as source: `write_circuit`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fuzz import channels, instructions, library
from tests.fuzz.choices import Choices, Lines
from tests.fuzz.classical import Classical

_METADATA = ("{}", "{'a': 1}", "{'nested': {'b': [1, 2]}}", "None")


@dataclass(frozen=True)
class Profile:
    """What a circuit may have in it.

    Attributes:
        method: The method of Aer whose gates it uses.
        most_qubits: So many at most.
        is_basic: Whether it is made of the method's own gates only.
        is_dynamic: Whether it has control flow.
        has_whiles: Whether loops without a number of turns are in it.
        has_boxes: Whether boxes are in it.
        has_stores: Whether it writes classical bits by expressions.
        has_variables: Whether it has classical variables.
        has_channels: Whether it has channels, initializations and resets.
        channels: The kinds of channels that it may have.
        has_wide: Whether it has gates of the library, matrices among them.
        has_custom: Whether it has instructions of its own, of misleading names.
        has_saves: Whether it has Aer's save instructions.
        has_labels: Whether gates have labels.
        has_delays: Whether qubits wait.
        has_odd_registers: Whether registers overlap, bits are in none, and the like.
        is_measured: Whether it ends in measurements.
        is_measured_within: Whether there are measurements before the end.
        parameters: How many parameters it has.
        steps: So many instructions at most.
    """

    method: str = "automatic"
    most_qubits: int = 4
    is_basic: bool = True
    is_dynamic: bool = False
    has_whiles: bool = True
    has_boxes: bool = True
    has_stores: bool = False
    has_variables: bool = False
    has_channels: bool = False
    channels: tuple[str, ...] = channels.CHANNELS
    has_wide: bool = False
    has_custom: bool = False
    has_saves: bool = False
    has_labels: bool = False
    has_delays: bool = False
    has_odd_registers: bool = False
    is_measured: bool = True
    is_measured_within: bool = False
    parameters: int = 0
    steps: int = 9

    @property
    def tags(self) -> set[str]:
        """What is remarkable about it."""
        named = {
            "control flow": self.is_dynamic,
            "stores": self.has_stores,
            "variables": self.has_variables,
            "channels": self.has_channels,
            "library gates": self.has_wide,
            "custom gates": self.has_custom,
            "saves": self.has_saves,
            "labels": self.has_labels,
            "delays": self.has_delays,
            "odd registers": self.has_odd_registers,
            "measured within": self.is_measured_within,
            "parameters": bool(self.parameters),
        }
        return {name for name, has in named.items() if has}


@dataclass
class Circuit:
    """A circuit that has been written.

    Attributes:
        name: The variable that holds it.
        qubits: How many it has.
        clbits: How many it has.
        parameters: Their names, in alphabetical order.
        labels: Labels that its gates have.
    """

    name: str
    qubits: int = 0
    clbits: int = 0
    registers: dict[str, int] = field(default_factory=dict)
    parameters: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)


def write_circuit(lines: Lines, choices: Choices, profile: Profile, name: str = "qc") -> Circuit:
    """Write a circuit into a variable."""
    return _Writer(lines, choices, profile, name).write()


class _Writer:
    def __init__(self, lines: Lines, choices: Choices, profile: Profile, name: str) -> None:
        self._lines = lines
        self._choices = choices
        self._profile = profile
        self._name = name
        self._circuit = Circuit(name)
        self._gates = instructions.gates_of(profile.method)
        if not profile.is_basic:
            self._gates = {**instructions.METHODS, **instructions.CLASSES}
        self._loops: list[str] = []
        self._loop_parameters: list[str] = []
        self._saved = 0
        self._customs: list[tuple[str, int, int]] = []
        self._classical = Classical([], {})
        self._is_inside = False
        self._used: set[str] = set()

    def write(self) -> Circuit:
        choices, profile, circuit = self._choices, self._profile, self._circuit
        self._unit = choices.one_of(("dt", "dt", "dt", "ns", "us"))
        for number in range(profile.parameters):
            own = f"{self._name}_{'ab'[number % 2]}{number // 2 or ''}"
            circuit.parameters.append(own)
            self._lines.add(f"{own} = Parameter({own!r})")
        if profile.has_custom:
            self._define_customs()
        self._registers()
        self._variables()
        for _ in range(choices.between(1, profile.steps)):
            self._step(depth=2)
        for own in circuit.parameters:
            if own not in self._used:
                self._lines.add(f"{self._name}.rz({own}, {self._qubit()})")
        if profile.is_measured:
            self._measure_finally()
        elif profile.method in {"unitary", "superop"}:
            self._lines.add(f"{self._name}.save_{profile.method}()")
        return circuit

    # --- what it is made of ---------------------------------------------------------------------

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

    def _define_customs(self) -> None:
        choices = self._choices
        for number in range(choices.between(1, 2)):
            own, name = f"{self._name}_own{number}", choices.one_of(instructions.MISLEADING)
            width = choices.between(1, min(2, self._profile.most_qubits))
            kind = choices.weighted({"gate": 4, "instruction": 2, "opaque": 1, "measuring": 1.5})
            if kind == "opaque":
                self._lines.add(f"{own} = Gate({name!r}, {width}, [])")
                self._customs.append((own, width, 0))
                continue
            clbits = 1 if kind == "measuring" else 0
            self._lines.add(f"{own} = QuantumCircuit({width}, {clbits}, name={name!r})")
            for _ in range(choices.between(1, 2)):
                self._lines.add(
                    self._plain_gate(own, [str(q) for q in range(width)], is_open=False)
                )
            if kind == "measuring":
                self._lines.add(f"{own}.measure(0, 0)")
            label = "" if choices.chance(70) else f"label={choices.one_of(instructions.LABELS)!r}"
            method = "to_gate" if kind == "gate" else "to_instruction"
            self._lines.add(f"{own} = {own}.{method}({label})")
            self._customs.append((own, width, clbits))

    # --- instructions ---------------------------------------------------------------------------

    def _step(self, depth: int) -> None:
        profile = self._profile
        kinds: dict[Callable[[int], None], tuple[float, bool]] = {
            self._gate: (10, True),
            self._barrier: (0.4, True),
            self._control_flow: (3.5, profile.is_dynamic and depth > 0),
            self._store: (3, profile.has_stores),
            self._channel: (2, profile.has_channels),
            self._reset: (1.5, profile.has_channels),
            self._wide: (4, profile.has_wide),
            self._custom: (4, profile.has_custom),
            self._labelled: (4, profile.has_labels),
            self._delay: (2, profile.has_delays),
            self._save: (2, profile.has_saves and not self._is_inside),
            self._measure: (2.5, self._measures_within()),
        }
        weights = {step: weight for step, (weight, is_wanted) in kinds.items() if is_wanted}
        if self._loops and self._choices.chance(50):
            weights[self._leave_loop] = 1
        self._choices.weighted(weights)(depth)

    def _measures_within(self) -> bool:
        profile = self._profile
        return self._circuit.clbits > 0 and (profile.is_measured_within or profile.is_dynamic)

    def _gate(self, _depth: int) -> None:
        qubits = [str(qubit) for qubit in range(self._circuit.qubits)]
        self._lines.add(self._plain_gate(self._name, qubits))

    def _plain_gate(self, circuit: str, qubits: list[str], *, is_open: bool = True) -> str:
        choices = self._choices
        usable = [name for name, (_, width) in self._gates.items() if width <= len(qubits)]
        name = choices.one_of(usable)
        angles, width = self._gates[name]
        own = [self._angle() if is_open else choices.angle() for _ in range(angles)]
        return instructions.gate(circuit, name, own, choices.some(qubits, width))

    def _angle(self) -> str:
        choices = self._choices
        names = [*self._circuit.parameters, *self._loop_parameters]
        if names and choices.chance(50):
            own = choices.one_of(names)
            form = choices.weighted(
                {"{0}": 5, "2 * {0} + 0.25": 2, "-{0}": 1, "{0} * {1}": 1, "{0}.sin()": 0.4}
            )
            other = choices.one_of(names)
            self._used |= {own, other} if "{1}" in form else {own}
            return form.format(own, other)
        return choices.angle()

    def _barrier(self, _depth: int) -> None:
        self._lines.add(
            f"{self._name}.barrier({'' if self._choices.chance(50) else self._qubit()})"
        )

    def _reset(self, _depth: int) -> None:
        self._lines.add(f"{self._name}.reset({self._qubit()})")

    def _delay(self, _depth: int) -> None:
        duration = self._choices.one_of((16, 160, 1600) if self._unit == "dt" else (1, 5, 50))
        self._lines.add(f"{self._name}.delay({duration}, {self._qubit()}, {self._unit!r})")

    def _measure(self, _depth: int) -> None:
        choices, circuit = self._choices, self._circuit
        count = 2 if min(circuit.qubits, circuit.clbits) > 1 and choices.chance(15) else 1
        qubits = choices.some(range(circuit.qubits), count)
        clbits = choices.some(range(circuit.clbits), count)
        self._lines.add(f"{self._name}.measure({qubits}, {clbits})")

    def _store(self, _depth: int) -> None:
        found = self._classical.store(self._choices)
        if found is not None:
            self._lines.add(f"{self._name}.store({found[0]}, {found[1]})")

    def _wide(self, _depth: int) -> None:
        own = library.wide(self._choices, self._circuit.qubits, [self._angle()])
        self._append(own.text, own.width)

    def _channel(self, _depth: int) -> None:
        own = channels.channel(self._choices, self._circuit.qubits, self._profile.channels)
        self._append(own.text, own.width)

    def _labelled(self, _depth: int) -> None:
        text, width = instructions.labelled(self._choices, [self._angle() for _ in range(3)])
        if width <= self._circuit.qubits:
            self._append(text, width)

    def _custom(self, _depth: int) -> None:
        own, width, clbits = self._choices.one_of(self._customs)
        if width <= self._circuit.qubits and clbits <= self._circuit.clbits:
            self._append(own, width, clbits)

    def _append(self, text: str, width: int, clbits: int = 0) -> None:
        qubits = self._choices.some(range(self._circuit.qubits), width)
        bits = f", {self._choices.some(range(self._circuit.clbits), clbits)}" if clbits else ""
        self._lines.add(f"{self._name}.append({text}, {qubits}{bits})")

    def _save(self, _depth: int) -> None:
        choices, method = self._choices, self._profile.method
        templates = instructions.SAVES.get(method, instructions.SAVES["statevector"])
        label = f"label='saved{self._saved}'"
        self._saved += 1
        qubits = list(range(self._circuit.qubits))
        text = choices.one_of(templates).format(label=label, qubits=qubits, qubit=self._qubit())
        self._lines.add(f"{self._name}.{text}")

    def _qubit(self) -> int:
        return self._choices.below(self._circuit.qubits)

    def _measure_finally(self) -> None:
        choices, circuit, name = self._choices, self._circuit, self._name
        # A register of that name would get a number that counts on with each circuit.
        is_free = "'meas'" not in self._lines.source
        if circuit.clbits == 0 or (is_free and choices.chance(15)):
            line = choices.one_of(("measure_all()", "measure_all()", "measure_active()"))
            self._lines.add(f"{name}.{line}")
            return
        if choices.chance(20):
            self._lines.add(f"{name}.barrier()")
        qubits = (
            choices.shuffled(range(circuit.qubits)) if choices.chance(30) else range(circuit.qubits)
        )
        for place, qubit in enumerate(qubits):
            if place == 0 or choices.chance(85):
                clbit = place if choices.chance(80) else choices.below(circuit.clbits)
                self._lines.add(f"{name}.measure({qubit}, {clbit % circuit.clbits})")
        if self._profile.has_stores and choices.chance(40):
            self._store(0)
        if choices.chance(4):
            self._gate(0)

    # --- control flow ---------------------------------------------------------------------------

    def _control_flow(self, depth: int) -> None:
        choices = self._choices
        if not self._classical.bits:
            return
        before, self._is_inside = self._is_inside, True
        if choices.chance(40):
            self._measure(depth)
        kinds = {self._if: 5.0, self._switch: 2.0, self._for: 2.0}
        if self._profile.has_whiles:
            kinds[self._while] = 1.5
        if self._profile.has_boxes:
            kinds[self._box] = 0.3
        choices.weighted(kinds)(depth - 1)
        self._is_inside = before

    def _body(self, depth: int) -> None:
        for _ in range(self._choices.between(0 if self._choices.chance(10) else 1, 3)):
            self._step(depth)

    def _condition(self) -> str:
        choices, classical = self._choices, self._classical
        kind = choices.weighted({"bit": 3, "register": 2, "expression": 3})
        if kind == "bit":
            return f"({choices.one_of(classical.bits)}, {choices.below(2)})"
        if kind == "register" and classical.registers:
            register = choices.one_of(list(classical.registers))
            return f"({register}, {choices.below(2 ** classical.registers[register])})"
        return classical.boolean(choices)

    def _if(self, depth: int) -> None:
        name = self._name
        head = f"with {name}.if_test({self._condition()})"
        if self._choices.chance(40):
            with self._lines.block(f"{head} as otherwise:"):
                self._body(depth)
            with self._lines.block("with otherwise:"):
                self._body(depth)
        else:
            with self._lines.block(f"{head}:"):
                self._body(depth)

    def _switch(self, depth: int) -> None:
        choices, classical = self._choices, self._classical
        if classical.registers and choices.chance(60):
            target = choices.one_of(list(classical.registers))
            size = classical.registers[target]
        elif choices.chance(50):
            target, size = choices.one_of(classical.bits), 1
        else:
            target, size = classical.number(choices)
        values = choices.some(range(min(2**size, 8)), min(2**size, choices.between(1, 3)))
        with self._lines.block(f"with {self._name}.switch({target}) as case:"):
            while values:
                own, values = values[: choices.between(1, 2)], values[2:]
                with self._lines.block(f"with case({', '.join(map(str, own))}):"):
                    self._body(depth)
            if choices.chance(60):
                with self._lines.block("with case(case.DEFAULT):"):
                    self._body(depth)

    def _for(self, depth: int) -> None:
        choices = self._choices
        indices = choices.one_of(("range(2)", "range(1, 6, 2)", "(0, 3, 1)", "range(0)", "[2]"))
        has_parameter = choices.chance(40)
        loop = f"i{len(self._loops)}"
        suffix = f" as {loop}" if has_parameter else ""
        self._loops.append("for")
        if has_parameter:
            self._loop_parameters.append(loop)
        with self._lines.block(f"with {self._name}.for_loop({indices}){suffix}:"):
            self._body(depth)
        if has_parameter:
            self._loop_parameters.remove(loop)
        self._loops.pop()

    def _while(self, depth: int) -> None:
        choices, name, classical = self._choices, self._name, self._classical
        bit = choices.one_of(classical.bits)
        self._loops.append("while")
        with self._lines.block(f"with {name}.while_loop(({bit}, 1)):"):
            self._body(depth)
            if self._profile.has_stores and choices.chance(50):
                self._lines.add(f"{name}.store({bit}, expr.lift(False))")
            else:
                qubit = self._qubit()
                self._lines.add(f"{name}.reset({qubit})")
                if choices.chance(40) and "h" in self._gates:
                    self._lines.add(f"{name}.h({qubit})")
                self._lines.add(f"{name}.measure({qubit}, {classical.bits.index(bit)})")
        self._loops.pop()

    def _box(self, depth: int) -> None:
        with self._lines.block(f"with {self._name}.box():"):
            self._body(depth)

    def _leave_loop(self, depth: int) -> None:
        # A "continue" in a "while" would skip what ends it.
        with self._lines.block(f"with {self._name}.if_test({self._condition()}):"):
            if depth and self._choices.chance(50):
                self._step(0)
            is_endless = self._loops[-1] == "while"
            word = "break" if is_endless or self._choices.chance(50) else "continue"
            self._lines.add(f"{self._name}.{word}_loop()")
