"""The seeds of all programs: without them no two runs could be compared."""

from __future__ import annotations

from typing import Any

SEED = 42
OPTIONS: dict[str, Any] = {"simulator": {"seed_simulator": SEED}}
"""For IBM's primitives."""
