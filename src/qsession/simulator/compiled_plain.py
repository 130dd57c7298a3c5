"""Circuits of gates and measurements, cut down and kept with open angles: `PlainCompiled`."""

# ruff: noqa: D102 - the base class says what its methods give

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from qiskit.circuit import CircuitInstruction, Parameter

from qsession.simulator import aer_private as aer
from qsession.simulator.aer_sampling import Methods
from qsession.simulator.compiled import Compiled, Form, channels_in, with_locations
from qsession.simulator.compiled_ideal import MOST_KNOWN, IdealCircuit
from qsession.simulator.errors import FastPathError
from qsession.simulator.instructions import noise_name
from qsession.simulator.noise_description import describe
from qsession.simulator.reduction import Reduced, reduce_circuit

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from qsession.simulator.branch_program import Program
    from qsession.simulator.fingerprint import Reading
    from qsession.simulator.noise import Noise, Use

MOST_DENSITY_QUBITS = 12
"""More would need more memory than Aer may have, which decides by that too."""

_LIGHT_DENSITY_QUBITS = 6
_LIGHT_STATE_QUBITS = 12
"""Up to here Aer updates a state in one thread; starting more takes longer."""


@cache
def _angle(number: int) -> Parameter:
    """An open angle; circuits share them, since to make one takes as long as to add a gate."""
    return Parameter(f"angle{number}")


