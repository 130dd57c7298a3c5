"""Devices that make themselves a simulator by their first run: `device_to_run`, `made_simulator`.

Qiskit puts the simulator in its place first, and gives it the noise when that is made, which takes
up to seconds. Another thread that finds it there meanwhile simulates without noise. So jobs leave
the devices of users, and the copies that they share, as they are.
"""

# ruff: noqa: SLF001 - the attributes in which Qiskit's own devices keep simulator and options

from __future__ import annotations

import copy
import weakref
from typing import TYPE_CHECKING, Any

from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

from qsession.compat.ibm_simulation import is_plain_fake_backend
from qsession.forks import ForkSafeLock
from qsession.simulator import aer_private as aer

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

_lock = ForkSafeLock()
_that_run: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()


def device_to_run(backend: BackendV2) -> BackendV2:
    """Return a device whose simulator is complete, in place of one that may have none yet.

    The same one each time, as long as the backend lives. Any other backend is returned as it is.
    """
    device: Any = backend
    if not (is_plain_fake_backend(device) or type(device) is GenericBackendV2):
        return backend
    with _lock:
        known = _that_run.get(device)
    if known is None:
        # Two threads may both make one; the first that is complete is taken.
        made = _with_simulator(device)
        with _lock:
            known = _that_run.setdefault(device, made)
    running: BackendV2 = known
    return running


def made_simulator(device: Any) -> Any:
    """The simulator of a device; None if it has none, or another thread is making it."""
    simulator, options = getattr(device, attribute_of_simulator(device)), device._options
    of_simulator = getattr(simulator, "_options", None)
    # Each run, the first one included, gives it the options of the device, noise and all.
    noise = getattr(of_simulator, "noise_model", None)
    is_complete = of_simulator is options or (
        noise is not None and noise is getattr(options, "noise_model", None)
    )
    return simulator if is_complete else None


def attribute_of_simulator(device: Any) -> str:
    """The name of the attribute in which a device keeps its simulator."""
    return "_sim" if isinstance(device, GenericBackendV2) else "sim"


def _with_simulator(device: Any) -> Any:
    copied, name = copy.copy(device), attribute_of_simulator(device)
    copied._options = copy.copy(device._options)
    simulator = getattr(device, name)
    if simulator is None:
        copied._setup_sim()
    elif type(simulator) is AerSimulator:  # a run changes its options
        setattr(copied, name, aer.with_own_options(simulator))
    return copied
