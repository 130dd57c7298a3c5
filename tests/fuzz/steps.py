"""Instructions of a circuit as source, one after the other: `Steps`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from tests.fuzz import channels, instructions, library
from tests.fuzz.choices import Choices, Lines
from tests.fuzz.classical import Classical
from tests.fuzz.profile import Circuit, Profile


class Steps(ABC):
    """Writes instructions of a circuit.

    Args:
        lines: Where they are written.
        choices: What decides.
        profile: What the circuit may have in it.
        circuit: The circuit; its bits are told once it has some.
    """

    def __init__(self, lines: Lines, choices: Choices, profile: Profile, circuit: Circuit) -> None:
        self._lines = lines
        self._choices = choices
        self._profile = profile
        self._circuit = circuit
        self._name = circuit.name
        self._gates = instructions.gates_of(profile.method)
        if not profile.is_basic:
            self._gates = {**instructions.METHODS, **instructions.CLASSES}
        self._unit = choices.one_of(("dt", "dt", "dt", "ns", "us"))
        self._loops: list[str] = []
        self._loop_parameters: list[str] = []
        self._saved = 0
        self._customs: list[tuple[str, int, int]] = []
        self._is_inside = False
        self.classical = Classical([], {})
        self.used: set[str] = set()
        """The parameters that have been used."""

    @abstractmethod
    def control_flow(self, depth: int) -> None:
        """Write an instruction with blocks in it."""

    @abstractmethod
    def leave_loop(self, depth: int) -> None:
        """Write what may leave a loop, or go on with its next turn."""

    def define_customs(self) -> None:
        """Write instructions of the program's own."""
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

    def step(self, depth: int) -> None:
        """Write one instruction; blocks are so deep at most."""
        profile = self._profile
        kinds: dict[Callable[[int], None], tuple[float, bool]] = {
            self._gate: (10, True),
            self._barrier: (0.4, True),
            self.control_flow: (3.5, profile.is_dynamic and depth > 0),
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
            weights[self.leave_loop] = 1
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
            self.used |= {own, other} if "{1}" in form else {own}
            return form.format(own, other)
        return choices.angle()

    def _barrier(self, _depth: int) -> None:
        self._lines.add(f"{self._name}.barrier({'' if self._choices.chance(50) else self.qubit()})")

    def _reset(self, _depth: int) -> None:
        self._lines.add(f"{self._name}.reset({self.qubit()})")

    def _delay(self, _depth: int) -> None:
        duration = self._choices.one_of((16, 160, 1600) if self._unit == "dt" else (1, 5, 50))
        self._lines.add(f"{self._name}.delay({duration}, {self.qubit()}, {self._unit!r})")

    def _measure(self, _depth: int) -> None:
        choices, circuit = self._choices, self._circuit
        count = 2 if min(circuit.qubits, circuit.clbits) > 1 and choices.chance(15) else 1
        qubits = choices.some(range(circuit.qubits), count)
        clbits = choices.some(range(circuit.clbits), count)
        self._lines.add(f"{self._name}.measure({qubits}, {clbits})")

    def _store(self, _depth: int) -> None:
        found = self.classical.store(self._choices)
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
        text = choices.one_of(templates).format(label=label, qubits=qubits, qubit=self.qubit())
        self._lines.add(f"{self._name}.{text}")

    def qubit(self) -> int:
        """One of the circuit's qubits."""
        return self._choices.below(self._circuit.qubits)

    def measure_finally(self) -> None:
        """Write the measurements at the end."""
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
