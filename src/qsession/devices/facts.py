"""The known facts of a device: its qubits, couplings, gates and times. Pure, units in the names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from statistics import median

CERTAIN_ERROR = 1.0
"""The error that IBM reports of a gate or qubit that could not be calibrated."""


@dataclass(frozen=True, slots=True)
class Qubit:
    """A qubit of a device; what is not known of it is None.

    Attributes:
        index: Its number.
        t1_s: How long it stays excited: its relaxation time T1.
        t2_s: How long it keeps its phase: its dephasing time T2.
        readout_error: The probability that it is misread.
        gate_error: The largest error of its gates on one qubit.
        frequency_hz: Its frequency.
        readout_length_s: How long a measurement takes.
        prob_meas0_prep1: The probability of reading 0 where 1 was prepared.
        prob_meas1_prep0: The probability of reading 1 where 0 was prepared.
        is_usable: Whether it is in service: False if it is reported as faulty or is always misread.
    """

    index: int
    t1_s: float | None = None
    t2_s: float | None = None
    readout_error: float | None = None
    gate_error: float | None = None
    frequency_hz: float | None = None
    readout_length_s: float | None = None
    prob_meas0_prep1: float | None = None
    prob_meas1_prep0: float | None = None
    is_usable: bool = True


@dataclass(frozen=True, slots=True)
class TwoQubitGate:
    """A gate between two coupled qubits; what is not known of it is None.

    Attributes:
        name: Its name, such as ``"cz"``.
        qubits: What it acts on, in its own order: for a directed gate the control comes first.
        error: Its error.
        duration_s: How long it takes.
    """

    name: str
    qubits: tuple[int, int]
    error: float | None = None
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Coupling:
    """Two qubits that gates can act on together.

    Attributes:
        qubits: The two, the smaller number first.
        gates: The gates between them in both directions, that with the smallest error first.
        is_usable: Whether any of these gates is in service.
    """

    qubits: tuple[int, int]
    gates: tuple[TwoQubitGate, ...] = ()
    is_usable: bool = True

    @property
    def error(self) -> float | None:
        """The error of its best gate; None if it is not known of any."""
        return self.gates[0].error if self.gates else None


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """The state of a device when its service was asked.

    Attributes:
        is_operational: Whether it takes jobs.
        message: What the service says of it, such as ``"active"`` or ``"maintenance"``.
        pending_jobs: How many jobs wait for it, those of everybody.
        asked: When that was.
    """

    is_operational: bool
    message: str
    pending_jobs: int
    asked: datetime


@dataclass(frozen=True)
class DeviceFacts:
    """All that is known of a device; what is not known is None or empty.

    Attributes:
        name: The backend's name.
        qubits: Its qubits, by number.
        couplings: The pairs of qubits that have gates; empty where every pair may have them.
        is_remote: Whether a service has it, so that asking again may be news.
        is_all_to_all: Whether gates may act on any qubits, as on a plain simulator.
        positions: Where each qubit is drawn: x to the right and y down, in steps of a lattice.
        basis_gates: The names of its gates.
        processor: Its processor, such as ``"Heron r2"``.
        version: The backend's version.
        dt_s: The step of its clock.
        rep_delay_range_s: The shortest and the longest delay between shots.
        default_rep_delay_s: The delay between shots unless a job sets one.
        max_shots: The largest number of shots of a job.
        calibrated: When its properties were last updated.
        status: How it was doing when it was asked; None for what is never out of service.
        problem: Why not all could be read, in words.
        marked_qubits: The qubits of a circuit, to be shown.
        marked_couplings: The couplings that this circuit uses.
    """

    name: str
    qubits: tuple[Qubit, ...] = ()
    couplings: tuple[Coupling, ...] = ()
    is_remote: bool = False
    is_all_to_all: bool = False
    positions: tuple[tuple[float, float], ...] = ()
    basis_gates: tuple[str, ...] = ()
    processor: str | None = None
    version: str | None = None
    dt_s: float | None = None
    rep_delay_range_s: tuple[float, float] | None = None
    default_rep_delay_s: float | None = None
    max_shots: int | None = None
    calibrated: datetime | None = None
    status: DeviceStatus | None = None
    problem: str | None = None
    marked_qubits: frozenset[int] = frozenset()
    marked_couplings: frozenset[tuple[int, int]] = frozenset()

    @property
    def num_qubits(self) -> int:
        """The number of its qubits."""
        return len(self.qubits)

    @cached_property
    def median_two_qubit_error(self) -> float | None:
        """The median over the couplings in service, each with its best gate."""
        return _median(each.error for each in self.couplings if each.is_usable)

    @cached_property
    def median_readout_error(self) -> float | None:
        """The median over the qubits in service."""
        return _median(each.readout_error for each in self._usable)

    @cached_property
    def median_gate_error(self) -> float | None:
        """The median error of gates on one qubit, over the qubits in service."""
        return _median(each.gate_error for each in self._usable)

    @cached_property
    def median_t1_s(self) -> float | None:
        """The median T1 over the qubits in service."""
        return _median(each.t1_s for each in self._usable)

    @cached_property
    def median_t2_s(self) -> float | None:
        """The median T2 over the qubits in service."""
        return _median(each.t2_s for each in self._usable)

    @property
    def has_properties(self) -> bool:
        """True if anything is known of how well its qubits and gates do."""
        medians = (self.median_readout_error, self.median_t1_s, self.median_t2_s)
        errors = (self.median_two_qubit_error, self.median_gate_error)
        return any(value is not None for value in (*medians, *errors))

    @property
    def two_qubit_gates(self) -> tuple[str, ...]:
        """The names of the gates between coupled qubits."""
        return tuple(sorted({gate.name for each in self.couplings for gate in each.gates}))

    @property
    def _usable(self) -> list[Qubit]:
        return [qubit for qubit in self.qubits if qubit.is_usable]


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
