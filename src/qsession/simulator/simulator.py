"""The caches for one backend, in the process that computes: `Simulator`, `simulator_of`."""

# ruff: noqa: SLF001 - the simulator that a generic backend of Qiskit's makes itself

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

from qsession.compat.ibm_simulation import is_plain_fake_backend
from qsession.forks import ForkSafeLock
from qsession.simulator import aer_private as aer
from qsession.simulator.compiled_plain import PlainCompiled
from qsession.simulator.compiled_whole import WholeCompiled
from qsession.simulator.errors import FastPathError
from qsession.simulator.fingerprint import Reading
from qsession.simulator.lru import Bounded
from qsession.simulator.noise import Noise
from qsession.simulator.noise_cache import Noises
from qsession.simulator.options import Setting, known_options, options_of
from qsession.simulator.runner import Runner

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2

    from qsession.simulator.compiled import Compiled

MOST_BACKENDS = 16
"""The largest number of remembered backends; the least recently used goes first."""

MOST_BYTES = 64 * 2**20
"""The bytes that the circuits of one backend may take, roughly, or of all that share them."""


class WithoutNoise:
    """The caches of what no noise is in, which simulators of one kind have in common."""

    def __init__(self) -> None:
        self.runner = Runner()
        self.kept: Bounded[Hashable, Any] = Bounded(MOST_BYTES)
        """Objects that primitives compute from circuits and use again for later jobs."""
        self.circuits: Bounded[Hashable, Compiled] = Bounded(MOST_BYTES)


_of_aer = WithoutNoise()
"""Of Aer's simulators that are of no device: programs make a new one for each session."""


class Simulator:
    """Noise and compiled circuits of one backend.

    It holds no reference to the backend, and looks anew at what can change in it for each job.

    Args:
        without_noise: What it has in common with others.
    """

    def __init__(self, without_noise: WithoutNoise) -> None:
        self.runner = without_noise.runner
        self.kept = without_noise.kept
        self._without_noise = without_noise.circuits
        # They go with the backend, and the noise with them.
        self._circuits: Bounded[Hashable, Compiled] = Bounded(MOST_BYTES)
        self._noises = Noises()

    def compiled(
        self, circuit: QuantumCircuit, reading: Reading, noise: Noise | None, basis: Any
    ) -> Compiled:
        """The circuit in Aer's form.

        Raises:
            FastPathError: If it cannot be told what it means there.
        """
        key = (reading.key, noise, basis)
        circuits = self._without_noise if noise is None else self._circuits
        compiled = circuits.get(key)
        if compiled is None:
            if reading.is_plain:
                compiled = PlainCompiled(circuit, reading, noise, basis)
            else:
                compiled = WholeCompiled(circuit, noise, basis)
            circuits.put(key, compiled, compiled.weight)
        if noise is not None and not noise.is_intact(compiled.uses):
            self._noises.forget(noise)
            raise FastPathError("an error of the noise model was changed in place")
        return compiled

    def noise_of_primitives(
        self, backend: BackendV2, options: Mapping[str, Any], run_options: Mapping[str, Any]
    ) -> Noise | None:
        """The noise that ``backend.run`` adds.

        Args:
            backend: The backend.
            options: Its options at the time of the job.
            run_options: Those of the run.
        """
        if "noise_model" in run_options:
            return self._noises.of_model(run_options["noise_model"])
        if isinstance(backend, AerSimulator) or _has_run(backend):
            return self._noises.of_model(options.get("noise_model"))
        # Its first run makes a simulator, with the noise of its target or its properties.
        if isinstance(backend, GenericBackendV2):
            return self._noises.of_target(backend)
        return self._noises.of_properties(backend)

    def noise_of_programs(self, backend: BackendV2, options: Mapping[str, Any]) -> Noise | None:
        """The noise that IBM's local executor adds."""
        if isinstance(backend, AerSimulator):
            return self._noises.of_model(options.get("noise_model"))
        return self._noises.of_target(backend)


def _is_plain_generic_backend(backend: Any) -> bool:
    """Return True for a generic backend of Qiskit's whose circuits Aer runs, unmodified."""
    if type(backend) is not GenericBackendV2 or "run" in vars(backend):
        return False
    return backend._sim is None or type(backend._sim) is AerSimulator


def _has_run(device: Any) -> bool:
    """Return True if a device has made itself a simulator."""
    return (device._sim if isinstance(device, GenericBackendV2) else device.sim) is not None


_originals: weakref.WeakKeyDictionary[Any, weakref.ref[Any]] = weakref.WeakKeyDictionary()


def note_copy(copied: BackendV2, original: BackendV2) -> None:
    """Let a copy of a backend, with options of its own, use what is kept for the original."""
    with _lock:
        _originals[copied] = _originals.get(original) or weakref.ref(original)


_simulators: OrderedDict[int, tuple[weakref.ref[Any], Simulator]] = OrderedDict()
_lock = ForkSafeLock()


def simulator_of(backend: BackendV2) -> Simulator:
    """Return the cached simulator of a backend, which is recognised by identity.

    Raises:
        FastPathError: If it is of a kind whose simulation is not known here.
    """
    aer.require()
    if not (
        type(backend) is AerSimulator
        or is_plain_fake_backend(backend)
        or _is_plain_generic_backend(backend)
    ):
        raise FastPathError("the backend is neither Aer's simulator nor a device that Aer runs")
    with _lock:
        copied_from = _originals.get(backend)
        backend = (copied_from and copied_from()) or backend
        number = id(backend)
        known = _simulators.get(number)
        if known is None or known[0]() is not backend:
            is_of_no_device = type(backend) is AerSimulator and aer.basis_of(backend) is None
            common = _of_aer if is_of_no_device else WithoutNoise()
            known = (weakref.ref(backend), Simulator(common))
            _simulators[number] = known
        _simulators.move_to_end(number)
        for other in [key for key, (ref, _) in _simulators.items() if ref() is None]:
            del _simulators[other]
        while len(_simulators) > MOST_BACKENDS:
            _simulators.popitem(last=False)
    return known[1]


def simulator_options(
    simulator: Simulator, backend: BackendV2, run_options: Mapping[str, Any]
) -> Setting:
    """As ``backend.run(circuits, **run_options)`` takes them.

    Raises:
        FastPathError: If an option asks for something that is not done here.
    """
    own = options_of(backend)
    options = {**own, **{name: value for name, value in run_options.items() if value is not None}}
    options = known_options(options)
    is_aer = isinstance(backend, AerSimulator)
    most = aer.setting_of(backend, "max_experiments") if is_aer else backend.max_circuits
    if most is not None:
        raise FastPathError("the backend splits jobs")
    basis = aer.basis_of(backend) if is_aer else None
    return Setting(options, simulator.noise_of_primitives(backend, own, run_options), basis)
