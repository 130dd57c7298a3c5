"""The rule where a unit of work runs: `Placing`."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from qsession.engines.local.workers.calibration import costs_here
from qsession.engines.local.workers.cost_estimate import WorkSize
from qsession.engines.local.workers.costs import Costs

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

    from qsession.engines.local.work import Work

SURELY_SHORT_S = 0.05
"""Up to here work runs in the kernel, which stands still for as long: Aer holds the interpreter's
lock while it simulates. A third of what people notice."""

PROBABLY_SHORT_S = 0.5
"""Up to here work runs in the kernel while no worker is ready: to start one takes longer."""

PROBABLY_SHORT_IN_SCRIPT_S = 3.0
"""The same in a script, where nobody clicks: to start a worker is still a good part of that."""

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
    """Return True if the backend is a known simulator that runs here and pickles whole."""
    return any(
        _SIMULATORS.get(base.__name__) == base.__module__.partition(".")[0]
        for base in type(backend).__mro__
    )


DOUBT = 3.0
"""The factor by which a machine may well be slower or faster than usual. An estimate this near to a
limit is made again with what steps cost here; to try that takes some milliseconds."""


class Placing:
    """Decides between the kernel and the worker process, for the units of one backend.

    A unit runs in the kernel if it is surely short: if its size's time is known to be at most
    `SURELY_SHORT_S`. Before it was measured twice, that is the smaller one of the measurement and
    the estimate of `WorkSize.estimate_s`; after that, the smaller one of the last two
    measurements. The first of a kind may have loaded, built and compiled things besides.
    Up to `PROBABLY_SHORT_S`, in a script `PROBABLY_SHORT_IN_SCRIPT_S`, it runs there, too, as long
    as it would have to wait for a worker to start. Everything else runs in the worker.

    Args:
        costs: Tells what steps cost on this machine.
    """

    def __init__(self, costs: Callable[[], Costs] = costs_here) -> None:
        self._costs = costs
        self._lock = threading.Lock()
        self._measured_s: OrderedDict[WorkSize, tuple[float, ...]] = OrderedDict()

    def size(self, work: Work) -> WorkSize | None:
        """Return the size of a unit of work, for the other methods; None if it is unknown."""
        return WorkSize.of(work)

    def is_surely_short(self, size: WorkSize | None) -> bool:
        """Return True if a unit of this size may run in the kernel at any time."""
        return self._is_within(size, SURELY_SHORT_S)

    def is_probably_short(self, size: WorkSize | None, *, in_script: bool = False) -> bool:
        """Return True if a unit of this size may run in this process while no worker is ready.

        Args:
            size: The size.
            in_script: Whether nobody minds that this process stands still meanwhile.
        """
        return self._is_within(size, PROBABLY_SHORT_IN_SCRIPT_S if in_script else PROBABLY_SHORT_S)

    def _is_within(self, size: WorkSize | None, limit_s: float) -> bool:
        if size is None:
            return False
        with self._lock:
            known_s = self._measured_s.get(size, ())
            is_first = not self._measured_s
        if any(seconds <= limit_s for seconds in known_s):
            return True
        if len(known_s) == _ENOUGH_MEASUREMENTS:
            return False
        estimate_s = size.estimate_s(is_first=is_first)
        if limit_s / DOUBT < estimate_s < limit_s * DOUBT:
            estimate_s = size.estimate_s(self._costs(), is_first=is_first)
        return estimate_s <= limit_s

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
