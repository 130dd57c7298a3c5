"""Aer's inside, as far as kept circuits need it: the private names of qiskit-aer.

Those of noise models are in `aer_noise_models.py`.

`require` says whether the installed release has them all; where it has not, work is computed
through Aer's public interface.
"""

# ruff: noqa: SLF001 - this is the place for them

from __future__ import annotations

import copy
import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from qiskit.circuit import Delay
from qiskit.circuit.controlflow import ControlFlowOp
from qiskit_aer import AerSimulator

from qsession.simulator.errors import FastPathError

try:
    from qiskit_aer.backends.aer_compiler import (
        assemble_circuits,
        compile_circuit,
        generate_aer_config,
    )
    from qiskit_aer.backends.backend_utils import LIBRARY_DIR, circuit_optypes
    from qiskit_aer.backends.controller_wrappers import (
        AerCircuit,
        AerConfig,
        aer_controller_execute,
    )
    from qiskit_aer.noise.errors.base_quantum_error import QuantumChannelInstruction
    from qiskit_aer.noise.noise_model import AerJSONEncoder, QuantumErrorLocation
except ImportError:  # pragma: no cover - another release of Aer
    _is_complete = False
else:
    _is_complete = all(
        hasattr(AerCircuit, name)
        for name in ("gate", "measure", "reset", "roerror", "save_state", "superop", "unitary")
    )

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2
    from qiskit_aer.noise import QuantumError

GATES = frozenset(
    {
        *("ccx", "cp", "cu1", "cx", "cy", "cz", "delay", "ecr", "h", "id", "p", "r", "rx", "rxx"),
        *("ry", "ryy", "rz", "rzx", "rzz", "s", "sdg", "swap", "sx", "sxdg", "t", "tdg", "u"),
        *("u1", "u2", "u3", "x", "y", "z"),
    }
)
"""The gates by name that Aer's density matrix knows."""

SEED_STEP = 2113
"""Circuit i of a run gets the run's seed plus i times this."""


_SEEDS = 1 << 63
"""Aer reads a seed as a signed integer of 64 bits."""


def is_seed(number: int) -> bool:
    """Return True if Aer takes a number for a seed."""
    return -_SEEDS <= number < _SEEDS


def require() -> None:
    """Check that the installed release has the names of this file.

    Raises:
        FastPathError: If it has not.
    """
    if not _is_complete:
        raise FastPathError("this release of Aer has another inside")


class Builder:
    """An Aer circuit, built operation by operation."""

    def __init__(self, qubits: int, clbits: int) -> None:
        self.circuit = AerCircuit()
        self.circuit.num_qubits = qubits
        self.circuit.num_memory = clbits
        self.size = 0
        """The number of operations so far: the position of the next one."""

    def gate(
        self,
        name: str,
        qubits: Sequence[int],
        angles: Sequence[float] = (),
        label: str | None = None,
    ) -> None:
        """Add a gate by name, or a delay; other angles may be set when it runs."""
        self.circuit.gate(name, qubits, angles, [], -1, None, label or name)
        self.size += 1

    def unitary(self, qubits: Sequence[int], matrix: Any, label: str | None) -> None:
        """Add a unitary matrix."""
        self.circuit.unitary(qubits, matrix, -1, None, label or "unitary")
        self.size += 1

    def superoperator(self, qubits: Sequence[int], matrix: Any) -> None:
        """Add a channel."""
        self.circuit.superop(qubits, matrix, -1, None)
        self.size += 1

    def reset(self, qubits: Sequence[int]) -> None:
        """Add a reset."""
        self.circuit.reset(qubits, -1)
        self.size += 1

    def measure(self, qubits: Sequence[int], clbits: Sequence[int]) -> None:
        """Add a measurement."""
        self.circuit.measure(qubits, clbits, [])
        self.size += 1

    def save_probabilities(self, qubits: Sequence[int], label: str) -> None:
        """Have the result tell how likely each outcome of these qubits is."""
        self.circuit.save_state(qubits, "save_probabilities", "average", label)
        self.size += 1

    def readout_error(self, clbits: Sequence[int], probabilities: Any) -> None:
        """Add a misreading of measured bits."""
        self.circuit.roerror(clbits, probabilities)
        self.size += 1


def assemble(circuit: QuantumCircuit, basis: frozenset[str] | None) -> tuple[Any, list[int]]:
    """Aer's circuit for a circuit, and the position in it of each instruction.

    Raises:
        AerError: If it has an instruction that Aer does not know.
    """
    circuits, positions = assemble_circuits([circuit], None if basis is None else list(basis))
    return circuits[0], positions[0]


