"""Which programs of libraries are measured, where the libraries are installed."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.local.cases import differ_by_chance
from benchmarks.programs.catalogue import (
    AER,
    BACKEND,
    BATCH,
    MANILA,
    SESSION,
    Client,
    ProgramCase,
    case_name,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ALGORITHMS = "qiskit_algorithms", "algorithms"
_MACHINE_LEARNING = "qiskit_machine_learning", "machine_learning"
_EXPERIMENTS = "qiskit_experiments", "experiments"
_OBP = "qiskit_addon_obp", "backpropagation"
_CUTTING = "qiskit_addon_cutting", "cutting"
_SQD = "qiskit_addon_sqd", "sampled_diagonalization"
_MITIQ = "mitiq", "error_mitigation"
_LIBRARIES: tuple[tuple[tuple[str, str], str, str, Client], ...] = (
    (_ALGORITHMS, "vqe", "VQE", SESSION),
    (_ALGORITHMS, "qaoa", "QAOA", SESSION),
    (_ALGORITHMS, "adaptive_vqe", "AdaptVQE", SESSION),
    (_ALGORITHMS, "deflation", "VQD", SESSION),
    (_ALGORITHMS, "gradients", "gradients", SESSION),
    (_ALGORITHMS, "grover", "Grover", SESSION),
    (_MACHINE_LEARNING, "estimator_network", "EstimatorQNN", SESSION),
    (_MACHINE_LEARNING, "sampler_network", "SamplerQNN", SESSION),
    (_MACHINE_LEARNING, "classifier", "VQC", SESSION),
    (_MACHINE_LEARNING, "fidelity_kernel", "kernel", SESSION),
    (_EXPERIMENTS, "relaxation", "T1", SESSION),
    (_EXPERIMENTS, "dephasing", "T2Ramsey", SESSION),
    (_EXPERIMENTS, "randomized_benchmarking", "StandardRB", SESSION),
    (_EXPERIMENTS, "interleaved_benchmarking", "InterleavedRB", SESSION),
    (_EXPERIMENTS, "tomography", "StateTomography", SESSION),
    (_EXPERIMENTS, "readout", "LocalReadoutError", SESSION),
    (_EXPERIMENTS, "relaxation_by_default", "T1, default run", BACKEND),
    (_EXPERIMENTS, "relaxation_by_backend_run", "T1, backend_run", BACKEND),
    (_EXPERIMENTS, "tomography_by_backend_run", "StateTomography, backend_run", BACKEND),
    (_OBP, "backpropagated", "OBP", SESSION),
    (_OBP, "truncated", "OBP, truncated", SESSION),
    (_CUTTING, "two_halves", "cutting, Batch", BATCH),
    (_CUTTING, "found_cuts", "cuts that are found, Batch", BATCH),
    (_SQD, "spin_chain", "SQD", SESSION),
    (_SQD, "hubbard", "SQD, configuration recovery", SESSION),
    (_MITIQ, "extrapolated", "ZNE", SESSION),
    (_MITIQ, "cancelled_errors", "PEC", SESSION),
    (_MITIQ, "mitigated_readout", "REM", SESSION),
)
"""What is imported with our module, its program, what the table says, and what it takes."""

_UNSEEDED = {"relaxation_by_default"}
"""Those that give counts without a seed."""


def cases() -> tuple[list[ProgramCase], list[str]]:
    """The programs of the libraries that are here, and the names of those that are not."""
    found, missing = [], []
    for (library, module), program, title, client in _LIBRARIES:
        name = f"{library.replace('_', '-')}: {title}"
        if find_spec(library) is None:
            missing.append(name)
            continue
        programs = import_module(f"benchmarks.programs.of_libraries.{module}")
        for make in (AER, MANILA):
            function = getattr(programs, program)
            is_same = _are_of_one_distribution if program in _UNSEEDED else operator.eq
            found.append(
                ProgramCase(case_name(name, make), function, make, client, is_same, warms_up=True)
            )
    return found, missing


Counts = Mapping[str, int]


def _are_of_one_distribution(ours: Sequence[Counts], theirs: Sequence[Counts]) -> bool:
    """Whether the counts of each circuit differ by chance alone."""
    return len(ours) == len(theirs) and all(
        differ_by_chance(_table(*both)) for both in zip(ours, theirs, strict=True)
    )


def _table(ours: Counts, theirs: Counts) -> NDArray[np.int64]:
    outcomes = {*ours, *theirs}
    return np.array([[each.get(outcome, 0) for outcome in outcomes] for each in (ours, theirs)])
