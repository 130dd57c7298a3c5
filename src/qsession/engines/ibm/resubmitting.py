"""What was submitted to the service, kept so that it can be submitted again: `Submission`."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qiskit.primitives.containers.sampler_pub import SamplerPub

from qsession.errors import InvalidInputError

if TYPE_CHECKING:
    from qsession.engines.base import Job


@dataclass(frozen=True)
class Submission:
    """The arguments of one ``Session._run`` of IBM's."""

    program_id: str
    inputs: Mapping[str, Any]
    options: Mapping[str, Any]
    extra: Mapping[str, Any]

    def send(self, service: Any, backend: Any, instance: str | None, session_id: str | None) -> Job:
        """Submit it with the user's own service."""
        options = {"instance": instance, **self.options, "backend": backend}
        return service._run(  # noqa: SLF001 - what IBM's Session._run calls
            program_id=self.program_id,
            inputs=dict(self.inputs),
            options=options,
            session_id=session_id,
            start_session=False,
            **self.extra,
        )

    def with_shots(self, shots: int) -> Submission:
        """The same with another number of shots.

        Raises:
            InvalidInputError: If the work does not count shots.
        """
        program = self.inputs.get("quantum_program")
        if isinstance(program, Mapping):
            changed = {**copy.deepcopy(dict(program)), "shots": shots}
            return replace(self, inputs={**self.inputs, "quantum_program": changed})
        pubs = self.inputs.get("pubs") or ()
        if self.program_id != "sampler" or not all(isinstance(pub, SamplerPub) for pub in pubs):
            raise InvalidInputError(
                f"shots={shots} does not apply to a job of the {self.program_id}; run it again as "
                "it was."
            )
        again = [SamplerPub(pub.circuit, pub.parameter_values, shots) for pub in pubs]
        return replace(self, inputs={**self.inputs, "pubs": again})
