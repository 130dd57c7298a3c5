"""Whether there may be an account of IBM Quantum, told without IBM's client, which loads Aer."""

from __future__ import annotations

import os
from pathlib import Path


def saved_accounts_path() -> Path:
    """Where IBM's client saves accounts."""
    return Path.home() / ".qiskit" / "qiskit-ibm.json"


def account_may_exist() -> bool:
    """Whether it is worth asking IBM's client for the default account."""
    if os.environ.get("QISKIT_IBM_TOKEN"):
        return True
    try:
        return saved_accounts_path().exists()
    except (OSError, RuntimeError):  # a home that cannot be read, or told, has no accounts
        return False
