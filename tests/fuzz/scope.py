"""The names that programs use, and where they come from: `scope`, `imports_of`."""

from __future__ import annotations

import ast
import importlib
from functools import cache
from typing import Any

import numpy as np

MODULES: dict[str, tuple[str, ...]] = {
    "math": ("pi",),
    "qiskit": ("ClassicalRegister", "QuantumCircuit", "QuantumRegister"),
    "qiskit.circuit": (
        *("CircuitInstruction", "Clbit", "Gate", "Instruction", "Parameter", "Qubit", "Reset"),
    ),
    "qiskit.circuit.classical": ("expr", "types"),
    "qiskit.circuit.library": (
        *("C3SXGate", "C3XGate", "C4XGate", "CPhaseGate", "CU1Gate", "CU3Gate", "CXGate", "CZGate"),
        *("DiagonalGate", "GlobalPhaseGate", "HGate", "HamiltonianGate", "IGate", "Initialize"),
        *("Isometry", "LinearFunction", "MCPhaseGate", "PauliEvolutionGate", "PauliGate"),
        *("PermutationGate", "PhaseGate", "QFTGate", "RC3XGate", "RXGate", "RYGate", "RZGate"),
        *("RZZGate", "SGate", "SXGate", "StatePreparation", "SwapGate", "U1Gate", "U2Gate"),
        *("U3Gate", "UCGate", "UCRXGate", "UCRZGate", "UnitaryGate", "XGate", "XXMinusYYGate"),
        *("XXPlusYYGate", "ZGate"),
    ),
    "qiskit.providers.fake_provider": ("GenericBackendV2",),
    "qiskit.quantum_info": (
        *("Kraus", "Pauli", "SparsePauliOp", "SuperOp", "random_quantum_channel"),
        *("random_statevector", "random_unitary"),
    ),
    "qiskit_aer": ("AerSimulator", "QasmSimulator", "StatevectorSimulator", "UnitarySimulator"),
    "qiskit_aer.noise": (
        *("NoiseModel", "QuantumError", "ReadoutError", "amplitude_damping_error"),
        *("coherent_unitary_error", "depolarizing_error", "kraus_error", "mixed_unitary_error"),
        *("pauli_error", "phase_amplitude_damping_error", "phase_damping_error", "reset_error"),
        "thermal_relaxation_error",
    ),
    "qiskit_ibm_runtime": ("EstimatorV2", "Executor", "SamplerV2"),
    "qiskit_ibm_runtime.executor_estimator": ("Estimator",),
    "qiskit_ibm_runtime.executor_sampler": ("Sampler",),
    "qiskit_ibm_runtime.fake_provider": (
        *("FakeBelemV2", "FakeBogotaV2", "FakeJakartaV2", "FakeLagosV2", "FakeManilaV2"),
        "FakeYorktownV2",
    ),
}


def sweep(circuit: Any, shape: tuple[int, ...], start: float, step: float) -> Any:
    """Values of all parameters of a circuit, in steps."""
    if not circuit.num_parameters:
        return []
    full = (*shape, circuit.num_parameters)
    return (start + step * np.arange(np.prod(full))).reshape(full)


@cache
def _imported() -> dict[str, Any]:
    import qiskit_aer.library  # noqa: F401 - gives circuits their save instructions

    found: dict[str, Any] = {"copy": importlib.import_module("copy"), "sweep": sweep}
    for module, names in MODULES.items():
        found.update({name: getattr(importlib.import_module(module), name) for name in names})
    return found


def scope() -> dict[str, Any]:
    """The names, for one run of one program."""
    return dict(_imported())


def names_in(source: str) -> set[str]:
    """The names that source uses."""
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def imports_of(source: str) -> list[str]:
    """The imports that source needs."""
    used = names_in(source)
    lines = ["import copy"] if "copy" in used else []
    for module, names in MODULES.items():
        own = [name for name in names if name in used]
        if own:
            lines.append(f"from {module} import {', '.join(own)}")
    return lines
