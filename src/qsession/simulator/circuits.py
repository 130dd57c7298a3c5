"""Circuits for ``backend.run``, with its `qiskit.result.Result`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qiskit.result import Result
from qiskit_aer import AerSimulator

from qsession.simulator.binding import single_run
from qsession.simulator.errors import FastPathError
from qsession.simulator.runs import Run, Settings
from qsession.simulator.sampler import require_measurable
from qsession.simulator.simulator import simulator_of, simulator_options

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2


def run_circuits(
    backend: BackendV2, circuits: Sequence[QuantumCircuit], run_options: Mapping[str, Any]
) -> Result:
    """Run circuits.

    Raises:
        FastPathError: If the backend has to do it.
    """
    if not circuits or any(circuit.num_parameters for circuit in circuits):
        raise FastPathError("a circuit has parameters without values")
    simulator = simulator_of(backend)
    setting = simulator_options(simulator, backend, run_options)
    runs = []
    for circuit in circuits:
        require_measurable(circuit)
        runs.append(single_run(simulator, circuit, setting.noise, setting.basis))
    settings = Settings(
        setting.options,
        int(setting.options["shots"]),
        max(circuit.num_clbits for circuit in circuits),
        memory=bool(setting.options.get("memory")),
        seed=run_options.get("seed_simulator"),
    )
    output = simulator.runner.run(runs, settings)
    name, version = _named(backend)
    return Result.from_dict(
        {
            "backend_name": name,
            "backend_version": version,
            "job_id": str(uuid.uuid4()),
            "qobj_id": "",
            "success": True,
            "status": "COMPLETED",
            "date": datetime.now().isoformat(),  # noqa: DTZ005 - as Aer says it
            "results": [
                {**result, "header": _header(run, circuit)}
                for result, run, circuit in zip(output.results, runs, circuits, strict=True)
            ],
            "metadata": output.metadata,
            "time_taken": sum(result["time_taken"] for result in output.results),
        }
    )


def _named(backend: BackendV2) -> tuple[str, str]:
    """A fake backend's results carry the name of its simulator."""
    simulator = backend if isinstance(backend, AerSimulator) else AerSimulator()
    return simulator.name, simulator.configuration().backend_version


def _header(run: Run, circuit: QuantumCircuit) -> dict[str, Any]:
    return {
        "name": circuit.name,
        "n_qubits": circuit.num_qubits,
        "memory_slots": circuit.num_clbits,
        "qreg_sizes": [[register.name, register.size] for register in circuit.qregs],
        "creg_sizes": [[register.name, register.size] for register in circuit.cregs],
        "global_phase": run.compiled.global_phase(circuit),
        "metadata": circuit.metadata,
    }
