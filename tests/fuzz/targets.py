"""Targets of Aer's simulators that are made once: `targets_kept`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from qiskit_aer.backends.aerbackend import AerBackend

_making: Any = AerBackend.target


@contextmanager
def targets_kept() -> Iterator[None]:
    """While a program runs, let Aer make a target once for each content of its options.

    It makes a new one whenever it is asked, and Qiskit asks it dozens of times for one circuit:
    that took a quarter of the time of all programs.
    """
    kept: dict[Any, tuple[Any, Any]] = {}

    def target(backend: Any) -> Any:
        changed = backend._options_configuration, backend._options_properties
        # Aer keeps the gates that a method and a noise model leave.
        gates = frozenset(getattr(backend, "_cached_basis_gates", None) or ())
        key = id(backend), str(changed), gates, str(backend.options.get("method"))
        if key not in kept:
            # The backend is held, so that its id stays its own.
            kept[key] = backend, _making.fget(backend)
        return kept[key][1]

    with patch.object(AerBackend, "target", property(target)):
        yield
