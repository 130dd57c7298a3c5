"""Gates of Qiskit's library, and matrices, as source: `wide`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.fuzz.choices import Choices
from tests.fuzz.instructions import LABELS

CONTROLLED = ("XGate", "HGate", "SGate", "SXGate", "RYGate", "PhaseGate", "SwapGate", "CXGate")


@dataclass(frozen=True)
class Wide:
    """An instruction made of more than a name.

    Attributes:
        text: It, as source.
        width: Its qubits.
    """

    text: str
    width: int


def wide(choices: Choices, most: int, angles: Sequence[str]) -> Wide:
    """A gate of the library, or a matrix, on at most so many qubits."""
    makers: list[Callable[[], Wide]] = list(_anywhere(choices, most, angles[0]))
    if most > 1:
        makers += _on_several(choices, most, angles[0])
    return choices.one_of(makers)()


def _anywhere(choices: Choices, most: int, angle: str) -> Sequence[Callable[[], Wide]]:
    width = choices.between(1, min(3, most))

    def unitary() -> Wide:
        label = f", label={choices.one_of(LABELS)!r}" if choices.chance(25) else ""
        own = min(width, 2)
        return Wide(f"UnitaryGate(random_unitary({2**own}, seed={choices.below(9)}){label})", own)

    def evolution() -> Wide:
        terms = [_pauli(choices, width) for _ in range(choices.between(1, 3))]
        coefficients = [round(0.3 * (i + 1), 1) for i in range(len(terms))]
        operator = f"SparsePauliOp({terms}, {coefficients})"
        return Wide(f"PauliEvolutionGate({operator}, time={angle})", width)

    def diagonal() -> Wide:
        values = [choices.one_of(("1", "-1", "1j", "-1j")) for _ in range(2**width)]
        return Wide(f"DiagonalGate([{', '.join(values)}])", width)

    def hamiltonian() -> Wide:
        return Wide(f"HamiltonianGate(Pauli({_pauli(choices, width)!r}).to_matrix(), 0.4)", width)

    return (
        unitary,
        evolution,
        diagonal,
        hamiltonian,
        lambda: Wide("UnitaryGate([[0, 1], [1, 0]])", 1),
        lambda: Wide(f"PauliGate({_pauli(choices, width)!r})", width),
        lambda: Wide(f"PermutationGate({choices.shuffled(range(width))})", width),
        lambda: Wide(f"QFTGate({width})", width),
        lambda: Wide(f"Isometry(random_unitary({2**width}, seed=3).data, 0, 0)", width),
        lambda: Wide(f"GlobalPhaseGate({angle})", 0),
        lambda: Wide(f"StatePreparation({state(choices, width)})", width),
    )


def _on_several(choices: Choices, most: int, angle: str) -> Sequence[Callable[[], Wide]]:
    matrices = "[random_unitary(2, seed=1).data, random_unitary(2, seed=2).data]"
    rotations = choices.one_of(("UCRXGate", "UCRZGate"))
    return (
        lambda: _controlled(choices, most, angle, is_annotated=False),
        lambda: _controlled(choices, most, angle, is_annotated=True),
        lambda: Wide("LinearFunction([[1, 1], [0, 1]])", 2),
        lambda: Wide(f"{rotations}([0.3, {choices.below(5)}])", 2),
        lambda: Wide(f"UCGate({matrices})", 2),
        lambda: Wide(f"MCPhaseGate({angle}, {most - 1})", most),
    )


def _controlled(choices: Choices, most: int, angle: str, *, is_annotated: bool) -> Wide:
    base = choices.one_of(CONTROLLED)
    own = {"SwapGate": 2, "CXGate": 2}.get(base, 1)
    if own >= most:
        base, own = "XGate", 1
    own_angle = angle if base in {"RYGate", "PhaseGate"} else ""
    if is_annotated and choices.chance(40):
        modifier = choices.one_of(("power(0.5", "inverse("))
        comma = "" if modifier.endswith("(") else ", "
        return Wide(f"{base}({own_angle}).{modifier}{comma}annotated=True)", own)
    count = choices.between(1, most - own)
    extra = f", ctrl_state={choices.below(2**count)}" if choices.chance(50) else ""
    if is_annotated:
        extra += ", annotated=True"
    return Wide(f"{base}({own_angle}).control({count}{extra})", own + count)


def _pauli(choices: Choices, width: int) -> str:
    return "".join(choices.one_of("IXYZ") for _ in range(width))


def state(choices: Choices, width: int) -> str:
    """A state, by its name or its amplitudes."""
    if choices.chance(50):
        return repr("".join(choices.one_of("01+-rl") for _ in range(width)))
    return f"random_statevector({2**width}, seed={choices.below(5)}).data"
