"""A device that shows itself: `Device`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from qsession.devices.facts import DeviceFacts
from qsession.devices.pictures import device_html, device_line, device_text
from qsession.devices.scales import MEASURES, Measure
from qsession.devices.use import HasInputs, used_in
from qsession.errors import InvalidInputError, shown
from qsession.printing import with_plain_marks
from qsession.render import html

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


@dataclass(frozen=True, repr=False)
class Device(DeviceFacts):
    """The known facts of a backend: its qubits, couplings, gates and times at one moment.

    It is read-only. ``print`` tells the facts; displayed in a notebook it is a map of its qubits
    by readout error and of its couplings by the error of their best gate, with all numbers in
    tables::

        device = session.device
        best = min(device.couplings, key=lambda coupling: coupling.error or 1)
        device.median_t1_s, device.qubits[0].readout_error
    """

    def __repr__(self) -> str:
        """One line."""
        return device_line(self)

    def __str__(self) -> str:
        """Some lines for a terminal."""
        return with_plain_marks(device_text(self))

    def to_html(self, *, by: Measure = "readout_error", page: bool = False) -> str:
        """The static picture.

        Args:
            by: What qubits are coloured by: ``"readout_error"``, ``"t1_s"``, ``"t2_s"`` or
                ``"gate_error"``.
            page: Whether it is to be a whole page, for a file of its own.

        Raises:
            InvalidInputError: If qubits cannot be coloured by that.
        """
        if by not in MEASURES:
            raise InvalidInputError(
                f"by={shown(by)} is nothing that qubits can be coloured by. Expected one of "
                f"{', '.join(map(repr, MEASURES))}."
            )
        picture = device_html(self, by)
        return html.page(picture, f"Device {self.name}") if page else picture

    def mark(self, work: QuantumCircuit | HasInputs | Iterable[int]) -> Self:
        """The same device with the qubits that something uses marked.

        Args:
            work: A circuit that was transpiled to it, a job, or the numbers of qubits.

        Raises:
            InvalidInputError: If it is none of these, or uses qubits that the device does not have.
        """
        use = used_in(work)
        unknown = sorted(use.qubits - set(range(self.num_qubits)))
        if unknown:
            raise InvalidInputError(
                f"{self.name} has {self.num_qubits} qubits, 0 to {self.num_qubits - 1}, and cannot "
                f"mark {shown(unknown)}. Expected a circuit that was transpiled to it, or numbers "
                "of its qubits."
            )
        return replace(self, marked_qubits=use.qubits, marked_couplings=use.couplings)

    def _repr_html_(self) -> str:
        return self.to_html()
