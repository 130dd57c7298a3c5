"""The cost of branching shots, counted in steps: `most_s`, `allowed_s`. Pure.

Times are those of a usual machine, whatever the machine is, so that equal work goes the same way.
"""

from __future__ import annotations

MOST_BRANCHED_QUBITS = 10
"""With more, Aer's shots take less time than states in NumPy."""

LEAST_SHOTS = 16
"""Fewer are simulated sooner by Aer."""

MOST_TOGETHER = 2**16
"""Shots that are taken through a circuit together; their numbers take some MB."""

STEP_S = 15e-6
_AMPLITUDE_S, _DRAW_S = 12e-9, 100e-9

_FAR_AMPLITUDE_S = 50e-9
_MOST_NEAR = 2**15
"""More amplitudes are not all in the processor's cache."""

_AER_SHOT_S, _AER_STEP_S = 30e-6, 0.5e-6

_MOST_S = 0.1
_SHARE = 0.25
"""So much of the time that Aer would take may be spent in vain."""

_MOST_DOUBLED = 40
"""So many measurements part more shots than anybody has."""


def gates_s(count: float, amplitudes: float) -> float:
    """The seconds that gates take, one after the other, on so many amplitudes of all states."""
    return count * (STEP_S + _amplitudes_s(amplitudes))


def draw_s(shots: int, amplitudes: int) -> float:
    """The seconds that a measurement takes."""
    return STEP_S + _DRAW_S * shots + 2 * _amplitudes_s(amplitudes)


def merge_s(amplitudes: int) -> float:
    """The seconds that it takes to find equal states."""
    return STEP_S + 2 * _amplitudes_s(amplitudes)


def _amplitudes_s(count: float) -> float:
    return count * (_AMPLITUDE_S if count <= _MOST_NEAR else _FAR_AMPLITUDE_S)


def once_s(steps: int, draws: int, shots: int) -> float:
    """The seconds that shots take through each step once, if they all have the same state."""
    return 2 * steps * STEP_S + draws * _DRAW_S * shots


def most_s(steps: float, qubits: int, shots: int) -> float:
    """The seconds that shots take through each step once, however far they spread."""
    states: float = min(shots, 2.0 ** min(steps, _MOST_DOUBLED))
    return steps * (2 * STEP_S + _DRAW_S * shots + 2 * _amplitudes_s(states * 2.0**qubits))


def allowed_s(steps: float, shots: int) -> float:
    """The seconds that may be spent before shots are left to Aer."""
    return min(_MOST_S, _SHARE * shots * (_AER_SHOT_S + _AER_STEP_S * steps))