class PlainCompiled(Compiled):
    """A circuit of gates and measurements, cut down, with its angles left open.

    They are set when it runs.
    """

    def __init__(
        self, circuit: QuantumCircuit, reading: Reading, noise: Noise | None, basis: Any
    ) -> None:
        super().__init__(noise, basis)
        self._circuit = circuit.copy()  # whoever made it may change it
        self._reading = reading
        self._ideal = None if noise is not None or basis is not None else IdealCircuit(reading)
        self._angle_of: dict[Parameter, int] = {}
        self.uses = () if noise is None else self._uses()
        self.methods = Methods(None if self._ideal is None else self._ideal.gates)
        self.weight = 6000 + 3000 * len(reading.steps or ())
        if self.has_distribution:
            self.weight += 8 * MOST_KNOWN
        self._superoperators: Form | None = None
        self._described: Form | None = None
        self._program: tuple[tuple[float, ...], Program] | None = None

    @cached_property
    def _reduced(self) -> Reduced:
        """Made when it is asked for: what has no noise needs none."""
        circuit = self._with_waiting(self._with_open_angles(self._circuit))
        return reduce_circuit(circuit)

    def _uses(self) -> tuple[Use, ...]:
        reduced = self._reduced
        every = ((noise_name(each), reduced.old(each)) for each in reduced.instructions)
        return tuple(dict.fromkeys(every))

    @property
    def qubits(self) -> int:
        return len(self._reduced.active) if self._ideal is None else self._ideal.qubits

    def superoperators(self) -> Form | None:
        if self._superoperators is None and self._takes_superoperators():
            self._superoperators = self._build()
        return self._superoperators

    def described(self) -> Form:
        if self._ideal is not None:
            return self._ideal.measured
        if self._described is None:
            small = self._reduced.to_circuit()
            noise: dict[str, Any] = {}
            channels = channels_in(self._reduced.instructions)
            if self._noise is not None:
                noise = describe(
                    self._noise,
                    self.uses,
                    self._measured(),
                    channels,
                    {old: new for new, old in enumerate(self._reduced.active)},
                )
            if channels:
                small = with_locations(small)
            circuit, positions = aer.assemble(small, self._basis)
            self._described = Form(
                circuit, self._places(positions), noise, is_light=self._is_light()
            )
        return self._described

    @property
    def has_distribution(self) -> bool:
        return self._ideal is not None and self._ideal.is_drawn

    def distribution(self) -> Form | None:
        return None if self._ideal is None else self._ideal.distribution

    def told(self) -> Form | None:
        return None if self._ideal is None else self._ideal.told

    def program(self, angles: Sequence[float]) -> Program | None:
        if self._ideal is None or not self._ideal.may_branch:
            return None
        key = tuple(angles)
        if self._program is None or self._program[0] != key:
            try:
                program = self._ideal.program(self._circuit, key)
            except FastPathError:
                return None
            self._program = key, program
        return self._program[1]

    def forget_forms(self) -> None:
        self._superoperators = self._described = None
        if self._ideal is not None:
            self._ideal.forget_forms()

    def _measured(self) -> list[int]:
        return [
            self._reduced.old(each)[0]
            for each in self._reduced.instructions
            if each.name == "measure"
        ]

    # --- the form with superoperators -----------------------------------------------------------

    def _takes_superoperators(self) -> bool:
        noise = self._noise
        if noise is None or self.qubits > MOST_DENSITY_QUBITS or not self._reduced.can_sample:
            return False
        has_error = False
        for name, qubits in self.uses:
            error = noise.error_of((name, qubits))
            if error is not None:
                has_error = True
                # One behind a measurement would change how shots are drawn.
                if name == "measure" or error.num_qubits > len(qubits):
                    return False
        if not has_error:
            channels = channels_in(self._reduced.instructions)
            # Without errors, Aer takes no density matrix; those that do nothing are none.
            has_error = bool(channels) and (
                noise.has_errors or not all(channel.ideal() for channel in channels)
            )
        kinds = {each.name for each in self._reduced.instructions}
        known = aer.GATES | {"measure", "reset", "unitary", "quantum_channel"}
        if self._basis is not None:
            known &= self._basis | {"measure", "reset", "quantum_channel"}
        return has_error and kinds <= known and noise.fits_density_matrix

    def _build(self) -> Form:
        noise = self._noise
        assert noise is not None  # noqa: S101 - for the type checker
        reduced = self._reduced
        builder = aer.Builder(self.qubits, len(reduced.source.clbits))
        places: list[tuple[tuple[int, int], int]] = []
        for instruction in reduced.instructions:
            qubits = reduced.new(instruction)
            position = builder.size
            self._add(builder, instruction, qubits)
            self._note_places(places, instruction, position)
            error = noise.error_of((noise_name(instruction), reduced.old(instruction)))
            if error is not None:
                on = qubits[: error.num_qubits]
                builder.superoperator(on, noise.superoperator(error))
            if instruction.name == "measure":
                readout = noise.readout(reduced.old(instruction)[0])
                if readout is not None:
                    builder.readout_error(reduced.clbits(instruction), readout)
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
            builder.measure(qubits, self._reduced.clbits(instruction))
        elif name == "reset":
            builder.reset(qubits)
        elif name == "quantum_channel":
            error = aer.channel_of(instruction.operation)
            builder.superoperator(qubits, self._noise.superoperator(error))  # type: ignore[union-attr]
        elif name == "unitary":
            builder.unitary(qubits, instruction.operation.params[0], instruction.label)
        else:
            builder.gate(name, qubits, [0.0] * len(instruction.params), instruction.label)

    def _is_light(self) -> bool:
        """True if one small state gives all shots."""
        return (
            self._noise is None
            and self.qubits <= _LIGHT_STATE_QUBITS
            and self._reduced.can_sample
            and all(each.name != "reset" for each in self._reduced.instructions)
        )

    # --- angles ---------------------------------------------------------------------------------

    def _with_open_angles(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """With a parameter of its own in place of each angle of a standard gate."""
        opened = circuit.copy_empty_like()
        opened.global_phase = 0
        for each in circuit.data:
            if each.is_standard_gate() and each.params:
                first = len(self._angle_of)
                own = [_angle(number) for number in range(first, first + len(each.params))]
                self._angle_of.update(zip(own, range(first, first + len(own)), strict=True))
                # A copy of the gate itself, with other parameters, would take ten times as long.
                gate = each.operation._standard_gate  # noqa: SLF001 - named nowhere else
                each = CircuitInstruction.from_standard(gate, each.qubits, own, each.label)  # noqa: PLW2901
            opened._append(each)  # noqa: SLF001 - without its checks
        return opened

    def _places(self, positions: list[int]) -> list[tuple[tuple[int, int], int]]:
        places: list[tuple[tuple[int, int], int]] = []
        # Measurements are last, and have no angles.
        for each, position in zip(self._reduced.instructions, positions, strict=False):
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
