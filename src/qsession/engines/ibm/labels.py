"""What people are told of a job when it is submitted: `Label`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ROLES = {"sampler_v2": "sampler", "estimator_v2": "estimator"}


@dataclass(frozen=True, slots=True)
class Label:
    """A job's name, primitive, shots and tags; the service's listings leave most of it out."""

    name: str | None
    primitive: str
    shots: int | None
    tags: tuple[str, ...]


def label_of(
    program_id: str, inputs: Mapping[str, Any], options: Mapping[str, Any], name: str | None
) -> Label:
    """Read it from what a primitive hands over."""
    tags = tuple(map(str, options.get("job_tags") or ()))
    program = inputs.get("quantum_program")
    if isinstance(program, Mapping):
        role = _ROLES.get(str(program.get("semantic_role")), program_id)
        shots = program.get("shots")
        return Label(name, role, shots if isinstance(shots, int) else None, tags)
    pubs = list(inputs.get("pubs") or ())
    shots_of_pubs = {_shots_of(pub) for pub in pubs}
    shots = shots_of_pubs.pop() if len(shots_of_pubs) == 1 else None
    circuits = [getattr(pub, "circuit", None) for pub in pubs]
    own_name = name or next((circuit.name for circuit in circuits if circuit is not None), None)
    return Label(own_name, program_id, shots, tags)


def _shots_of(pub: object) -> int | None:
    """A PUB's shots, or those that its precision asks for."""
    shots, precision = getattr(pub, "shots", None), getattr(pub, "precision", None)
    return math.ceil(1 / precision**2) if precision else shots
