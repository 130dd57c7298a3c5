"""What was submitted to the service, kept so that it can be submitted again: `Submission`."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qiskit.primitives.containers.estimator_pub import EstimatorPub
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
        again = [_pub_with_shots(pub, shots) for pub in pubs]
        if not again or None in again:
            raise InvalidInputError(
                f"shots={shots} does not apply to a job of the {self.program_id}. Run it again as "
                "it was."
            )
        return replace(self, inputs={**self.inputs, "pubs": again})


def _pub_with_shots(pub: object, shots: int) -> SamplerPub | EstimatorPub | None:
    """The same PUB with other shots, or the precision that they give; None if it is none."""
    if isinstance(pub, SamplerPub):
        return SamplerPub(pub.circuit, pub.parameter_values, shots)
    if not isinstance(pub, EstimatorPub):
        return None
    precision = 1 / math.sqrt(shots)
    while math.ceil(1 / precision**2) > shots:  # rounding must not ask for one more
        precision = math.nextafter(precision, math.inf)
    return EstimatorPub(pub.circuit, pub.observables, pub.parameter_values, precision)
