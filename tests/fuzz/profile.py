"""What a circuit may have in it, and what of it is needed by what uses it: `Profile`, `Circuit`."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.fuzz import channels


@dataclass(frozen=True)
class Profile:
    """What a circuit may have in it.

    Attributes:
        method: The method of Aer whose gates it uses.
        most_qubits: So many at most.
        is_basic: Whether it is made of the method's own gates only.
        is_dynamic: Whether it has control flow.
        has_whiles: Whether loops without a number of turns are in it.
        has_boxes: Whether boxes are in it.
        has_stores: Whether it writes classical bits by expressions.
        has_variables: Whether it has classical variables.
        has_channels: Whether it has channels, initializations and resets.
        channels: The kinds of channels that it may have.
        has_wide: Whether it has gates of the library, matrices among them.
        has_custom: Whether it has instructions of its own, of misleading names.
        has_saves: Whether it has Aer's save instructions.
        has_labels: Whether gates have labels.
        has_delays: Whether qubits wait.
        has_odd_registers: Whether registers overlap, bits are in none, and the like.
        is_measured: Whether it ends in measurements.
        is_measured_within: Whether there are measurements before the end.
        parameters: How many parameters it has.
        steps: So many instructions at most.
    """

    method: str = "automatic"
    most_qubits: int = 4
    is_basic: bool = True
    is_dynamic: bool = False
    has_whiles: bool = True
    has_boxes: bool = True
    has_stores: bool = False
    has_variables: bool = False
    has_channels: bool = False
    channels: tuple[str, ...] = channels.CHANNELS
    has_wide: bool = False
    has_custom: bool = False
    has_saves: bool = False
    has_labels: bool = False
    has_delays: bool = False
    has_odd_registers: bool = False
    is_measured: bool = True
    is_measured_within: bool = False
    parameters: int = 0
    steps: int = 9

    @property
    def tags(self) -> set[str]:
        """What is remarkable about it."""
        named = {
            "control flow": self.is_dynamic,
            "stores": self.has_stores,
            "variables": self.has_variables,
            "channels": self.has_channels,
            "library gates": self.has_wide,
            "custom gates": self.has_custom,
            "saves": self.has_saves,
            "labels": self.has_labels,
            "delays": self.has_delays,
            "odd registers": self.has_odd_registers,
            "measured within": self.is_measured_within,
            "parameters": bool(self.parameters),
        }
        return {name for name, has in named.items() if has}


@dataclass
class Circuit:
    """A circuit that has been written.

    Attributes:
        name: The variable that holds it.
        qubits: How many it has.
        clbits: How many it has.
        parameters: Their names, in alphabetical order.
        labels: Labels that its gates have.
    """

    name: str
    qubits: int = 0
    clbits: int = 0
    registers: dict[str, int] = field(default_factory=dict)
    parameters: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
