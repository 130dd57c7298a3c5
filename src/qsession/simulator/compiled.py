"""Circuits in the forms that Aer runs: `Form`, and `Compiled`, which makes them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qiskit.transpiler import PassManager

from qsession.simulator import aer_private as aer
from qsession.simulator.aer_sampling import Methods

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qiskit import QuantumCircuit
    from qiskit.circuit import CircuitInstruction

    from qsession.simulator.aer_noise_models import AnyError
    from qsession.simulator.branch_program import Program
    from qsession.simulator.drawing import Drawing
    from qsession.simulator.lru import Bounded
    from qsession.simulator.noise import Noise, Use


@dataclass
class Form:
    """A circuit as Aer runs it.

    Attributes:
        circuit: Aer's own.
        places: Where angles go, operation and parameter, and which: those of what was left out
            go nowhere.
        noise: The description of the noise that is not in the circuit.
        method: How it must be simulated; None leaves it to Aer.
        is_light: Whether more threads than one would cost more than they save.
        drawing: If shots are drawn here, from the distribution that it gives: what outcomes mean.
        known: If so, the probabilities that were computed so far, by the angles in their places.
    """

    circuit: Any
    places: list[tuple[tuple[int, int], int]]
    noise: Mapping[str, Any] = field(default_factory=dict)
    method: str | None = None
    is_light: bool = False
    drawing: Drawing | None = None
    known: Bounded[tuple[float, ...], NDArray[np.float64]] | None = None


class Compiled(ABC):
    """A circuit of one backend, or of all that share it, made into Aer's when a form is asked for.

    Forms are made and run by one owner, the runner of these backends, under its lock.
    """

    uses: tuple[Use, ...]
    """The instructions that noise may follow, on the backend's qubits."""

    weight: int
    """Bytes, as measured."""

    def __init__(self, noise: Noise | None, basis: Any) -> None:
        self._noise = noise
        self._basis = basis
        self.methods = Methods()

    @property
    @abstractmethod
    def qubits(self) -> int:
        """The number of qubits that Aer has to know."""

    def global_phase(self, circuit: QuantumCircuit) -> float:
        """Return the global phase that Aer tells of the circuit that was compiled."""
        return float(circuit.global_phase)

    @abstractmethod
    def described(self) -> Form:
        """The form that Aer makes: errors in a description beside the circuit."""

    def superoperators(self) -> Form | None:
        """The form in which Aer's density matrix runs fastest: errors and misreadings in it.

        None if not all can be put into it.
        """
        return None

    @property
    def has_distribution(self) -> bool:
        """True if there is a `distribution`, which need not be made for that."""
        return False

    def distribution(self) -> Form | None:
        """The form that gives the exact distribution of its shots; None if that is not simple."""
        return None

    def told(self) -> Form | None:
        """The circuit as it is with its `distribution` besides; None if that is not simple."""
        return None

    def program(self, angles: Sequence[float]) -> Program | None:  # noqa: ARG002 - not all have one
        """The steps of a shot, for a circuit without noise that Aer simulates shot by shot.

        None if Aer does not, or if it is not known how it does.
        """
        return None

    def forget_forms(self) -> None:  # noqa: B027 - not all keep some
        """Make the forms anew the next time."""

    def _with_waiting(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """With the errors of delays, as instructions."""
        if self._noise is not None and aer.has_delay(circuit):
            waiting = self._noise.waiting()
            if waiting:
                return PassManager(list(waiting)).run(circuit)
        return circuit


def channels_in(instructions: Iterable[CircuitInstruction]) -> list[AnyError]:
    """The errors that stand in a circuit themselves."""
    found = (
        aer.channel_of(each.operation) for each in instructions if each.name == "quantum_channel"
    )
    return [error for error in found if error is not None]


def with_locations(circuit: QuantumCircuit) -> QuantumCircuit:
    """With a mark in place of each error that is an instruction, as Aer does it."""
    marked = circuit.copy_empty_like()
    for each in circuit.data:
        error = aer.channel_of(each.operation) if each.name == "quantum_channel" else None
        if error is None:
            marked.append(each)
        else:
            marked.append(aer.error_location(error), each.qubits)
    return marked
