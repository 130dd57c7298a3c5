"""Primitive options for a local run: what Qiskit's backend primitives understand, and the rest.

The mapping is the one of IBM's local testing mode (`QiskitRuntimeLocalService`), so that the same
options give the same results.
"""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Mapping
from typing import Any

from qsession.errors import InvalidInputError

_RUN_OPTIONS_OF_MEASUREMENT: dict[str, dict[str, object]] = {
    "classified": {"meas_level": 2},
    "kerneled": {"meas_level": 1, "meas_return": "single"},
    "avg_kerneled": {"meas_level": 1, "meas_return": "avg"},
}


def sampler_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options for `BackendSamplerV2` from those of IBM's ``SamplerV2``.

    Options without a meaning for a local run are named in a `UserWarning`, as IBM's client does.

    Raises:
        InvalidInputError: If ``options`` is not a mapping.
    """
    rest = _own_copy(options)
    ours = _seed(rest)
    run_options = rest.pop("run_options", None) or {}
    simulator = rest.get("simulator") or {}
    if "noise_model" in simulator:
        run_options["noise_model"] = simulator.pop("noise_model")
    # Zero is taken for none, here and below, as in IBM's local mode.
    if default_shots := rest.pop("default_shots", None):
        ours["default_shots"] = default_shots
    execution = rest.get("execution") or {}
    measurement = execution.get("meas_type")
    if measurement in _RUN_OPTIONS_OF_MEASUREMENT:
        run_options.update(_RUN_OPTIONS_OF_MEASUREMENT[measurement])
        del execution["meas_type"]
    if run_options:
        ours["run_options"] = run_options
    _warn_of(rest)
    return ours


def estimator_options(options: Mapping[str, Any]) -> tuple[dict[str, Any], float | None]:
    """Options for `BackendEstimatorV2` from those of IBM's ``EstimatorV2``.

    Returns:
        The options, and the precision of the run if ``default_shots`` asks for one.

    Raises:
        InvalidInputError: If ``options`` is not a mapping.
    """
    rest = _own_copy(options)
    ours = _seed(rest)
    shots = rest.pop("default_shots", None)
    if precision := rest.pop("default_precision", None):
        ours["default_precision"] = precision
    _warn_of(rest)
    return ours, 1 / math.sqrt(shots) if shots else None


def _own_copy(options: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(options, Mapping):
        raise InvalidInputError(
            f"options={options!r} is not a mapping. Give primitive options as a dict, for example "
            'options={"simulator": {"seed_simulator": 42}}.'
        )
    return copy.deepcopy(dict(options))


def _seed(options: dict[str, Any]) -> dict[str, Any]:
    simulator = options.get("simulator") or {}
    seed = simulator.pop("seed_simulator", None)
    return {} if seed is None else {"seed_simulator": seed}


def _warn_of(rest: dict[str, Any]) -> None:
    without_effect = {name: value for name, value in rest.items() if value not in ({}, None)}
    if without_effect:
        warnings.warn(
            f"Options {without_effect} have no effect on a local backend.",
            UserWarning,
            stacklevel=2,
        )
