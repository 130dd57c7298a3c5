"""The inside of Aer's noise models: their content at one moment, and their passes."""

# ruff: noqa: SLF001 - this is the place for them

from __future__ import annotations

import operator
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from qiskit.circuit import Delay
from qiskit_aer.noise.passes import RelaxationNoisePass

from qsession.simulator.errors import FastPathError

if TYPE_CHECKING:
    from qiskit_aer.noise import (
        NoiseModel,
        PauliError,
        PauliLindbladError,
        QuantumError,
        ReadoutError,
    )

    AnyError: TypeAlias = QuantumError | PauliError | PauliLindbladError


@dataclass(frozen=True)
class ModelContent:
    """The content of a noise model at one moment; later changes of the model do not reach it."""

    quantum: Mapping[str, Mapping[tuple[int, ...], AnyError]]
    everywhere: Mapping[str, AnyError]
    readout: Mapping[tuple[int, ...], ReadoutError]
    readout_everywhere: ReadoutError | None
    passes: tuple[Any, ...]

    def errors(self) -> Iterator[AnyError]:
        """All errors of instructions."""
        yield from self.everywhere.values()
        for own in self.quantum.values():
            yield from own.values()

    def is_same(self, other: ModelContent) -> bool:
        """Return True if both have the same error objects in the same places."""
        return (
            self.quantum.keys() == other.quantum.keys()
            and all(_are_same(own, other.quantum[name]) for name, own in self.quantum.items())
            and _are_same(self.everywhere, other.everywhere)
            and _are_same(self.readout, other.readout)
            and self.readout_everywhere is other.readout_everywhere
            and len(self.passes) == len(other.passes)
            and all(map(operator.is_, self.passes, other.passes))
        )


def errors_everywhere(model: NoiseModel) -> Mapping[str, AnyError]:
    """The errors of a noise model that are for all qubits, by the names of instructions."""
    return getattr(model, "_default_quantum_errors", {})


def content_of(model: NoiseModel) -> ModelContent:
    """Look into a noise model.

    Raises:
        FastPathError: If this release of Aer keeps its errors elsewhere.
    """
    try:
        return ModelContent(
            {name: dict(own) for name, own in model._local_quantum_errors.items()},
            dict(model._default_quantum_errors),
            dict(model._local_readout_errors),
            model._default_readout_error,
            tuple(model._custom_noise_passes),
        )
    except AttributeError as error:  # pragma: no cover - another release of Aer
        raise FastPathError("this release of Aer has another noise model") from error


def _are_same(one: Mapping[Any, object], other: Mapping[Any, object]) -> bool:
    # By identity: errors that are equal as channels may be made of other operations.
    return one.keys() == other.keys() and all(other[key] is value for key, value in one.items())


def waiting_pass(noise_pass: object) -> Any:
    """A pass that adds relaxation to delays, of one's own, as this one of a noise model does.

    Raises:
        FastPathError: If it does anything else.
    """
    if not _is_of_delays(noise_pass):
        raise FastPathError("the noise model has a pass of its own")
    return RelaxationNoisePass(
        t1s=noise_pass._t1s.copy(),
        t2s=noise_pass._t2s.copy(),
        dt=noise_pass._dt,
        op_types=Delay,
        excited_state_populations=noise_pass._p1s.copy(),
        target=noise_pass._target,
    )


def pass_key(noise_pass: object) -> Hashable:
    """Equal for passes that do the same; a pass that is not known is itself."""
    if not _is_of_delays(noise_pass):
        return noise_pass
    times = (noise_pass._t1s, noise_pass._t2s, noise_pass._p1s)
    # Of delays, a target says nothing; that there is one says how units are read.
    return (*(each.tobytes() for each in times), noise_pass._dt, noise_pass._target is None)


def _is_of_delays(noise_pass: Any) -> TypeGuard[Any]:
    try:
        return (
            type(noise_pass) is RelaxationNoisePass
            and noise_pass._ops == (Delay,)
            and noise_pass._method == "append"
        )
    except AttributeError:  # pragma: no cover - another release of Aer
        return False
