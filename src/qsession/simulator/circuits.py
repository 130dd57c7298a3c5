"""Circuits for ``backend.run``, with its `qiskit.result.Result`."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from qiskit.result import Result
from qiskit_aer import AerSimulator

from qsession.simulator import aer_private as aer
from qsession.simulator.binding import single_run
from qsession.simulator.errors import FastPathError
from qsession.simulator.runs import Run, Settings
from qsession.simulator.sampler import require_measurable
from qsession.simulator.simulator import simulator_of, simulator_options

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2

    from qsession.simulator.drawing import Distribution

_OF_SAVES = ("result_types", "result_subtypes")
"""The words of Aer about a saved distribution."""


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
    results = [
        {**_with_shots(result, settings), "header": _header(run, circuit)}
        for result, run, circuit in zip(output.results, runs, circuits, strict=True)
    ]
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
            "results": results,
            "metadata": output.metadata,
            "time_taken": sum(result["time_taken"] for result in results),
        }
    )


def _with_shots(result: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Complete the words of Aer about a circuit, as if it had drawn all shots itself."""
    said = {name: value for name, value in result.items() if name != "circ_id"}
    drawn: Distribution | None = said.pop("distribution", None)
    if drawn is None:
        return said
    began = time.perf_counter()
    if settings.memory:
        memory = drawn.words(settings.shots)
        data: dict[str, Any] = {"counts": dict(Counter(memory)), "memory": memory}
    else:
        data = {"counts": drawn.counts(settings.shots)}
    took_s = time.perf_counter() - began
    metadata = {name: value for name, value in said["metadata"].items() if name not in _OF_SAVES}
    time_taken = said["time_taken"] + took_s
    metadata |= {"sample_measure_time": took_s, "time_taken": time_taken}
    changed = {"data": data, "metadata": metadata, "shots": settings.shots}
    return said | changed | {"time_taken": time_taken}


def _named(backend: BackendV2) -> tuple[str, str]:
    """A fake backend's results carry the name of its simulator."""
    if not isinstance(backend, AerSimulator):
        return _named_by_aer()
    return backend.name, str(aer.setting_of(backend, "backend_version"))


@cache
def _named_by_aer() -> tuple[str, str]:
    return _named(AerSimulator())


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
