"""Makes Aer's circuits, with the noise in them or beside them: `Compiled` and its two forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qiskit.circuit import CircuitInstruction, Parameter
from qiskit.transpiler import PassManager
from qiskit_aer.noise import NoiseModel, QuantumError

from qsession.engines.local.simulating import aer
from qsession.engines.local.simulating.drawing import MOST_DRAWN_QUBITS, Drawing
from qsession.engines.local.simulating.methods import Methods
from qsession.engines.local.simulating.reducing import Reduced, reduce_circuit

if TYPE_CHECKING:
    from collections.abc import Hashable

    from qiskit import QuantumCircuit

    from qsession.engines.local.simulating.noise import Noise, Use
    from qsession.engines.local.simulating.reading import Reading

MOST_DENSITY_QUBITS = 12
"""More would need more memory than Aer may have, which decides by that too."""

_LIGHT_DENSITY_QUBITS = 6
_LIGHT_STATE_QUBITS = 12
"""Up to here Aer updates a state in one thread; starting more takes longer."""

_NOT_IN_USE = "of the rest of the device"


@dataclass
class Form:
    """A circuit as Aer runs it.

    Attributes:
        circuit: Aer's own, which stays as it is when it runs.
        places: Where angles go, operation and parameter, and which: those of what was left out
            go nowhere.
        noise: The description of the noise that is not in the circuit.
        method: How it must be simulated; None leaves it to Aer.
        is_light: Whether more threads than one would cost more than they save.
        drawing: If it gives a distribution instead of shots: what its outcomes mean.
    """

    circuit: Any
    places: list[tuple[tuple[int, int], int]]
    noise: Mapping[str, Any] = field(default_factory=dict)
    method: str | None = None
    is_light: bool = False
    drawing: Drawing | None = None


class Compiled:
    """A circuit of one backend, read, cut down, and made into Aer's when a form is asked for.

    Angles are left open: they are set when it runs.
    """

    def __init__(
        self, circuit: QuantumCircuit, reading: Reading, noise: Noise | None, basis: Any
    ) -> None:
        self._noise = noise
        self._basis = basis
        self._angle_of: dict[Parameter, int] = {}
        self._is_plain = reading.is_plain
        if reading.is_plain:
            circuit = self._with_open_angles(circuit)
        if not reading.is_plain:
            circuit = aer.without_control_flow(circuit)
        if noise is not None and aer.has_delay(circuit):
            waiting = noise.waiting()
            if waiting:
                circuit = PassManager(list(waiting)).run(circuit)
        self.reduced: Reduced = reduce_circuit(circuit)
        self.uses: tuple[Use, ...] = tuple(
            dict.fromkeys(
                (each.label or each.name, self.reduced.old(each))
                for each in self.reduced.instructions
            )
        )
        self.content: Hashable = None if noise is None else noise.content(self.uses)
        self.weight = 6000 + 3000 * len(self.reduced.instructions)  # bytes, as measured
        self._superoperators: Form | None = None
        self._described: Form | None = None
        self._distribution: Form | None = None
        self.methods = Methods()
        self._described_whole: Hashable = None

    @property
    def qubits(self) -> int:
        """How many qubits are active."""
        return len(self.reduced.active)

    @property
    def is_up_to_date(self) -> bool:
        """Whether the noise it was made with is still the backend's."""
        return self._noise is None or self._noise.content(self.uses) == self.content

    def superoperators(self) -> Form | None:
        """The form in which Aer's density matrix runs fastest: errors and misreadings in it.

        None if not all can be put into it.
        """
        if self._superoperators is None and self._takes_superoperators():
            self._superoperators = self._build()
        return self._superoperators

    def described(self) -> Form:
        """The form that Aer makes: errors in a description beside the circuit."""
        whole = None if self._noise is None else self._noise.whole()
        if self._described is None or whole != self._described_whole:
            self._described_whole = whole
            small = self.reduced.to_circuit()
            noise: dict[str, Any] = {}
            if self._noise is not None:
                small, noise = self._with_locations(small), self._description()
            circuit, positions = aer.assemble(small, self._basis)
            self._described = Form(
                circuit, self._places(positions), noise, is_light=self._is_light()
            )
        return self._described

    def distribution(self) -> Form | None:
        """The form that gives the exact distribution of its shots; None if that is not simple."""
        if self._distribution is None and self._basis is None and self._is_light():
            if self.qubits > MOST_DRAWN_QUBITS:
                return None
            drawing = Drawing.of(self.reduced)
            circuit, positions = aer.assemble(drawing.circuit, None)
            self._distribution = Form(
                circuit,
                self._places(positions[:-1]),
                method="statevector",
                is_light=True,
                drawing=drawing,
            )
        return self._distribution

    def forget_forms(self) -> None:
        """Make the forms anew the next time."""
        self._superoperators = self._described = self._distribution = None

    # --- the form with superoperators -----------------------------------------------------------

    def _takes_superoperators(self) -> bool:
        noise = self._noise
        if noise is None or not self._is_plain or self.qubits > MOST_DENSITY_QUBITS:
            return False
        if not self.reduced.can_sample():
            return False
        has_error = False
        for name, qubits in self.uses:
            error = noise.error_of((name, qubits))
            if error is not None:
                has_error = True
                # One behind a measurement would change how shots are drawn.
                if name == "measure" or error.num_qubits > len(qubits):
                    return False
        kinds = {each.name for each in self.reduced.instructions}
        channels = any(
            aer.channel_of(each.operation) is not None
            for each in self.reduced.instructions
            if each.name == "quantum_channel"
        )
        known = aer.GATES | {"measure", "reset", "unitary", "quantum_channel"}
        if self._basis is not None:
            known &= self._basis | {"measure", "reset", "quantum_channel"}
        return (has_error or channels) and kinds <= known

    def _build(self) -> Form:
        noise = self._noise
        assert noise is not None  # noqa: S101 - for the type checker
        builder = aer.Builder(self.qubits, len(self.reduced.source.clbits))
        places: list[tuple[tuple[int, int], int]] = []
        for instruction in self.reduced.instructions:
            qubits = self.reduced.new(instruction)
            position = builder.size
            self._add(builder, instruction, qubits)
            self._note_places(places, instruction, position)
            name = instruction.label or instruction.name
            error = noise.error_of((name, self.reduced.old(instruction)))
            if error is not None:
                on = qubits[: error.num_qubits]
                builder.superoperator(on, noise.superoperator(error))
            if instruction.name == "measure":
                readout = noise.readout(self.reduced.old(instruction)[0])
                if readout is not None:
                    builder.readout_error(self.reduced.clbits(instruction), readout)
        return Form(
            builder.circuit,
            places,
            method="density_matrix",
            is_light=self.qubits <= _LIGHT_DENSITY_QUBITS,
        )

    def _add(
        self, builder: aer.Builder, instruction: CircuitInstruction, qubits: list[int]
    ) -> None:
        name = instruction.name
        if name == "measure":
            builder.measure(qubits, self.reduced.clbits(instruction))
        elif name == "reset":
            builder.reset(qubits)
        elif name == "quantum_channel":
            error = aer.channel_of(instruction.operation)
            builder.superoperator(qubits, self._noise.superoperator(error))  # type: ignore[union-attr]
        elif name == "unitary":
            builder.unitary(qubits, instruction.operation.params[0], instruction.label)
        else:
            builder.gate(name, qubits, len(instruction.params), instruction.label)

    def _is_light(self) -> bool:
        """Whether one state gives all shots, and a small one."""
        return (
            self._noise is None
            and self._is_plain
            and self.qubits <= _LIGHT_STATE_QUBITS
            and self.reduced.can_sample()
            and all(each.name != "reset" for each in self.reduced.instructions)
        )

    # --- the form with a description ------------------------------------------------------------

    def _with_locations(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """With a mark in place of each error that is an instruction, as Aer does it."""
        errors = [aer.channel_of(each.operation) for each in circuit.data]
        if not any(errors):
            return circuit
        marked = circuit.copy_empty_like()
        for each, error in zip(circuit.data, errors, strict=True):
            if error is None:
                marked.append(each)
            else:
                marked.append(aer.error_location(error), each.qubits)
        return marked

    def _description(self) -> dict[str, Any]:
        noise, numbers = self._noise, {old: new for new, old in enumerate(self.reduced.active)}
        assert noise is not None  # noqa: S101 - for the type checker
        model = NoiseModel()
        for name, qubits in self.uses:
            everywhere, own = noise.error_everywhere(name), noise.error((name, qubits))
            new = [numbers[qubit] for qubit in qubits]
            if everywhere is not None:
                _add_once(model.add_all_qubit_quantum_error, everywhere, name)
            if own is not None:
                model.add_quantum_error(own, name, new, warnings=False)
            if name == "measure" and (readout := noise.readout(qubits[0])) is not None:
                model.add_readout_error(readout, new, warnings=False)
        for each in self.reduced.instructions:
            if (error := aer.channel_of(each.operation)) is not None:
                model.add_all_qubit_quantum_error(error, error.id, warnings=False)
        rest = noise.operations()
        if rest:
            every = QuantumError([(circuit, 1 / len(rest)) for circuit in rest])
            model.add_all_qubit_quantum_error(every, _NOT_IN_USE, warnings=False)
        return model.to_dict(serializable=True)  # type: ignore[no-any-return]  # Aer has no types

    # --- angles ---------------------------------------------------------------------------------

    def _with_open_angles(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """With a parameter of its own in place of each angle of a standard gate."""
        opened = circuit.copy_empty_like()
        opened.global_phase = 0
        for each in circuit.data:
            if each.is_standard_gate() and each.params:
                operation = each.operation.to_mutable()
                own = [
                    Parameter(f"angle{len(self._angle_of) + i}") for i in range(len(each.params))
                ]
                for parameter in own:
                    self._angle_of[parameter] = len(self._angle_of)
                operation.params = own
                opened.append(CircuitInstruction(operation, each.qubits, each.clbits))
            else:
                opened.append(each)
        return opened

    def _places(self, positions: list[int]) -> list[tuple[tuple[int, int], int]]:
        places: list[tuple[tuple[int, int], int]] = []
        # Measurements are last, and have no angles.
        for each, position in zip(self.reduced.instructions, positions, strict=False):
            self._note_places(places, each, position)
        return places

    def _note_places(
        self,
        places: list[tuple[tuple[int, int], int]],
        each: CircuitInstruction,
        position: int,
    ) -> None:
        for number, parameter in enumerate(each.params):
            if isinstance(parameter, Parameter):
                places.append(((position, number), self._angle_of[parameter]))


def _add_once(add: Any, error: QuantumError, name: str) -> None:
    """Aer would compose an error that is added twice."""
    model: NoiseModel = add.__self__
    if name not in aer.errors_of(model).everywhere:
        add(error, name, warnings=False)
