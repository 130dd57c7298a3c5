"""Estimator PUBs, with the results of Qiskit's `BackendEstimatorV2`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit.primitives import DataBin, PrimitiveResult, PubResult

from qsession.simulator.binding import angle_rows
from qsession.simulator.errors import FastPathError
from qsession.simulator.fingerprint import read
from qsession.simulator.options import Setting
from qsession.simulator.pauli_measurements import Measured, gates_before, measure_paulis
from qsession.simulator.runs import Run, Settings
from qsession.simulator.simulator import Simulator, simulator_of, simulator_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiskit.primitives.containers.estimator_pub import EstimatorPub
    from qiskit.providers import BackendV2

    from qsession.simulator.compiled import Compiled

_OPTIONS = {"default_precision", "abelian_grouping", "seed_simulator"}


def estimate(
    backend: BackendV2,
    pubs: Sequence[EstimatorPub],
    options: Mapping[str, Any],
    precision: float | None,
    default_precision: float,
) -> PrimitiveResult[PubResult]:
    """Estimate the observables of PUBs.

    Args:
        backend: Where they run.
        pubs: What to estimate.
        options: Those of `BackendEstimatorV2`.
        precision: That of the run, for PUBs that name none.
        default_precision: If the options name none either.

    Raises:
        FastPathError: If Qiskit's estimator has to do it.
    """
    if not _OPTIONS.issuperset(options):
        raise FastPathError("an option is not one of the estimator's")
    simulator = simulator_of(backend)
    setting = simulator_options(simulator, backend, {})
    default = (
        options.get("default_precision", default_precision) if precision is None else precision
    )
    by_shots: dict[int, list[int]] = {}
    precisions = [pub.precision or default for pub in pubs]
    for number, each in enumerate(precisions):
        by_shots.setdefault(math.ceil(1.0 / each**2), []).append(number)
    results: list[Any] = [None] * len(pubs)
    for shots, numbers in by_shots.items():
        plans = [
            _Plan(simulator, backend, pubs[number], setting, options.get("abelian_grouping", True))
            for number in numbers
        ]
        runs = [run for plan in plans for run in plan.runs]
        settings = Settings(
            setting.options,
            shots,
            max(plan.clbits for plan in plans),
            memory=False,
            seed=options.get("seed_simulator"),
            shots_alone=True,
        )
        outputs = iter(simulator.runner.run(runs, settings).results)
        for number, plan in zip(numbers, plans, strict=True):
            results[number] = plan.result(outputs, shots, precisions[number])
    return PrimitiveResult(results, metadata={"version": 2})


class _Plan:
    """The runs of one PUB, and how its result is made from them."""

    def __init__(
        self,
        simulator: Simulator,
        backend: BackendV2,
        pub: EstimatorPub,
        setting: Setting,
        abelian_grouping: bool,
    ) -> None:
        self._pub = pub
        self._grouping = abelian_grouping
        self._setting = setting
        self._simulator = simulator
        self._backend = backend
        shape = pub.parameter_values.shape
        indices = np.fromiter(np.ndindex(shape), dtype=object).reshape(shape)
        # Arrays of index tuples, and of observables as dicts.
        broadcast: Any = np.broadcast_arrays(indices, pub.observables)
        self._indices, self._observables = broadcast
        wanted: dict[tuple[int, ...], set[str]] = {}
        for place in np.ndindex(*self._indices.shape):
            wanted.setdefault(self._indices[place], set()).update(self._observables[place])
        self._reading = read(pub.circuit)
        rows = angle_rows(pub.circuit, self._reading, pub.parameter_values)
        self._steps: list[tuple[tuple[int, ...], Measured]] = []
        self.runs: list[Run] = []
        self.clbits = 0
        for index, paulis in wanted.items():
            row = rows[int(np.ravel_multi_index(index, shape)) if shape else 0]
            for measured, compiled, angles in self._measured(tuple(sorted(paulis))):
                self._steps.append((index, measured))
                self.runs.append(Run(compiled, [*row, *angles]))
                self.clbits = max(self.clbits, measured.circuit.num_clbits)

    def result(self, outputs: Iterator[dict[str, Any]], shots: int, precision: float) -> PubResult:
        """The result from what Aer says of each run, in their order."""
        values: dict[tuple[tuple[int, ...], str], tuple[float, float]] = {}
        for index, measured in self._steps:
            masks = [mask << measured.shift for mask in measured.masks]
            expected = map(_expected, *_parities(next(outputs), shots, masks))
            for pauli, both in zip(measured.paulis, expected, strict=True):
                values[index, pauli] = both
        evs = np.zeros_like(self._indices, dtype=float)
        stds = np.zeros_like(self._indices, dtype=float)
        for place in np.ndindex(*self._indices.shape):
            index = self._indices[place]
            for pauli, weight in self._observables[place].items():
                value, variance = values[index, pauli]
                evs[place] += value * weight
                stds[place] += np.abs(weight) * variance**0.5
        stds = stds / np.sqrt(shots)
        return PubResult(
            DataBin(evs=evs, stds=stds, shape=evs.shape),
            metadata={
                "target_precision": precision,
                "shots": shots,
                "circuit_metadata": self._pub.circuit.metadata,
            },
        )

    def _measured(
        self, paulis: tuple[str, ...]
    ) -> Iterator[tuple[Measured, Compiled, Sequence[float]]]:
        kept = self._simulator.kept
        key = (self._reading.key, paulis, self._grouping, gates_before(self._backend, paulis))
        found = kept.get(key)
        if found is None:
            circuits = measure_paulis(self._pub.circuit, paulis, self._backend, self._grouping)
            found = [(each, read(each.circuit)) for each in circuits]
            weight = sum(5000 + 1000 * len(each.circuit.data) for each, _ in found)
            kept.put(key, found, weight)
        own = len(self._reading.angles)
        for each, reading in found:
            compiled = self._simulator.compiled(
                each.circuit, reading, self._setting.noise, self._setting.basis
            )
            yield each, compiled, reading.angles[own:]


def _parities(
    output: dict[str, Any], shots: int, masks: Sequence[int]
) -> tuple[list[int], list[int]]:
    """For each mask, in how many of the shots its bits have an odd sum; and how many there are.

    Raises:
        FastPathError: If there are none.
    """
    drawn = output.get("distribution")
    if drawn:
        return drawn.odd(shots, masks), [shots] * len(masks)
    counts = output["data"].get("counts")
    if not counts:
        raise FastPathError("nothing is measured")
    outcomes = [(int(outcome, 16), count) for outcome, count in counts.items()]
    odd = [
        sum([count for outcome, count in outcomes if (outcome & mask).bit_count() & 1])
        for mask in masks
    ]
    return odd, [sum(counts.values())] * len(masks)


def _expected(odd: int, total: int) -> tuple[Any, Any]:
    """The mean of a Pauli and its variance."""
    mean = np.float64(total - 2 * odd) / total
    return mean, 1 - mean**2
