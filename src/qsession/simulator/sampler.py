"""Sampler PUBs, with the results of Qiskit's `BackendSamplerV2`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, SamplerPubResult

from qsession.simulator.binding import bound_runs
from qsession.simulator.errors import FastPathError
from qsession.simulator.runs import Run, Settings
from qsession.simulator.simulator import simulator_of, simulator_options

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives.containers.sampler_pub import SamplerPub
    from qiskit.providers import BackendV2

_CLASSIFIED = 2


def sample(
    backend: BackendV2, pubs: Sequence[SamplerPub], options: Mapping[str, Any], default_shots: int
) -> PrimitiveResult[SamplerPubResult]:
    """Sample PUBs.

    Args:
        backend: Where they run.
        pubs: What to run.
        options: Those of `BackendSamplerV2`.
        default_shots: Shots of PUBs that name none, if the options name none either.

    Raises:
        FastPathError: If Qiskit's sampler has to do it.
    """
    run_options = dict(options.get("run_options") or {})
    if run_options.pop("meas_level", None) not in (None, _CLASSIFIED):
        raise FastPathError("measurements are not classified")
    run_options.pop("meas_return", None)
    simulator = simulator_of(backend)
    sampling = simulator_options(simulator, backend, run_options)
    default = options.get("default_shots", default_shots)
    by_shots: dict[int, list[int]] = {}
    for number, pub in enumerate(pubs):
        by_shots.setdefault(pub.shots or default, []).append(number)
    results: list[Any] = [None] * len(pubs)
    for shots, numbers in by_shots.items():
        runs: list[Run] = []
        for number in numbers:
            require_measurable(pubs[number].circuit)
            runs.extend(
                bound_runs(
                    simulator,
                    pubs[number].circuit,
                    pubs[number].parameter_values,
                    sampling.noise,
                    sampling.basis,
                )
            )
        settings = Settings(
            sampling.options,
            shots,
            max(pubs[number].circuit.num_clbits for number in numbers),
            memory=True,
            seed=options.get("seed_simulator"),
            shots_alone=True,
        )
        outputs = iter(simulator.runner.run(runs, settings).results)
        for number in numbers:
            results[number] = _result(pubs[number], shots, outputs)
    return PrimitiveResult(results, metadata={"version": 2})


def require_measurable(circuit: QuantumCircuit) -> None:
    """Leave to Qiskit what has no result in the usual form.

    Raises:
        FastPathError: If it is such a circuit.
    """
    if not circuit.cregs:
        raise FastPathError("a circuit has no classical register")
    if any(register.size == 0 for register in circuit.cregs):
        raise FastPathError("a classical register is empty")


def _result(pub: SamplerPub, shots: int, outputs: Any) -> SamplerPubResult:
    shape = pub.parameter_values.shape
    measured = bits(pub.circuit, shape, shots, outputs)
    return SamplerPubResult(
        DataBin(**measured, shape=shape),
        metadata={"shots": shots, "circuit_metadata": pub.circuit.metadata},
    )


def bits(
    circuit: QuantumCircuit, shape: tuple[int, ...], shots: int, outputs: Any
) -> dict[str, BitArray]:
    """The shots by register, from what Aer says of each circuit of a sweep.

    Raises:
        FastPathError: If there are none.
    """
    registers = [
        (register.name, register.size, circuit.find_bit(register[0]).index)
        for register in circuit.cregs
    ]
    arrays = {
        name: np.zeros((*shape, shots, -(-size // 8)), dtype=np.uint8)
        for name, size, _ in registers
    }
    for index in np.ndindex(*shape):
        output = next(outputs)
        if "distribution" in output:
            for name, rows in output["distribution"].shots(shots, registers).items():
                arrays[name][index] = rows
            continue
        data = output["data"]
        memory = data.get("memory")
        if not memory:
            raise FastPathError("nothing is measured")
        # Shots repeat: each outcome is taken apart once.
        places = {outcome: place for place, outcome in enumerate(data["counts"])}
        order = np.fromiter(map(places.__getitem__, memory), np.intp, len(memory))
        outcomes = [int(outcome, 16) for outcome in places]
        for name, size, start in registers:
            count, mask = -(-size // 8), (1 << size) - 1
            packed = b"".join(
                [(outcome >> start & mask).to_bytes(count, "big") for outcome in outcomes]
            )
            rows = np.frombuffer(packed, dtype=np.uint8).reshape(-1, count)
            arrays[name][index] = rows[order]
    return {name: BitArray(arrays[name], size) for name, size, _ in registers}
