"""Quantum programs of IBM's executor, with the results of its local mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.primitives.containers.bindings_array import BindingsArray
from qiskit_aer import AerSimulator

from qsession.compat.ibm_simulation import broadcast_sample, item_result, quantum_program_result
from qsession.simulator import aer_private as aer
from qsession.simulator.binding import angle_rows, bound_runs
from qsession.simulator.errors import FastPathError
from qsession.simulator.fingerprint import UnboundError, read
from qsession.simulator.options import Setting, known_options
from qsession.simulator.random import derived_seed, first_seed
from qsession.simulator.reduction import reduce_circuit
from qsession.simulator.runs import Run, Settings
from qsession.simulator.sampler import bits, require_measurable
from qsession.simulator.simulator import Simulator, simulator_of
from qsession.simulator.splitting import MOST_TOGETHER, Part, split

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives import BitArray
    from qiskit.providers import BackendV2
    from qiskit_ibm_runtime.results import QuantumProgramItemResult

    from qsession.simulator.noise import Noise

_QUARTER = np.pi / 2


def run_program(backend: BackendV2, program: Any, options: Any) -> Any:
    """Run a program.

    Args:
        backend: Where it runs.
        program: A ``QuantumProgram``.
        options: Its ``SimulatorOptions``.

    Raises:
        FastPathError: If IBM's executor has to do it.
    """
    if options.layer_noise_model:
        raise FastPathError("layers have noise of their own")
    run = _Program(backend, int(program.shots), options)
    return quantum_program_result(program, [run.item(item) for item in program.items])


def _setting(simulator: Simulator, backend: BackendV2) -> Setting:
    if isinstance(backend, AerSimulator):
        # The seed of the program takes the place of the simulator's own, even if there is none.
        options = known_options({**backend.options, "seed_simulator": None})
        noise = simulator.noise_of_programs(backend, options)
        return Setting(options, noise, aer.basis_of(backend))
    noise = simulator.noise_of_programs(backend, {})
    return Setting({}, noise, frozenset(backend.operation_names) | {"delay"})


class _Program:
    """A program that runs: its items, one by one."""

    def __init__(self, backend: BackendV2, shots: int, options: Any) -> None:
        self._simulator = simulator_of(backend)
        self._setting = _setting(self._simulator, backend)
        self._shots = shots
        self._seed = options.seed_simulator
        self._decimals = options.angle_decimals
        # One generator draws for all items, in their order.
        self._rng = np.random.default_rng(self._seed)

    def item(self, item: Any) -> QuantumProgramItemResult:
        """Run an item."""
        circuit: QuantumCircuit = item.circuit
        drawn: dict[str, Any] = {}
        if hasattr(item, "samplex"):
            drawn = broadcast_sample(item, self._rng)
            values = drawn.pop("parameter_values")
        elif hasattr(item, "circuit_arguments"):
            values = item.circuit_arguments
        else:
            raise FastPathError("a program has an item of another kind")
        require_measurable(circuit)
        measured, metadata = self._measure(circuit, _bindings(circuit, values, self._decimals))
        arrays = {name: each.to_bool_array(order="little") for name, each in measured.items()}
        return item_result(
            result={**drawn, **arrays},
            metadata={
                "shots": self._shots,
                "circuit_metadata": circuit.metadata,
                "simulator_metadata": metadata,
            },
        )

    def _measure(
        self, circuit: QuantumCircuit, bindings: BindingsArray
    ) -> tuple[dict[str, BitArray], dict[str, Any]]:
        """The shots by register, and what Aer says of the run."""
        simulator, noise, basis = self._simulator, self._setting.noise, self._setting.basis
        parts = _parts(simulator, self._setting, circuit)
        if parts is None:
            whole = bound_runs(simulator, circuit, bindings, noise, basis)
            return self._run(circuit, bindings, whole, self._seed)
        first = first_seed(self._seed)
        rows = np.array(angle_rows(circuit, read(circuit), bindings), ndmin=2)
        together: dict[str, BitArray] = {}
        metadata: dict[str, Any] = {}
        for number, part in enumerate(parts):
            compiled = simulator.compiled(part.circuit, part.reading, noise, basis)
            if not compiled.qubits:
                continue
            runs = [Run(compiled, row) for row in rows[:, list(part.columns)].tolist()]
            # There are no bits of upstream's to be equal to: what counts is that the parts differ.
            own, metadata = self._run(circuit, bindings, runs, derived_seed(first, number))
            together = {
                name: together[name] | each if together else each for name, each in own.items()
            }
        return together, metadata

    def _run(
        self, circuit: QuantumCircuit, bindings: BindingsArray, runs: list[Run], seed: int | None
    ) -> tuple[dict[str, BitArray], dict[str, Any]]:
        settings = Settings(
            self._setting.options, self._shots, circuit.num_clbits, memory=True, seed=seed
        )
        output = self._simulator.runner.run(runs, settings)
        outputs = iter(output.results)
        return bits(circuit, bindings.shape, self._shots, outputs), output.metadata


def _bindings(circuit: QuantumCircuit, values: Any, decimals: int) -> BindingsArray:
    """Values for the parameters, rounded as IBM's executor does it.

    Angles that are nearly multiples of a quarter turn become such, so that the fast simulation of
    Clifford circuits is not lost.
    """
    if values is None:
        return BindingsArray.coerce(None)
    given = BindingsArray({tuple(circuit.parameters): values})
    return BindingsArray(
        {
            names: np.round(each / _QUARTER, decimals=decimals) * _QUARTER
            for names, each in given.data.items()
        },
        shape=given.shape,
    )


def _parts(simulator: Simulator, setting: Setting, circuit: QuantumCircuit) -> list[Part] | None:
    """The circuit in parts if Aer could not simulate it as one, else None."""
    if setting.noise is None or circuit.num_qubits <= MOST_TOGETHER:
        return None
    try:
        reading = read(circuit)
    except UnboundError:
        return None
    if not reading.is_plain or setting.options.get("method") not in (None, "automatic"):
        return None
    key = ("parts", reading.key)
    parts: list[Part] | None = simulator.kept.get(key)
    if parts is None:
        is_too_much = len(reduce_circuit(circuit).active) > MOST_TOGETHER
        parts = split(circuit) if is_too_much else []
        simulator.kept.put(key, parts, 5000 + 1000 * len(circuit.data))
    # Without such errors Aer simulates Clifford circuits of any size.
    return parts if parts and _has_kraus(setting.noise) else None


def _has_kraus(noise: Noise | None) -> bool:
    return noise is not None and "kraus" in noise.operations
