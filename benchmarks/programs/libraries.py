"""Which programs of libraries are measured, where the libraries are installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

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

_LIBRARIES: tuple[tuple[str, str, str, str, Client], ...] = (
    ("qiskit_algorithms", "algorithms", "vqe", "VQE", SESSION),
    ("qiskit_algorithms", "algorithms", "grover", "Grover", SESSION),
    ("qiskit_machine_learning", "machine_learning", "estimator_network", "EstimatorQNN", SESSION),
    ("qiskit_machine_learning", "machine_learning", "fidelity_kernel", "kernel", SESSION),
    ("qiskit_experiments", "experiments", "relaxation", "T1", SESSION),
    ("qiskit_experiments", "experiments", "randomized_benchmarking", "StandardRB", SESSION),
    ("qiskit_experiments", "experiments", "tomography", "StateTomography", SESSION),
    ("qiskit_experiments", "experiments", "relaxation_by_backend_run", "T1, backend_run", BACKEND),
    (
        "qiskit_experiments",
        "experiments",
        "tomography_by_backend_run",
        "StateTomography, backend_run",
        BACKEND,
    ),
    ("qiskit_addon_obp", "backpropagation", "backpropagated", "OBP", SESSION),
    ("qiskit_addon_cutting", "cutting", "cut_gates", "cutting, Batch", BATCH),
    ("qiskit_addon_sqd", "sampled_diagonalization", "spin_chain", "SQD", SESSION),
    ("mitiq", "zero_noise", "extrapolated", "ZNE", SESSION),
)
"""What is imported, our module, its program, what the table says of it, and what it takes."""


def cases() -> tuple[list[ProgramCase], list[str]]:
    """The programs of the libraries that are here, and the names of those that are not."""
    found, missing = [], []
    for library, module, program, title, client in _LIBRARIES:
        name = f"{library.replace('_', '-')}: {title}"
        if find_spec(library) is None:
            missing.append(name)
            continue
        programs = import_module(f"benchmarks.programs.of_libraries.{module}")
        for make in (AER, MANILA):
            function = getattr(programs, program)
            found.append(ProgramCase(case_name(name, make), function, make, client))
    return found, missing
