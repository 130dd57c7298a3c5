"""Aer's simulator with a target that is made once: `with_kept_target`.

IBM's primitives ask for the target with each job, if only to see whether there is one, and Qiskit
more than a hundred times to make a pass manager. That of an `AerSimulator` is put together anew
each time, out of a hundred instructions: 0.5 ms, more than all that a session does to take in a
job.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiskit_aer import AerSimulator

from qsession.simulator import aer_private as aer
from qsession.simulator.lru import Bounded

if TYPE_CHECKING:
    from qiskit.providers import BackendV2
    from qiskit.transpiler import Target


def with_kept_target(backend: BackendV2) -> BackendV2:
    """A backend that is equal to this one and always as it is, for whoever asks for its target.

    All but Aer's simulator keep their targets themselves: they are returned as they are.
    """
    return _WithKeptTarget(backend) if type(backend) is AerSimulator else backend


def _same(backend: BackendV2) -> BackendV2:
    return backend


_MOST_TARGETS = 16
"""The largest number of kept targets; the least recently used goes first."""


@dataclass(frozen=True)
class _Made:
    """A target, what it was made for, and its content then: whoever has it may change it."""

    configuration: Mapping[str, object]
    target: Target
    content: tuple[object, ...]

    def is_for(self, configuration: Mapping[str, object]) -> bool:
        """Return True if a simulator with this configuration would make the same one now."""
        return self.content == _content(self.target) and self.configuration == configuration


_kept: Bounded[Hashable, _Made] = Bounded(_MOST_TARGETS)
"""By method and gates, for all simulators: programs make a new one for each session."""


def _target_for(simulator: AerSimulator, make: Callable[[], Target]) -> Target:
    made_for = aer.gates_of(simulator)
    if made_for is None:
        return make()
    configuration = aer.configuration_of(simulator)
    known = _kept.get(made_for)
    if known is None or not known.is_for(configuration):
        target = make()
        known = _Made(configuration, target, _content(target))
        _kept.put(made_for, known)
    return known.target


_SET_FREELY = (
    *("num_qubits", "dt", "granularity", "min_length", "pulse_alignment", "acquire_alignment"),
    *("qubit_properties", "concurrent_measurements"),
)
"""All that can be set on a target; its instructions, for any qubits, can only become more."""


def _content(target: Target) -> tuple[object, ...]:
    return len(target.operation_names), *(getattr(target, name, None) for name in _SET_FREELY)


class _WithKeptTarget(AerSimulator):
    """Has the attributes of another simulator: the same ones, not copies."""

    __slots__ = ("wrapped_backend",)

    def __init__(self, wrapped: AerSimulator) -> None:  # no call of the base: nothing is set here
        self.wrapped_backend = wrapped
        self.__dict__ = wrapped.__dict__  # type: ignore[misc]  # there is one: the base has no slots

    @property
    def target(self) -> Target:
        """The simulator's target; the kept one of all that have the same gates."""
        return _target_for(self, lambda: super(_WithKeptTarget, self).target)

    def __eq__(self, other: object) -> bool:
        own = self.wrapped_backend
        return own is getattr(other, "wrapped_backend", other)

    def __hash__(self) -> int:
        return hash(self.wrapped_backend)

    def __repr__(self) -> str:
        return repr(self.wrapped_backend)

    def __reduce__(self) -> Any:
        """Copies and pickles are those of the simulator itself."""
        return _same, (self.wrapped_backend,)
