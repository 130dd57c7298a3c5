"""A quick test for an account of IBM Quantum, without loading IBM's client (and Aer with it)."""

from __future__ import annotations

import os
from pathlib import Path


def saved_accounts_path() -> Path:
    """Return the path of the file in which IBM's client saves accounts."""
    return Path.home() / ".qiskit" / "qiskit-ibm.json"


def account_may_exist() -> bool:
    """Return True unless it is certain that IBM's client has no default account."""
    if os.environ.get("QISKIT_IBM_TOKEN"):
        return True
    try:
        # IBM's client leaves an empty object where it looked for accounts and there were none.
        return saved_accounts_path().read_text().strip() not in ("", "{}")
    except UnicodeDecodeError:
        return True
    except (OSError, RuntimeError):  # a home that cannot be read, or told, has no accounts
        return False
