"""Aer's simulator with a target that is made once: `with_kept_target`.

IBM's primitives ask for the target with each job, if only to see whether there is one, and Qiskit
more than a hundred times to make a pass manager. That of an `AerSimulator` is put together anew
each time, out of a hundred instructions: 0.5 ms, more than all that a session does to take in a
job.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from qiskit_aer import AerSimulator

from qsession.simulator import aer_private as aer

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


_kept: weakref.WeakKeyDictionary[AerSimulator, tuple[object, Target]] = weakref.WeakKeyDictionary()
"""The target of each simulator, for all of its sessions, and the gates that it was made for."""


class _WithKeptTarget(AerSimulator):
    """Has the attributes of another simulator: the same ones, not copies."""

    __slots__ = ("wrapped_backend",)

    def __init__(self, wrapped: AerSimulator) -> None:  # no call of the base: nothing is set here
        self.wrapped_backend = wrapped
        self.__dict__ = wrapped.__dict__  # type: ignore[misc]  # there is one: the base has no slots

    @property
    def target(self) -> Target:
        """The simulator's target; the kept one, as long as it was given no other gates."""
        made_for = aer.gates_of(self)
        known = _kept.get(self.wrapped_backend)
        if known is None or made_for is None or made_for != known[0]:
            known = _kept[self.wrapped_backend] = made_for, super().target
        return known[1]

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
