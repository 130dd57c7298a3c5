"""What a run on a backend takes from the backend and from the run: `Setting`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiskit_aer import AerSimulator

from qsession.engines.local.simulating import aer
from qsession.engines.local.simulating.fallback import FastPathError

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.engines.local.simulating.noise import Noise
    from qsession.engines.local.simulating.simulator import Simulator

_DEVICES = (None, "CPU")


@dataclass(frozen=True)
class Setting:
    """Where circuits run.

    Attributes:
        options: The simulator's, by name.
        noise: What goes wrong; None for nothing.
        basis: The gates that may be used; None for all of Aer's.
    """

    options: Mapping[str, Any]
    noise: Noise | None
    basis: frozenset[str] | None


def simulator_options(
    simulator: Simulator, backend: BackendV2, run_options: Mapping[str, Any]
) -> Setting:
    """As ``backend.run(circuits, **run_options)`` takes them.

    Raises:
        FastPathError: If an option asks for something that is not done here.
    """
    options = {**backend.options}
    options.update({name: value for name, value in run_options.items() if value is not None})
    require_known(options)
    if backend.max_circuits is not None:
        raise FastPathError("the backend splits jobs")
    basis = aer.basis_of(backend) if isinstance(backend, AerSimulator) else None
    return Setting(options, simulator.noise_of_primitives(backend, run_options), basis)


def require_known(options: Mapping[str, Any]) -> None:
    """Leave options with an effect on the course of a run to Aer.

    Raises:
        FastPathError: If there are such.
    """
    if not aer.OPTIONS.issuperset(options):
        raise FastPathError("an option is not one of Aer's")
    if options.get("enable_truncation") is False:
        raise FastPathError("circuits must not be cut down")
    if options.get("device") not in _DEVICES:
        raise FastPathError("the simulation runs on another device")
    if options.get("runtime_parameter_bind_enable"):
        raise FastPathError("parameters are bound while the simulation runs")
