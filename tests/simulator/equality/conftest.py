from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest
from qiskit.providers import BackendV2
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeFez, FakeManilaV2

from tests.simulator.equality.reference import Reference

KINDS = {
    "aer": AerSimulator,
    "manila": FakeManilaV2,
    "brisbane": FakeBrisbane,
    "fez": FakeFez,
}


@dataclass(frozen=True)
class Pair:
    """A backend, and another of its kind that Qiskit's own primitives run on."""

    name: str
    backend: BackendV2
    reference: Reference


@cache
def pair_of(name: str) -> Pair:
    # The reference's noise is made once for all tests: of 156 qubits it takes long.
    return Pair(name, KINDS[name](), Reference(KINDS[name]()))


LARGE = {"brisbane", "fez"}
"""Devices whose noise takes a while to make, and longer to simulate as IBM's local mode does."""


@pytest.fixture(
    params=[
        pytest.param(name, marks=[pytest.mark.extended] if name in LARGE else []) for name in KINDS
    ]
)
def pair(request: pytest.FixtureRequest) -> Pair:
    return pair_of(request.param)
