"""Gates and save instructions as source: `gate`, `labelled`, `SAVES`."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fuzz.choices import Choices

METHODS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("h", "x", "y", "z", "s", "sdg", "t", "tdg", "sx", "sxdg", "id"), (0, 1)),
    **dict.fromkeys(("p", "rx", "ry", "rz"), (1, 1)),
    "r": (2, 1),
    "u": (3, 1),
    "rv": (3, 1),
    **dict.fromkeys(("cx", "cy", "cz", "ch", "cs", "csdg", "csx", "swap", "iswap"), (0, 2)),
    **dict.fromkeys(("dcx", "ecr"), (0, 2)),
    **dict.fromkeys(("cp", "crx", "cry", "crz", "rxx", "ryy", "rzz", "rzx"), (1, 2)),
    "cu": (4, 2),
    **dict.fromkeys(("ccx", "ccz", "cswap", "rccx"), (0, 3)),
    "rcccx": (0, 4),
}
"""Angles and qubits of the gates that a circuit has as methods."""

CLASSES: dict[str, tuple[int, int]] = {
    "U1Gate": (1, 1),
    "U2Gate": (2, 1),
    "U3Gate": (3, 1),
    "CU1Gate": (1, 2),
    "CU3Gate": (3, 2),
    "XXMinusYYGate": (2, 2),
    "XXPlusYYGate": (2, 2),
    "C3SXGate": (0, 4),
    "C3XGate": (0, 4),
    "C4XGate": (0, 5),
    "RC3XGate": (0, 4),
}
"""Those that it has not."""

LABELLED: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("HGate", "XGate", "SGate", "SXGate", "IGate", "ZGate"), (0, 1)),
    **dict.fromkeys(("RXGate", "RZGate", "PhaseGate"), (1, 1)),
    "CXGate": (0, 2),
    "CZGate": (0, 2),
    "SwapGate": (0, 2),
    "RZZGate": (1, 2),
    "CPhaseGate": (1, 2),
}
"""Classes of gates that are given labels."""

KNOWN_TO_AER: dict[str, frozenset[str]] = {
    "automatic": frozenset(
        [
            "h",
            "x",
            "y",
            "z",
            "s",
            "sdg",
            "t",
            "tdg",
            "sx",
            "sxdg",
            "id",
            "p",
            "rx",
            "ry",
            "rz",
            "r",
            "u",
            "cx",
            "cy",
            "cz",
            "csx",
            "swap",
            "ecr",
            "cp",
            "crx",
            "cry",
            "crz",
            "rxx",
            "ryy",
            "rzz",
            "rzx",
            "cu",
            "ccx",
            "ccz",
            "cswap",
            "U1Gate",
            "U2Gate",
            "U3Gate",
            "CU1Gate",
            "CU3Gate",
        ]
    ),
    "density_matrix": frozenset(
        [
            "h",
            "x",
            "y",
            "z",
            "s",
            "sdg",
            "t",
            "tdg",
            "sx",
            "sxdg",
            "id",
            "p",
            "rx",
            "ry",
            "rz",
            "r",
            "u",
            "cx",
            "cy",
            "cz",
            "swap",
            "ecr",
            "cp",
            "rxx",
            "ryy",
            "rzz",
            "rzx",
            "ccx",
            "U1Gate",
            "U2Gate",
            "U3Gate",
            "CU1Gate",
        ]
    ),
    "stabilizer": frozenset(
        ["h", "x", "y", "z", "s", "sdg", "sx", "sxdg", "id", "cx", "cy", "cz", "swap", "ecr"]
    ),
    "matrix_product_state": frozenset(
        [
            "h",
            "x",
            "y",
            "z",
            "s",
            "sdg",
            "t",
            "tdg",
            "sx",
            "sxdg",
            "id",
            "p",
            "rx",
            "ry",
            "rz",
            "r",
            "u",
            "cx",
            "cy",
            "cz",
            "csx",
            "swap",
            "ecr",
            "cp",
            "rxx",
            "ryy",
            "rzz",
            "rzx",
            "ccx",
            "cswap",
            "U1Gate",
            "U2Gate",
            "U3Gate",
            "CU1Gate",
        ]
    ),
    "extended_stabilizer": frozenset(
        [
            "h",
            "x",
            "y",
            "z",
            "s",
            "sdg",
            "t",
            "tdg",
            "sx",
            "sxdg",
            "id",
            "p",
            "cx",
            "cz",
            "swap",
            "ecr",
            "ccx",
            "ccz",
            "U1Gate",
        ]
    ),
}
"""What each method runs as it is, apart from the classes of labels."""

MISLEADING = (
    *("x", "cx", "h", "measure", "nop", "roerror", "jump", "mark", "barrier", "reset", "delay"),
    *("kraus", "superop", "unitary", "initialize", "store", "aer_store", "quantum_channel"),
    *("if_else", "save_state", "id", "u", "multiplexer", "pauli", "qerror_loc", "bfunc", "noise"),
    *(
        "diagonal",
        "mcx",
        "ccx_o1",
        "cx_o0",
        "rz",
        "gate",
        "circuit-1",
        "save_statevector",
        "\u03b8",
    ),
)
"""Names for custom instructions: those of Qiskit, of Aer, and of Aer's inside."""

