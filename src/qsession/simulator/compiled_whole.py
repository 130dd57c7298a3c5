"""Circuits that are run as Aer itself takes them: `WholeCompiled`."""

# ruff: noqa: D102 - the base class says what its methods give

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qsession.simulator import aer_private as aer
from qsession.simulator.aer_sampling import Methods
from qsession.simulator.branch_program import program_of
from qsession.simulator.compiled import Compiled, Form, channels_in, with_locations
from qsession.simulator.errors import FastPathError
from qsession.simulator.instructions import noise_name, require_known_noise
from qsession.simulator.noise_description import describe

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from qsession.simulator.branch_program import Program
    from qsession.simulator.noise import Noise


class WholeCompiled(Compiled):
    """A circuit as Aer itself takes it: nothing is left out, nothing is moved.

    That is how control flow, stores into classical bits and variables, and what else depends on
    more than qubits are run. Aer cuts its own circuits down while it runs them, so each run gets a
    new one.
    """

    def __init__(self, circuit: QuantumCircuit, noise: Noise | None, basis: Any) -> None:
        super().__init__(noise, basis)
        circuit = aer.without_control_flow(circuit)
        if noise is not None:
            require_known_noise(circuit, noise)
        circuit = self._with_waiting(circuit)
        places = {qubit: number for number, qubit in enumerate(circuit.qubits)}
        on = [tuple([places[qubit] for qubit in each.qubits]) for each in circuit.data]
        uses = [(noise_name(each), qubits) for each, qubits in zip(circuit.data, on, strict=True)]
        measured = [
            qubit
            for each, qubits in zip(circuit.data, on, strict=True)
            if each.name == "measure"
            for qubit in qubits
        ]
        channels = channels_in(circuit.data)
        self.uses = tuple(dict.fromkeys(uses))
        self._is_ideal = noise is None and basis is None and not channels
        self._description = describe(noise, self.uses, measured, channels)
        self._circuit = with_locations(circuit) if channels else circuit
        self.weight = 6000 + 3000 * len(circuit.data)

    @property
    def qubits(self) -> int:
        return self._circuit.num_qubits  # type: ignore[no-any-return]  # Qiskit has no types

    def global_phase(self, circuit: QuantumCircuit) -> float:  # noqa: ARG002 - one is compiled
        # That of the circuit, and of what Aer took apart in it: gates with its labels of jumps.
        return float(self._circuit.global_phase)

    def program(self, angles: Sequence[float]) -> Program | None:  # noqa: ARG002 - they are set
        return self._program

    @cached_property
    def _program(self) -> Program | None:
        if not self._is_ideal:
            return None
        try:
            program = program_of(self._circuit)
        except FastPathError:
            return None
        self.methods = Methods(program.gates)
        return program

    def described(self) -> Form:
        circuit, _ = aer.assemble(self._circuit, self._basis)
        return Form(circuit, [], self._description)
