"""What the engine costs beside Aer's own time, for small noisy circuits."""

from __future__ import annotations

import statistics
import time
from typing import Any
from unittest.mock import patch

from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeManilaV2

from benchmarks.local import circuits
from benchmarks.local.cases import SHOTS
from benchmarks.local.report import spread
from qsession.engines.local.work import SamplerWork, run_work
from qsession.simulator import aer_private as aer

HEADINGS = ("a job whose circuit is kept", "the engine, ms", "of it in Aer, ms", "ratio", "goal")
MOST = 1.3
WARMING, ROUNDS = 20, 300


def rows() -> list[tuple[str, ...]]:
    """One row for each circuit: the time of the unit of work, and of Aer's call within it."""
    return [
        _row(f"GHZ-{qubits}, {make.__name__}, sampler", make(), qubits)
        for make in (FakeManilaV2, FakeBrisbane)
        for qubits in (2, 5)
    ]


def _row(name: str, backend: Any, qubits: int) -> tuple[str, ...]:
    pub = SamplerPub.coerce(circuits.sampled_ghz(backend, qubits), SHOTS)
    work = SamplerWork(backend, (pub,), {"seed_simulator": 1})
    within_ms: list[float] = []
    execute = aer.execute

    def timed(*arguments: Any) -> dict[str, Any]:
        began = time.perf_counter()
        output = execute(*arguments)
        within_ms.append((time.perf_counter() - began) * 1000)
        return output

    whole_ms = []
    with patch.object(aer, "execute", timed):
        for _ in range(WARMING + ROUNDS):
            began = time.perf_counter()
            run_work(work)
            whole_ms.append((time.perf_counter() - began) * 1000)
    whole_ms, within_ms = whole_ms[WARMING:], within_ms[WARMING:]
    ratio = statistics.median(whole_ms) / statistics.median(within_ms)
    return name, spread(whole_ms), spread(within_ms), f"{ratio:.2f}×", f"{MOST}×"
