"""Every private name of other packages that the sources use is in the lists below, and is there.

The lists say what a new release of a package can break. A public name is better where there is
one.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import CXGate
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import (
    NoiseModel,
    RelaxationNoisePass,
)
from qiskit_ibm_runtime import QiskitRuntimeService

import qsession

SOURCES = {
    path: ast.parse(path.read_text())
    for path in sorted(Path(qsession.__file__).parent.rglob("*.py"))
}

IBM = {
    "_active_api_client": QiskitRuntimeService.__init__,
    "_all_instances": QiskitRuntimeService.__init__,
    "_client_params": QiskitRuntimeService.__init__,
    "_get_api_client": QiskitRuntimeService,
    "_get_api_clients": QiskitRuntimeService,
    "_props_dict": "qiskit_ibm_runtime.fake_provider.fake_backend",
    "_semantic_role": "qiskit_ibm_runtime.executor_sampler.sampler",
    "_setup_sim": "qiskit_ibm_runtime.fake_provider.fake_backend",
    "_timeout": "qiskit_ibm_runtime.api.session",
}
"""Of IBM's client: where each is set or defined."""

AER = {
    "_cached_basis_gates": AerSimulator(),
    "_configuration": AerSimulator(),
    "_custom_noise_passes": NoiseModel(),
    "_default_quantum_errors": NoiseModel(),
    "_default_readout_error": NoiseModel(),
    "_from_backend": "qiskit_aer.backends.aerbackend",
    "_local_quantum_errors": NoiseModel(),
    "_local_readout_errors": NoiseModel(),
    "_ops": RelaxationNoisePass([1.0], [1.0]),
    "_options_configuration": AerSimulator(),
    "_options_properties": AerSimulator(),
    "_p1s": RelaxationNoisePass([1.0], [1.0]),
    "_quantum_error": "qiskit_aer.noise.errors.base_quantum_error",
    "_t1s": RelaxationNoisePass([1.0], [1.0]),
    "_t2s": RelaxationNoisePass([1.0], [1.0]),
}
"""Of Aer."""

OTHERS = {
    "_actions": "argparse",
    "_append": QuantumCircuit,
    "_base": importlib.import_module("concurrent.futures"),
    "_data": QuantumCircuit(),
    "_reply_subshell_for": "ipykernel.comm.comm",
    "_sim": GenericBackendV2(2),
    "_standard_gate": CXGate(),
}
"""Of Qiskit, ipykernel and Python."""

DOCUMENTED = {"_asdict", "_exit", "_getframe"}
"""Public in spite of their names, with documentation of their own."""

MODULES = {
    "qiskit_aer.backends.aer_compiler",
    "qiskit_aer.backends.aerbackend",
    "qiskit_aer.backends.backend_utils",
    "qiskit_aer.backends.controller_wrappers",
    "qiskit_aer.noise.device",
    "qiskit_aer.noise.errors.base_quantum_error",
    "qiskit_aer.noise.noise_model",
    "qiskit_aer.noise.passes",
    "qiskit_ibm_runtime.api.auth",
    "qiskit_ibm_runtime.api.client_parameters",
    "qiskit_ibm_runtime.api.exceptions",
    "qiskit_ibm_runtime.fake_provider.executor.broadcast_sample",
    "qiskit_ibm_runtime.fake_provider.executor.run_quantum_program",
    "qiskit_ibm_runtime.fake_provider.fake_backend",
    "qiskit_ibm_runtime.fake_provider.local_runtime_job",
    "qiskit_ibm_runtime.fake_provider.local_service",
    "qiskit_ibm_runtime.options_models.simulator",
    "qiskit_ibm_runtime.qiskit_runtime_service",
    "qiskit_ibm_runtime.results.quantum_program",
    "qiskit_ibm_runtime.utils.default_session",
    "qiskit_ibm_runtime.utils.utils",
}
"""Modules that their packages do not document, and that may move."""

PUBLIC_MODULES = {
    "qiskit_aer",
    "qiskit_aer.library",
    "qiskit_aer.noise",
    "qiskit_ibm_runtime",
    "qiskit_ibm_runtime.exceptions",
    "qiskit_ibm_runtime.executor_estimator",
    "qiskit_ibm_runtime.executor_sampler",
    "qiskit_ibm_runtime.fake_provider",
    "qiskit_ibm_runtime.results",
}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def names_of_ours() -> set[str]:
    """What the sources define: functions, classes, attributes, variables, parameters."""
    names: set[str] = set()
    for tree in SOURCES.values():
        for node in ast.walk(tree):
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    names.add(name)
                case ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                    names.add(name)
                case ast.Attribute(attr=name, ctx=ast.Store(), value=ast.Name(id="self" | "cls")):
                    names.add(name)
    return names


def foreign_private_names() -> set[str]:
    return {
        node.attr
        for tree in SOURCES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and is_private(node.attr)
    } - names_of_ours()


def test_the_lists_have_every_private_name_that_is_used():
    assert foreign_private_names() - DOCUMENTED == {*IBM, *AER, *OTHERS}


def test_the_lists_have_every_module_that_is_not_documented():
    modules = {
        node.module
        for tree in SOURCES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.partition(".")[0] in {"qiskit_ibm_runtime", "qiskit_aer"}
    }
    assert modules - PUBLIC_MODULES == MODULES


@pytest.mark.parametrize(
    ("name", "place"), [*IBM.items(), *AER.items(), *OTHERS.items()], ids=[*IBM, *AER, *OTHERS]
)
def test_the_name_is_there(name: str, place: Any):
    match place:
        case str():
            assert name in inspect.getsource(importlib.import_module(place))
        case _ if inspect.isfunction(place):
            assert name in inspect.getsource(place)
        case _:
            assert hasattr(place, name)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_the_module_is_there(module: str):
    assert importlib.import_module(module).__name__ == module
