"""Says what a measurement was made on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path


def machine() -> str:
    """The processor, how busy it is, and the releases that matter, in one line."""
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load not known"
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("qsession", "qiskit", "qiskit-ibm-runtime")
    )
    python = f"Python {platform.python_version()}"
    return f"{_processor()}, {os.cpu_count()} CPUs, {load}; {python}, {packages}"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or platform.machine())
