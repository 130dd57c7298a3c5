"""The QPUs of the pretended service: IBM's snapshots of real ones, read without its client."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any


@cache
def _snapshot(model: str, kind: str) -> dict[str, Any]:
    spec = find_spec("qiskit_ibm_runtime")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0]) / "fake_provider" / "backends" / model
    contents: dict[str, Any] = json.loads((folder / f"{kind}_{model}.json").read_text())
    return contents


@dataclass
class Device:
    """A QPU: a snapshot under a name, and how it is doing. Tests may change it at any time."""

    name: str
    model: str
    operational: bool = True
    status: str = "active"
    message: str = ""
    others_in_queue: int = 0
    """Jobs of other people."""

    def configuration(self) -> dict[str, Any]:
        """The answer of ``GET /backends/{name}/configuration``."""
        return {**_snapshot(self.model, "conf"), "backend_name": self.name, "simulator": False}

    def properties(self) -> dict[str, Any]:
        """The answer of ``GET /backends/{name}/properties``."""
        return {**_snapshot(self.model, "props"), "backend_name": self.name}

    def item(self, queued: int) -> dict[str, Any]:
        """An item of ``GET /backends``."""
        configuration = self.configuration()
        online = self.operational and self.status == "active"
        return {
            "name": self.name,
            "status": {"name": "online" if online else "offline", "reason": self.message},
            "is_simulator": False,
            "qubits": configuration["n_qubits"],
            "physical_qubits": configuration["n_qubits"],
            "queue_length": queued + self.others_in_queue,
            "clops": {"value": 200_000, "type": "hardware"},
            "processor_type": configuration.get("processor_type", {}),
            "performance_metrics": {},
        }

    def status_view(self, queued: int) -> dict[str, Any]:
        """The answer of ``GET /backends/{name}/status``."""
        return {
            "state": self.operational,
            "status": self.status,
            "message": self.message,
            "length_queue": queued + self.others_in_queue,
            "backend_version": self.configuration()["backend_version"],
        }


def default_devices() -> dict[str, Device]:
    """A small one of 5 qubits, and one of 133."""
    devices = (Device("ibm_manila", "manila"), Device("ibm_torino", "torino"))
    return {device.name: device for device in devices}
