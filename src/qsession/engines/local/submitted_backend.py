"""Backends as they were when a job was submitted, whatever is set on them while it waits.

IBM's local mode copies the backend of each job whole, 25 ms for a device of 127 qubits. Here a copy
is made where something has changed since the last one, and by what the simulator is known to read.
"""

# ruff: noqa: SLF001 - the attributes by which Qiskit's own backends keep options

from __future__ import annotations

import copy
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from qiskit.providers.basic_provider import BasicSimulator
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

from qsession.compat.ibm_simulation import is_plain_fake_backend
from qsession.engines.local.device_simulators import attribute_of_simulator, made_simulator
from qsession.engines.local.other_backends import ForPrimitives, WithOptionsOfThen, are_same
from qsession.simulator import aer_private as aer
from qsession.simulator.aer_noise_models import ModelContent, content_of
from qsession.simulator.devices import TargetContent
from qsession.simulator.errors import FastPathError
from qsession.simulator.lru import Bounded
from qsession.simulator.simulator import note_copy

if TYPE_CHECKING:
    from qiskit.providers import BackendV2
    from qiskit.transpiler import Target

_MOST_MODELS = 64
"""The largest number of copies of noise models; the least recently used goes first."""

_MOST_BACKENDS = 16
"""The largest number of copies of devices; likewise."""


Use: TypeAlias = Literal["run", "primitive", "program"]
"""The way in which a job calls the backend's ``run``: itself, by way of Qiskit's primitives, or not
at all: IBM's executor simulates quantum programs by the backend's target alone."""


def backend_as_submitted(backend: BackendV2, use: Use = "run") -> BackendV2:
    """A backend that later options, noise and properties do not reach, for one job."""
    kind = type(backend)
    if kind is AerSimulator:
        return _own_simulator(backend)
    if is_plain_fake_backend(backend):
        # Its ``run`` depends on its properties, which are replaced, not edited.
        return _own_device(backend, reads_target=use == "program")
    if kind is GenericBackendV2:
        return _own_device(backend, reads_target=True)
    if kind is BasicSimulator:
        return _with_own_options(backend)
    if use == "program":
        return backend
    return WithOptionsOfThen(backend) if use == "run" else ForPrimitives(backend)


def _own_simulator(backend: AerSimulator) -> AerSimulator:
    copied = aer.with_own_options(backend)
    noise = getattr(copied.options, "noise_model", None)
    if noise is not None:
        # Set directly: the simulator's method would look at all of the model again.
        copied.options.noise_model = own_noise(noise)
    note_copy(copied, backend)
    return copied


def _with_own_options(backend: BackendV2) -> Any:
    copied = copy.copy(backend)
    copied._options = copy.copy(backend._options)
    noise = getattr(copied._options, "noise_model", None)
    if noise is not None:
        copied._options.noise_model = own_noise(noise)
    return copied


# --- devices, which make themselves a simulator when they run -------------------------------------


@dataclass(frozen=True)
class _Device:
    """A copy of a device and everything that it was made of."""

    original: weakref.ref[Any]
    attributes: Mapping[str, object]
    options: Mapping[str, object]
    target: TargetContent | None
    copied: Any

    def is_of(self, now: _Device) -> bool:
        """Return True if nothing that a job depends on has changed since."""
        return (
            self.original() is now.original()
            and _are_same(self.attributes, now.attributes)
            and _are_same(self.options, now.options)
            and self.target == now.target
        )


_devices: Bounded[tuple[int, bool], _Device] = Bounded(_MOST_BACKENDS)


def _own_device(backend: Any, *, reads_target: bool) -> BackendV2:
    """A copy of a device: the same one, with its simulator, as long as the device is as it was."""
    target = backend.target  # read before its attributes: it may load them
    attributes = {name: value for name, value in vars(backend).items() if name != "_options"}
    simulator = attribute_of_simulator(backend)
    attributes[simulator] = made_simulator(backend)
    options = dict(backend._options)
    options["noise_model"] = own_noise(options.get("noise_model"))
    content = TargetContent.of(backend) if reads_target else None
    now = _Device(weakref.ref(backend), attributes, options, content, None)
    key = id(backend), reads_target
    known = _devices.get(key)
    if known is not None and known.is_of(now):
        return known.copied
    copied = _with_own_options(backend)
    setattr(copied, simulator, attributes[simulator])
    if reads_target:
        _replace_target(copied, target)
    note_copy(copied, backend)
    _devices.put(key, _Device(now.original, attributes, options, content, copied))
    return copied


def _replace_target(copied: Any, target: Target) -> None:
    own = copy.deepcopy(target)
    for name, value in vars(copied).items():
        if value is target:
            setattr(copied, name, own)


def _are_same(before: Mapping[str, object], now: Mapping[str, object]) -> bool:
    return before.keys() == now.keys() and all(
        are_same(value, now[name]) for name, value in before.items()
    )


# --- values ---------------------------------------------------------------------------------------

_models: Bounded[int, tuple[weakref.ref[Any], ModelContent, Any]]
_models = Bounded(_MOST_MODELS)


def own_noise(model: Any) -> Any:
    """A copy of a noise model: the same one, as long as the model is as it was.

    Its errors are the model's own. They are replaced, not edited, when it is changed.
    """
    if type(model) is not NoiseModel:
        return model
    try:
        content = content_of(model)
    except FastPathError:
        return copy.deepcopy(model)
    known = _models.get(id(model))
    if (
        known is not None
        and known[2].basis_gates == model.basis_gates
        and known[0]() is model
        and known[1].is_same(content)
    ):
        return known[2]
    copied = copy.copy(model)
    for name, value in vars(model).items():
        setattr(copied, name, _copied(value))
    _models.put(id(model), (weakref.ref(model), content, copied))
    return copied


def own_option(value: Any) -> Any:
    """A copy of an option of a run, where it is something that its owner may edit."""
    if isinstance(value, list | dict | set | np.ndarray):
        return copy.deepcopy(value)
    return own_noise(value)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return copy.copy(value) if isinstance(value, list | set) else value
