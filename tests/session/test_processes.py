"""Which processes a script starts: none for what is over before another one would have started."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCRIPT = """
import json, sys

started = []

def note(event, arguments):
    if event in ("os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen"):
        started.append(event)

from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

import qsession

circuit = QuantumCircuit(2)
circuit.h(0)
circuit.cx(0, 1)
circuit.measure_all()
sys.addaudithook(note)
with qsession.Session({backend}) as session:
    counts = session.run(circuit, shots=1000).result()[0].data.meas.get_counts()
print(json.dumps([sum(counts.values()), len(started)]))
"""


def ran(backend: str) -> list[int]:
    """How many shots a script of one job gives, and how many processes it starts."""
    script = SCRIPT.format(backend=backend)
    ended = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-W", "ignore", "-c", script], check=True, capture_output=True, text=True
    )
    found: list[int] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize("backend", ["AerSimulator()", "FakeManilaV2()"])
def test_a_script_of_one_short_job_starts_none(backend: str):
    assert ran(backend) == [1000, 0]
