"""The noise that follows instructions: `Noise`, and that of a noise model, `ModelNoise`.

A noise never changes: another content of a model, or of a device, is another noise. So what is
kept for one stays right, whoever uses it at the same time.
"""

# ruff: noqa: D102 - the base class says what its methods give

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qsession.simulator import aer_private as aer
from qsession.simulator import noise_errors, superoperators
from qsession.simulator.aer_noise_models import ModelContent, waiting_pass
from qsession.simulator.lru import Bounded

if TYPE_CHECKING:
    from qsession.simulator.aer_noise_models import AnyError

Use = tuple[str, tuple[int, ...]]
"""An instruction by name (or label), on these qubits."""

_CHANNELS = {"kraus", "pauli", "reset", "superop", "unitary"}

MOST_ERRORS = 4096
"""The largest number of kept errors per backend; the least recently used go first."""


class Noise(ABC):
    """The noise of one backend, as one path of upstream sees it. Immutable, equal by identity."""

    def __init__(self) -> None:
        self._superoperators: Bounded[Hashable, Any] = Bounded(MOST_ERRORS)
        self._descriptions: Bounded[Hashable, Mapping[str, Any]] = Bounded(MOST_ERRORS)

    @abstractmethod
    def error(self, use: Use) -> AnyError | None:
        """The error of an instruction on these very qubits."""

    @abstractmethod
    def error_everywhere(self, name: str) -> AnyError | None:
        """The error of an instruction on qubits that have none of their own."""

    @abstractmethod
    def readout(self, qubit: int) -> Any:
        """Return the matrix of a qubit's readout error, shape (2, 2); None if there is none."""

    @abstractmethod
    def waiting(self) -> tuple[Any, ...]:
        """The passes that add errors to delays, of the caller's own.

        Raises:
            FastPathError: If one is not known to do that alone.
        """

    @property
    @abstractmethod
    def has_errors(self) -> bool:
        """True if any instruction has an error, in use or not; readout errors aside."""

    @property
    @abstractmethod
    def has_misreadings(self) -> bool:
        """True if any measurement has a readout error, of a qubit in use or not."""

    @property
    @abstractmethod
    def operations(self) -> Mapping[str, noise_errors.Operation]:
        """The operations by name that its errors have between them, in use or not.

        Aer chooses how to simulate by the noise of the whole device.
        """

    @property
    def fits_density_matrix(self) -> bool:
        """True if Aer's density matrix method knows all the operations."""
        return self.operations.keys() <= aer.GATES | _CHANNELS

    def error_of(self, use: Use) -> AnyError | None:
        """Return the error after an instruction, local or for all qubits; None if there is none."""
        own = self.error(use)
        return self.error_everywhere(use[0]) if own is None else own

    def is_intact(self, uses: Iterable[Use]) -> bool:  # noqa: ARG002 - for those that can tell
        """Return True if the errors of these uses are unchanged: their arrays can be written to."""
        return True

    def superoperator(self, error: AnyError) -> Any:
        """An error as a matrix."""
        matrix = self._superoperators.get(error.id)
        if matrix is None:
            matrix = superoperators.superoperator(error)
            self._superoperators.put(error.id, matrix)
        return matrix

    def description(self, error: AnyError) -> Mapping[str, Any]:
        """An error as Aer reads it."""
        description = self._descriptions.get(error.id)
        if description is None:
            description = noise_errors.description_of(error)
            self._descriptions.put(error.id, description)
        return description


class ModelNoise(Noise):
    """The noise of a noise model that somebody made, as it was at one moment."""

    def __init__(self, content: ModelContent) -> None:
        super().__init__()
        self.content = content
        self._rates: dict[Use, Hashable] = {}

    def error(self, use: Use) -> AnyError | None:
        own = self.content.quantum.get(use[0])
        return None if own is None else own.get(use[1])

    def error_everywhere(self, name: str) -> AnyError | None:
        return self.content.everywhere.get(name)

    def readout(self, qubit: int) -> Any:
        error = self.content.readout.get((qubit,), self.content.readout_everywhere)
        return None if error is None else error.probabilities

    def waiting(self) -> tuple[Any, ...]:
        return tuple(map(waiting_pass, self.content.passes))

    @cached_property
    def has_errors(self) -> bool:
        return any(True for _ in self.content.errors())

    @cached_property
    def has_misreadings(self) -> bool:
        return bool(self.content.readout) or self.content.readout_everywhere is not None

    @cached_property
    def operations(self) -> Mapping[str, noise_errors.Operation]:
        return noise_errors.operations_of(self.content.errors())

    def is_intact(self, uses: Iterable[Use]) -> bool:
        return all(self._rates.setdefault(use, rates) == rates for use, rates in self._now(uses))

    def _now(self, uses: Iterable[Use]) -> Iterable[tuple[Use, Hashable]]:
        for use in uses:
            error = self.error_of(use)
            readout = self.readout(use[1][0]) if use[0] == "measure" else None
            if error is not None or readout is not None:
                rates = None if error is None else noise_errors.rates_of(error)
                yield use, (rates, None if readout is None else readout.tobytes())
