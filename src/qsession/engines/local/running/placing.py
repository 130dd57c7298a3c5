"""The rule where a unit of work runs: `Placing`."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from qsession.engines.local.running.sizing import WorkSize

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.engines.local.work import Work

SURELY_SHORT_S = 0.05
"""Up to here work runs in the kernel, which stands still for as long: Aer holds the interpreter's
lock while it simulates. A third of what people notice."""

PROBABLY_SHORT_S = 0.5
"""Up to here work runs in the kernel while no worker is ready: to start one takes longer."""

MOST_REMEMBERED = 1000
"""Sizes whose time is remembered; those met longest ago are forgotten."""

_ENOUGH_MEASUREMENTS = 2

_SIMULATORS = {
    "AerBackend": "qiskit_aer",
    "BasicSimulator": "qiskit",
    "FakeBackendV2": "qiskit_ibm_runtime",
    "GenericBackendV2": "qiskit",
}
"""Classes whose ``run`` computes, and the package of each. What another provider's backend does is
not known: it may wait for a distant QPU, and must not be stopped by killing a process."""


def is_simulator(backend: BackendV2) -> bool:
    """Whether a backend is known to compute what it gives, here and with what pickles."""
    return any(
        _SIMULATORS.get(base.__name__) == base.__module__.partition(".")[0]
        for base in type(backend).__mro__
    )


class Placing:
    """Decides between the kernel and the worker process.

    A unit runs in the kernel if it is surely short: if its size's time is known to be at most
    `SURELY_SHORT_S`. Before it was measured twice, that is the smaller one of the measurement and
    the estimate of `WorkSize.estimate_s`; after that, the smaller one of the last two
    measurements. The first of a kind may have loaded, built and compiled things besides.
    Up to `PROBABLY_SHORT_S` it runs there, too, as long as it would have to wait for a worker to
    start. Everything else runs in the worker.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._measured_s: OrderedDict[WorkSize, tuple[float, ...]] = OrderedDict()

    def size(self, work: Work) -> WorkSize | None:
        """What the other methods want to know of a unit; None if it is too large to look at."""
        return WorkSize.of(work)

    def is_surely_short(self, size: WorkSize | None) -> bool:
        """Whether a unit of this size may run in the kernel at any time."""
        return self._expected_s(size) <= SURELY_SHORT_S

    def is_probably_short(self, size: WorkSize | None) -> bool:
        """Whether a unit of this size may run in the kernel while no worker is ready."""
        return self._expected_s(size) <= PROBABLY_SHORT_S

    def _expected_s(self, size: WorkSize | None) -> float:
        if size is None:
            return math.inf
        with self._lock:
            known_s = self._measured_s.get(size, ())
        if len(known_s) < _ENOUGH_MEASUREMENTS:
            known_s = (*known_s, size.estimate_s())
        return min(known_s)

    def remember(self, size: WorkSize | None, seconds: float) -> None:
        """Take in how long a unit of this size took."""
        if size is None:
            return
        with self._lock:
            before_s = self._measured_s.get(size, ())
            self._measured_s[size] = (*before_s, seconds)[-_ENOUGH_MEASUREMENTS:]
            self._measured_s.move_to_end(size)
            if len(self._measured_s) > MOST_REMEMBERED:
                self._measured_s.popitem(last=False)
