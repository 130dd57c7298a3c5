"""What the first job of a script takes, in a process that has run nothing before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from benchmarks.programs.comparing import ProgramComparison, Run, by_turns

SCRIPT = """
import json, time
from qiskit import QuantumCircuit
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import SamplerV2
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeManilaV2
from {module} import Session

backend = {backend}()
circuit = QuantumCircuit(2)
circuit.h(0)
circuit.cx(0, 1)
circuit.measure_all()
passes = generate_preset_pass_manager(backend=backend, optimization_level=1, seed_transpiler=1)
isa_circuit = passes.run(circuit)
began = time.perf_counter()
with Session(backend=backend) as session:
    sampler = SamplerV2(mode=session, options={{"simulator": {{"seed_simulator": 1}}}})
    counts = sampler.run([isa_circuit]).result()[0].data.meas.get_counts()
    took_ms = (time.perf_counter() - began) * 1000
print(json.dumps([took_ms, counts]))
"""
PREFIX = "a script of one job, "
BACKENDS = {
    "ideal Aer": "AerSimulator",
    "FakeManilaV2": "FakeManilaV2",
    "FakeBrisbane": "FakeBrisbane",
}


def names() -> list[str]:
    """One for each backend."""
    return [f"{PREFIX}{word}" for word in BACKENDS]


def compare(name: str, rounds: int) -> ProgramComparison:
    """Measure the script; the whole of it has Python's start and all imports, too."""
    backend = BACKENDS[name.removeprefix(PREFIX)]
    for module in ("qsession", "qiskit_ibm_runtime"):
        _run(module, backend)  # which writes the bytecode down
    return by_turns(
        name,
        rounds,
        lambda: _run("qsession", backend),
        lambda: _run("qiskit_ibm_runtime", backend),
    )


def _run(module: str, backend: str) -> Run:
    script = SCRIPT.format(module=module, backend=backend)
    command = [sys.executable, "-W", "ignore", "-c", script]
    began = time.perf_counter()
    ended = subprocess.run(  # noqa: S603 - this interpreter
        command, check=True, capture_output=True, text=True, env=_environment()
    )
    whole_ms = (time.perf_counter() - began) * 1000
    first_ms, counts = json.loads(ended.stdout)
    return Run(first_ms, whole_ms, counts)


def _environment() -> dict[str, str]:
    """The environment of a user, whose packages have their bytecode on disk."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
