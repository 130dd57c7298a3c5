"""Checks PUBs beyond what Qiskit itself refuses: quantities, values of parameters, measurements."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub

from qsession.circuits.checks import read_precision, read_shots, require_bits, require_measurement
from qsession.errors import InvalidInputError, shown
from qsession.render.circuit_names import name_of


def check_quantities(program: str, shots: object, precision: Any) -> None:
    """Check that shots are given to the sampler, a precision to the estimator, and what they are.

    Raises:
        InvalidInputError: If one is out of bounds, or does not apply.
    """
    if shots is not None:
        read_shots(shots)
        if program == "estimator":
            raise InvalidInputError(
                f"shots={shots} does not apply: PUBs with observables run on the estimator, which "
                "takes a precision, such as precision=0.02."
            )
    if precision is None:
        return
    if program == "sampler":
        raise InvalidInputError(
            f"precision={shown(precision)} does not apply: without observables the sampler runs, "
            "which takes shots, such as shots=1024."
        )
    read_precision(precision)


def check_pub(index: int, pub: SamplerPub | EstimatorPub) -> None:
    """Check what Qiskit lets pass.

    Args:
        index: The number of the PUB in its request, for the error.
        pub: The PUB.

    Raises:
        InvalidInputError: If parameters are without values or the other way round, a value is not
            finite, nothing is measured, or shots or precision are out of bounds.
    """
    expected = {parameter.name for parameter in pub.circuit.parameters}
    given = {name for names in pub.parameter_values.data for name in names}
    if given != expected:
        raise InvalidInputError(
            f"PUB {index} gives values for {_listed(given)}, but the parameters of circuit "
            f"{name_of(pub.circuit)!r} are {_listed(expected)}."
        )
    if isinstance(pub, SamplerPub):
        require_measurement(index, pub.circuit)
        require_bits(index, pub.circuit)
    check_numbers(index, pub)


def check_numbers(index: int, pub: object) -> None:
    """Check the numbers in a PUB that Qiskit, or a primitive of IBM's, has read.

    Args:
        index: Which one it is.
        pub: The PUB; anything else is left to what runs it.

    Raises:
        InvalidInputError: If its shots, its precision or a value of a parameter cannot be used.
    """
    if isinstance(pub, SamplerPub):
        if pub.shots is not None:
            read_shots(pub.shots, f"PUB {index}: shots")
    elif isinstance(pub, EstimatorPub):
        if pub.precision is not None:
            read_precision(pub.precision, f"PUB {index}: precision")
    else:
        return
    for names, values in pub.parameter_values.data.items():
        if not np.isfinite(values).all():
            raise InvalidInputError(
                f"PUB {index} gives a value for {_listed(set(names))} that is not a finite number."
            )


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)[:10]) + ("" if len(names) <= 10 else ", …")  # noqa: PLR2004