def without_control_flow(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with jumps and marks in place of control flow."""
    return compile_circuit([circuit], optypes=[circuit_optypes(circuit)])[0][0]


def has_delay(circuit: QuantumCircuit) -> bool:
    """Return True if the circuit has delays, to which Aer would add relaxation noise."""
    return Delay in circuit_optypes(circuit)


def has_control_flow(circuit: QuantumCircuit) -> bool:
    """Return True if the circuit has control flow and must be compiled before Aer runs it."""
    return any(issubclass(kind, ControlFlowOp) for kind in circuit_optypes(circuit))


def channel_of(operation: object) -> QuantumError | None:
    """The error that an instruction of a circuit carries."""
    if isinstance(operation, QuantumChannelInstruction):
        return operation._quantum_error
    return None


def error_location(error: QuantumError) -> Any:
    """An instruction where the noise description's error of this id happens."""
    return QuantumErrorLocation(error)


def as_json(value: Mapping[str, Any]) -> dict[str, Any]:
    """Something of a noise model in the form in which Aer reads it."""
    return json.loads(json.dumps(value, cls=AerJSONEncoder))  # type: ignore[no-any-return]


def with_own_options(backend: AerSimulator) -> AerSimulator:
    """A copy of a simulator that no later option of it reaches."""
    copied = copy.copy(backend)
    copied._options = copy.copy(backend._options)
    # An option such as the noise model changes these, too.
    for name in ("_options_configuration", "_options_properties"):
        setattr(copied, name, dict(getattr(backend, name)))
    return copied


def basis_of(backend: BackendV2) -> frozenset[str] | None:
    """The instructions that a simulator of a device accepts; None if it takes what Aer knows."""
    if backend._target is None:
        return None
    return frozenset(backend.configuration().basis_gates)


def gates_of(simulator: AerSimulator) -> Hashable:
    """Return method and basis gates of a plain simulator; None if its target depends on more."""
    try:
        is_of_device = simulator._from_backend or simulator._properties
        if is_of_device or simulator._options_configuration or simulator._options_properties:
            return None
        return simulator._options.method, tuple(simulator._cached_basis_gates)
    except AttributeError:  # pragma: no cover - another release of Aer
        return None


def configuration_of(simulator: AerSimulator) -> dict[str, object]:
    """The attributes that a simulator was made with, options aside."""
    return dict(vars(simulator._configuration))


def setting_of(simulator: AerSimulator, name: str) -> object:
    """One attribute of ``simulator.configuration()``, which copies them all; None if not there."""
    own: Mapping[str, object] = simulator._options_configuration
    return own[name] if name in own else getattr(simulator._configuration, name, None)


def has_option(name: str) -> bool:
    """Return True if Aer knows an option of a run by this name; Aer ignores unknown ones."""
    return hasattr(AerConfig, name)


@cache
def _controller() -> Any:
    return aer_controller_execute()


def configured(options: Any, qubits: int, clbits: int) -> Any:
    """A configuration of Aer from options of a simulator."""
    config = generate_aer_config([_Size(qubits, clbits)], options)
    config.library_dir = LIBRARY_DIR
    return config


@dataclass(frozen=True)
class _Size:
    num_qubits: int
    num_clbits: int


def execute(circuits: Sequence[Any], noise: Mapping[str, Any], config: Any) -> dict[str, Any]:
    """Run Aer's circuits.

    Raises:
        FastPathError: If one of them failed; Qiskit's own computation says how.
    """
    output = _controller().execute(list(circuits), noise, config)
    if not output.get("success"):
        raise FastPathError("the simulation failed")
    return output  # type: ignore[no-any-return]  # Aer has no types


def trial(
    builders: Sequence[Builder], *, shots: int = 1, memory: bool = False, seed: int | None = None
) -> list[dict[str, Any]]:
    """Run circuits of this package's own on a simulator without options.

    A tenth of what an `AerSimulator` takes, which hands each run to a thread of its own.

    Raises:
        FastPathError: If one of them failed.
    """
    options = dict(AerSimulator._default_options().items())
    options |= {"shots": shots, "memory": memory, "seed_simulator": seed}
    options["max_parallel_threads"] = 1  # more take longer to start than to run
    circuits = [builder.circuit for builder in builders]
    config = configured(
        SimpleNamespace(**options),
        max(circuit.num_qubits for circuit in circuits),
        max(circuit.num_memory for circuit in circuits),
    )
    return list(execute(circuits, {}, config)["results"])
