"""The instructions that are known to be treated exactly; all others are Qiskit's to compute.

An instruction counts by its exact class, not by its name: Aer goes by names, so a gate of
somebody's own that is called "x" or "measure" is another instruction there than it seems to be.
What is not listed here, future instructions of Qiskit's included, is a `FastPathError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qiskit.circuit import (
    Barrier,
    BreakLoopOp,
    ContinueLoopOp,
    Delay,
    ForLoopOp,
    IfElseOp,
    Instruction,
    Measure,
    Reset,
    Store,
    SwitchCaseOp,
    WhileLoopOp,
)
from qiskit.circuit.library import (
    C4XGate,
    DiagonalGate,
    Initialize,
    MCPhaseGate,
    MCXGate,
    MCXGrayCode,
    PauliGate,
    UnitaryGate,
)

from qsession.simulator.errors import FastPathError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import CircuitInstruction

    from qsession.simulator.noise import Noise

GATES: Mapping[str, int] = {
    **dict.fromkeys(("h", "id", "s", "sdg", "sx", "sxdg", "t", "tdg", "x", "y", "z"), 0),
    **dict.fromkeys(("ccx", "ccz", "cswap", "csx", "cx", "cy", "cz", "ecr", "mcx", "swap"), 0),
    **dict.fromkeys(("p", "rx", "ry", "rz", "u1"), 1),
    **dict.fromkeys(("cp", "crx", "cry", "crz", "cu1", "rxx", "ryy", "rzx", "rzz"), 1),
    **dict.fromkeys(("r", "u2"), 2),
    **dict.fromkeys(("cu3", "u", "u3"), 3),
    "cu": 4,
}
"""Qiskit's standard gates that Aer takes by the same name, and how many angles each has."""

QUBITS: Mapping[str, int] = {
    **dict.fromkeys(("h", "id", "s", "sdg", "sx", "sxdg", "t", "tdg", "x", "y", "z"), 1),
    **dict.fromkeys(("p", "r", "rx", "ry", "rz", "u", "u1", "u2", "u3"), 1),
    **dict.fromkeys(("ccx", "ccz", "cswap"), 3),
    **dict.fromkeys(("csx", "cx", "cy", "cz", "ecr", "swap"), 2),
    **dict.fromkeys(("cp", "crx", "cry", "crz", "cu", "cu1", "cu3"), 2),
    **dict.fromkeys(("rxx", "ryy", "rzx", "rzz"), 2),
}
"""The number of qubits of each of those gates that is always on as many.

Qiskit would make each of its standard gates to tell it, which takes milliseconds.
"""

PLAIN: Mapping[type, str] = {
    Barrier: "barrier",
    Delay: "delay",
    Measure: "measure",
    Reset: "reset",
    UnitaryGate: "unitary",
}
"""Instructions, beside those gates, of circuits that are cut down and kept with open angles."""

_AS_AER_TAKES_THEM: Mapping[type, tuple[str, ...]] = {
    BreakLoopOp: ("break_loop",),
    ContinueLoopOp: ("continue_loop",),
    ForLoopOp: ("for_loop",),
    IfElseOp: ("if_else",),
    SwitchCaseOp: ("switch_case",),
    WhileLoopOp: ("while_loop",),
    Store: ("store",),
    C4XGate: ("mcx",),
    MCPhaseGate: ("mcphase",),
    MCXGate: ("mcx",),
    MCXGrayCode: ("mcx_gray",),
}
_WITHOUT_NOISE: Mapping[type, tuple[str, ...]] = {
    DiagonalGate: ("diagonal",),
    Initialize: ("initialize",),
    Instruction: ("kraus", "superop"),
    PauliGate: ("pauli",),
}
"""Noise that follows them is a question of its own: only where there is none."""

_KNOWN = {**{kind: (name,) for kind, name in PLAIN.items()}, **_AS_AER_TAKES_THEM, **_WITHOUT_NOISE}
_STORES = ("store", "aer_store")
"""A store's name, and that of what Aer makes of it beside control flow."""

_UNLABELLED = frozenset(PLAIN.values()) - {"delay", "unitary"} | {"store", "jump", "mark"}


def kind_of(operation: Any) -> type:
    """Return the class of an instruction, without that of its controls or conditions.

    Qiskit has operations that are no instructions and have no base class: annotated ones.
    """
    kind: type = getattr(operation, "base_class", type(operation))
    return kind


def is_plain(operation: Any) -> bool:
    """Return True if an instruction that is no standard gate is one of the plain ones."""
    return bool(PLAIN.get(kind_of(operation)) == operation.name)


def require_known(circuit: QuantumCircuit) -> None:
    """Check that all instructions of a circuit are known, inside control flow too.

    Raises:
        FastPathError: If one is not.
    """
    for instruction in circuit.data:
        if instruction.is_standard_gate():
            is_known = GATES.get(instruction.name) == len(instruction.params)
            blocks: tuple[QuantumCircuit, ...] = ()
        else:
            operation = instruction.operation
            is_known = operation.name in _KNOWN.get(kind_of(operation), ())
            blocks = getattr(operation, "blocks", ())
        if not is_known:
            raise FastPathError("an instruction is not one that is known to be treated exactly")
        for block in blocks:
            require_known(block)


def require_known_noise(circuit: QuantumCircuit, noise: Noise) -> None:
    """Check that it is known of all instructions which noise follows them.

    Args:
        circuit: One whose instructions are known, and whose control flow became jumps.
        noise: The noise of its backend.

    Raises:
        FastPathError: If it is not.
    """
    kinds = {kind_of(each.operation) for each in circuit.data if not each.is_standard_gate()}
    if not kinds.isdisjoint(_WITHOUT_NOISE):
        raise FastPathError("it is not known which noise follows an instruction")
    places = {qubit: number for number, qubit in enumerate(circuit.qubits)}
    for each in circuit.data:
        if each.name in _STORES:
            # Beside control flow Aer lets a store act on all qubits of the circuit.
            use = "store", tuple([places[qubit] for qubit in each.qubits])
            if noise.error_of(use) is not None:
                raise FastPathError("an error follows an instruction that is none of qubits")


def noise_name(instruction: CircuitInstruction) -> str:
    """The name by which Aer looks for the noise of an instruction.

    That is the label of what Aer has as a gate or as a matrix, if there is one.
    """
    name = str(instruction.name)
    if name in _UNLABELLED:
        return name
    return instruction.label or name
