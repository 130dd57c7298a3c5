"""The noise of a backend at the time of a job, one object for each content: `Noises`."""

from __future__ import annotations

import hashlib
import pickle
import weakref
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from qiskit_aer.noise import NoiseModel

from qsession.compat.ibm_simulation import fake_backend_properties
from qsession.forks import ForkSafeLock
from qsession.simulator import noise_errors
from qsession.simulator.aer_noise_models import ModelContent, content_of, pass_key
from qsession.simulator.devices import PropertiesNoise, TargetContent, TargetNoise
from qsession.simulator.errors import FastPathError
from qsession.simulator.lru import Bounded
from qsession.simulator.noise import ModelNoise, Noise

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

MOST_NOISES = 64
"""The largest number of noise models per backend; the least recently used goes first."""

MOST_DEVICES = 8
"""The largest number of devices whose noise is kept for later backends that are equal."""


class Noises:
    """The cache of the noise of one backend.

    Models, properties and targets are looked at anew for each job: whoever owns them may change
    them, and does so at the same time in other threads. What comes out never changes.
    """

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._by_model: Bounded[int, tuple[weakref.ref[NoiseModel], ModelNoise]]
        self._by_model = Bounded(MOST_NOISES)
        self._by_content: Bounded[Hashable, ModelNoise] = Bounded(MOST_NOISES)
        self._of_properties: tuple[Any, PropertiesNoise] | None = None
        self._of_target: TargetNoise | None = None

    def of_model(self, model: NoiseModel | None) -> Noise | None:
        """The noise of a noise model as it is now.

        Raises:
            FastPathError: If it is of a kind of its own.
        """
        if model is None:
            return None
        if type(model) is not NoiseModel:
            raise FastPathError("the noise model is of a kind of its own")
        content = content_of(model)
        known = self._by_model.get(id(model))
        if known is not None and known[0]() is model and known[1].content.is_same(content):
            return known[1]
        key = _key(content)
        with self._lock:
            noise = self._by_content.get(key)
            if noise is None:
                noise = ModelNoise(content)
                self._by_content.put(key, noise)
        self._by_model.put(id(model), (weakref.ref(model), noise))
        return noise

    def of_properties(self, backend: BackendV2) -> Noise | None:
        """The noise that a fake backend makes of its properties."""
        source = fake_backend_properties(backend)
        if not source:
            return None
        with self._lock:
            if self._of_properties is None or self._of_properties[0] is not source:
                self._of_properties = (source, _noise_of_device(backend, source))
            return self._of_properties[1]

    def of_target(self, backend: BackendV2) -> Noise:
        """The noise of a backend's target as it is now."""
        content = TargetContent.of(backend)
        with self._lock:
            if self._of_target is None or self._of_target.content != content:
                self._of_target = TargetNoise(content)
            return self._of_target

    def forget(self, noise: Noise | None) -> None:
        """Make a noise anew the next time: its errors were changed in place."""
        self._by_model = Bounded(MOST_NOISES)
        self._by_content.drop_value(noise)


_devices: Bounded[Hashable, PropertiesNoise] = Bounded(MOST_DEVICES)
_devices_lock = ForkSafeLock()


def _noise_of_device(backend: BackendV2, source: object) -> PropertiesNoise:
    """Make the noise of a fake backend's properties, or take that of an equal one.

    Programs make a new backend of the same kind for each session, and Aer takes milliseconds for
    the errors of each gate.
    """
    try:
        key = backend.dt, hashlib.sha256(pickle.dumps(source)).digest()
    except Exception:  # noqa: BLE001 - somebody's own properties, which cannot be written
        return PropertiesNoise(backend.properties(), backend.dt)
    with _devices_lock:
        noise = _devices.get(key)
        if noise is None:
            noise = PropertiesNoise(backend.properties(), backend.dt)
            _devices.put(key, noise)
        return noise


def _key(content: ModelContent) -> Hashable:
    """Equal for copies of one model: copies of an error have its id."""
    everywhere = content.readout_everywhere
    return (
        tuple(
            (name, tuple(own), tuple([_error_key(error) for error in own.values()]))
            for name, own in content.quantum.items()
        ),
        tuple((name, _error_key(error)) for name, error in content.everywhere.items()),
        tuple((qubits, error.probabilities.tobytes()) for qubits, error in content.readout.items()),
        None if everywhere is None else everywhere.probabilities.tobytes(),
        tuple(map(pass_key, content.passes)),
    )


def _error_key(error: Any) -> Hashable:
    return error.id, noise_errors.rates_of(error)
