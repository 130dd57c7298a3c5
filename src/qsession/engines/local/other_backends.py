"""Backends of other providers, as a session's jobs use them.

What such a backend keeps, a connection or a count, is not known here, so it is neither copied nor
pickled to be run elsewhere. What Qiskit's primitives take for granted, and some of them lack, is
made up for: DDSIM fails on a seed that is None, and gives counts where shots were asked for, which
Qiskit's sampler would read as zeros.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qiskit.providers import BackendV2, Options

from qsession.errors import JobFailedError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


class WithOptionsOfThen(BackendV2):
    """A backend with the options that it had when this was made.

    Options that are given to ``run`` take the place of the backend's, so those that have become
    others since are given.
    """

    def __init__(self, wrapped: BackendV2) -> None:
        super().__init__(
            provider=wrapped.provider, name=wrapped.name, backend_version=wrapped.backend_version
        )
        self._wrapped = wrapped
        self._options = copy.copy(wrapped.options)

    @property
    def target(self) -> Any:
        """The wrapped backend's."""
        return self._wrapped.target

    @property
    def max_circuits(self) -> Any:
        """The wrapped backend's."""
        return self._wrapped.max_circuits

    @classmethod
    def _default_options(cls) -> Options:
        return Options()

    def run(self, run_input: Any, **options: Any) -> Any:
        """Run on the wrapped backend, with what its options were."""
        return self._wrapped.run(run_input, **{**self._changed_since(), **options})

    def _changed_since(self) -> dict[str, Any]:
        then, now = _fields(self._options), _fields(self._wrapped.options)
        return {name: value for name, value in then.items() if not are_same(value, now.get(name))}

    def __getattr__(self, name: str) -> Any:
        """Everything else is the wrapped backend's."""
        if name == "_wrapped":  # asked for before it is set, when unpickled
            raise AttributeError(name)
        return getattr(self._wrapped, name)


class ForPrimitives(WithOptionsOfThen):
    """A backend whose ``run`` gives what Qiskit's primitives for backends read."""

    def run(self, run_input: Any, **options: Any) -> Any:
        """Run on the wrapped backend; a seed of None asks for nothing."""
        if options.get("seed_simulator", 0) is None:
            del options["seed_simulator"]
        job = super().run(run_input, **options)
        return _WithShots(job, run_input, options) if options.get("memory") else job


class _WithShots:
    """A job whose result has the shots that were asked for."""

    def __init__(self, job: Any, circuits: Sequence[QuantumCircuit], options: Any) -> None:
        self._job = job
        self._circuits = circuits
        self._options = options

    def result(self) -> Any:
        """The job's result, with memory."""
        result = self._job.result()
        random_order = random.Random(self._options.get("seed_simulator"))  # noqa: S311 - no secret
        if self._options.get("meas_level") in (None, _CLASSIFIED):
            for each, circuit in zip(result.results, self._circuits, strict=True):
                if not _has_shots(each.data):
                    each.data.memory = _shots_of(each.data, circuit, random_order)
        return result


_CLASSIFIED = 2


def _has_shots(data: Any) -> bool:
    memory: Any = getattr(data, "memory", None)
    return bool(memory) and str(memory[0]).startswith("0x")


def _shots_of(data: Any, circuit: QuantumCircuit, order: random.Random) -> list[str]:
    """The shots that counts stand for, in an order of chance: each is as likely.

    Raises:
        JobFailedError: If there are none, though the circuit measures.
    """
    counts = getattr(data, "counts", None)
    if not counts:
        if "measure" in circuit.count_ops():
            raise JobFailedError(
                f"The backend gives neither shots nor counts for circuit {circuit.name!r}, so "
                "there is nothing to sample. session.run_circuits(...) gives its own result."
            )
        return []
    shots = [shot for outcome, count in counts.items() for shot in [_in_hex(outcome)] * count]
    order.shuffle(shots)
    return shots


def _in_hex(outcome: str) -> str:
    return outcome if outcome.startswith("0x") else hex(int(outcome.replace(" ", ""), 2))


def are_same(before: object, now: object) -> bool:
    """Return True if a value was neither replaced nor changed, as far as can be told."""
    plain = (bool, int, float, str, type(None))
    return before is now or (isinstance(before, plain) and bool(before == now))


def _fields(options: Any) -> Mapping[str, Any]:
    return dict(options.items()) if isinstance(options, Options) else {}