LABELS = ("x", "noisy", "measure", "cx", "h", "id", "reset", "a b", "jump", "nop", "")


def gates_of(method: str) -> dict[str, tuple[int, int]]:
    """The gates that a method of Aer runs as they are."""
    known = KNOWN_TO_AER.get(method, KNOWN_TO_AER["automatic"])
    return {name: size for name, size in {**METHODS, **CLASSES}.items() if name in known}


def gate(circuit: str, name: str, angles: Sequence[str], qubits: Sequence[str]) -> str:
    """A gate by its name."""
    if name in METHODS:
        return f"{circuit}.{name}({', '.join([*angles, *qubits])})"
    return f"{circuit}.append({name}({', '.join(angles)}), [{', '.join(qubits)}])"


def labelled(choices: Choices, angles: Sequence[str]) -> tuple[str, int]:
    """A gate with a label, and how many qubits it takes."""
    name = choices.one_of(list(LABELLED))
    count, width = LABELLED[name]
    arguments = [*angles[:count], f"label={choices.one_of(LABELS)!r}"]
    if name in {"CXGate", "CZGate"} and choices.chance(30):
        arguments.append("ctrl_state=0")
    return f"{name}({', '.join(arguments)})", width


SAVES: dict[str, tuple[str, ...]] = {
    "statevector": (
        *("save_statevector({label})", "save_statevector({label}, pershot=True)"),
        *("save_probabilities({qubits}, {label})", "save_probabilities_dict({qubits}, {label})"),
        *("save_expectation_value(Pauli('Z'), [{qubit}], {label})", "save_state({label})"),
        *("save_density_matrix({qubits}, {label})", "save_amplitudes([0, 1], {label})"),
        *("save_statevector({label}, conditional=True)", "save_statevector_dict({label})"),
        "save_probabilities({qubits}, {label}, pershot=True)",
        "save_density_matrix({qubits}, {label}, conditional=True)",
        "save_expectation_value_variance(Pauli('X'), [{qubit}], {label})",
    ),
    "density_matrix": (
        *("save_density_matrix({qubits}, {label})", "save_state({label})"),
        *("save_probabilities({qubits}, {label})", "save_amplitudes_squared([0, 1], {label})"),
        "save_expectation_value(Pauli('Z'), [{qubit}], {label})",
    ),
    "stabilizer": (
        *("save_stabilizer({label})", "save_clifford({label})", "save_state({label})"),
        *("save_probabilities({qubits}, {label})", "save_amplitudes_squared([0, 1], {label})"),
        "save_expectation_value(Pauli('Z'), [{qubit}], {label})",
    ),
    "matrix_product_state": (
        *("save_matrix_product_state({label})", "save_statevector({label})"),
        "save_probabilities({qubits}, {label})",
    ),
    "extended_stabilizer": ("save_statevector({label})", "save_state({label})"),
    "unitary": ("save_unitary({label})", "save_state({label})"),
    "superop": ("save_superop({label})", "save_state({label})"),
}
"""Aer's save instructions by method."""
