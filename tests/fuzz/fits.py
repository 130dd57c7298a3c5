"""Circuits that were transpiled for a target, and what they are found by: `key_of_fit`."""

from __future__ import annotations

import copy
from typing import Any

from qsession.circuits.content_key import content_key


def key_of_fit(circuit: Any, target: Any) -> Any:
    """What a circuit that was transpiled for a target is found by; None if it cannot be told."""
    content = content_key(circuit)
    return None if content is None else (content, frozenset(target.operation_names))


def named_like(circuit: Any, fitting: Any) -> Any:
    """A transpiled circuit with name and metadata of the one that it was made from."""
    copied = fitting.copy(name=circuit.name)
    copied.metadata = copy.deepcopy(circuit.metadata)
    return copied
