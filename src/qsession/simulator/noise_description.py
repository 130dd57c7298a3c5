"""The noise beside a circuit, in Aer's words: `describe`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from qsession.simulator import noise_errors

if TYPE_CHECKING:
    from qsession.simulator.aer_noise_models import AnyError
    from qsession.simulator.noise import Noise, Use

_NOT_IN_USE = "of the rest of the device"
_NO_QUBIT = 2**20
_HALF = [[0.5, 0.5], [0.5, 0.5]]


def describe(
    noise: Noise | None,
    uses: Iterable[Use],
    measured: Iterable[int],
    channels: Iterable[AnyError],
    numbers: Mapping[int, int] | None = None,
) -> dict[str, Any]:
    """Return the description of a noise, as Aer takes it, for one circuit.

    That is the errors that the circuit meets, and that there are others, made of these operations:
    Aer chooses by it how to simulate.

    Args:
        noise: All of it; None for nothing beside the channels.
        uses: The instructions of the circuit on their qubits.
        measured: The qubits that are measured.
        channels: Errors that stand in the circuit themselves.
        numbers: The new numbers of qubits, if they got others.
    """
    found = _Description(noise, numbers)
    if noise is not None:
        for name in dict.fromkeys(name for name, _ in uses):
            found.add(noise.error_everywhere(name), name)
        for use in uses:
            found.add(noise.error(use), *use)
    for error in channels:
        # One that does nothing counts for nothing, as in a model.
        if not error.ideal():
            found.add(error, error.id)
    if noise is not None:
        found.add_rest(noise)
        readouts = {qubit: noise.readout(qubit) for qubit in measured}
        for qubit, probabilities in readouts.items():
            if probabilities is not None:
                found.add_misreading(probabilities.tolist(), qubit)
        if all(each is None for each in readouts.values()) and noise.has_misreadings:
            found.add_other_misreadings()
    return {"errors": found.entries} if found.entries else {}


class _Description:
    """A description of a noise in the making."""

    def __init__(self, noise: Noise | None, numbers: Mapping[int, int] | None) -> None:
        self.entries: list[dict[str, Any]] = []
        self._noise = noise
        self._numbers = numbers
        self._operations: set[str] = set()

    def add(self, error: AnyError | None, name: str, qubits: tuple[int, ...] | None = None) -> None:
        """Say that an error follows an instruction."""
        if error is None:
            return
        entry = (
            self._noise.description(error) if self._noise else noise_errors.description_of(error)
        )
        self._operations |= _operations_in(entry)
        where = {} if qubits is None else {"gate_qubits": [self._new(qubits)]}
        self.entries.append({**entry, "operations": [name], **where})

    def add_rest(self, noise: Noise) -> None:
        """Say that there are other errors, which do what those so far do not.

        The error that stands for them is one that no instruction has.
        """
        rest = [
            [operation]
            for name, operation in noise.operations.items()
            if name not in self._operations
        ]
        if not rest and noise.has_errors and not self.entries:
            rest = [[{"name": "id", "qubits": [0]}]]  # they do nothing that is known by name
        if rest:
            self.entries.append(
                {
                    "type": "qerror",
                    "id": _NOT_IN_USE,
                    "operations": [_NOT_IN_USE],
                    "instructions": rest,
                    "probabilities": [1 / len(rest)] * len(rest),
                }
            )

    def add_misreading(self, probabilities: list[list[float]], qubit: int) -> None:
        """Say how a measured qubit is misread."""
        self.entries.append(
            {
                "type": "roerror",
                "operations": ["measure"],
                "probabilities": probabilities,
                "gate_qubits": [self._new((qubit,))],
            }
        )

    def add_other_misreadings(self) -> None:
        """Say that other qubits are misread: the one that stands for them is beyond all others."""
        self.entries.append(
            {
                "type": "roerror",
                "operations": ["measure"],
                "probabilities": _HALF,
                "gate_qubits": [[_NO_QUBIT]],
            }
        )

    def _new(self, qubits: tuple[int, ...]) -> list[int]:
        return [qubit if self._numbers is None else self._numbers[qubit] for qubit in qubits]


def _operations_in(entry: Mapping[str, Any]) -> set[str]:
    """The operations by name that Aer finds in an error."""
    rates = entry["rates"] if "rates" in entry else entry["probabilities"]
    return {
        operation["name"]
        for operations, rate in zip(entry["instructions"], rates, strict=True)
        if rate > noise_errors.LEAST_PROBABILITY
        for operation in operations
    }
