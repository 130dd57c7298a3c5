"""Devices that are read once for all tests of a module."""

from __future__ import annotations

import pytest
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeFez, FakeManilaV2

from qsession import Device, device


@pytest.fixture(scope="module")
def manila() -> Device:
    """Five qubits in a line."""
    return device(FakeManilaV2())


@pytest.fixture(scope="module")
def brisbane() -> Device:
    """127 qubits with directed gates."""
    return device(FakeBrisbane())


@pytest.fixture(scope="module")
def fez() -> Device:
    """156 qubits, of which some couplings are out of service."""
    return device(FakeFez())
