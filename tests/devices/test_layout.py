"""Qubits whose maker does not say where they are are drawn as what they are."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from qiskit.transpiler import CouplingMap

from qsession.devices.layout import Position, lay_out, on_a_circle, on_a_grid


def pairs_of(coupling_map: CouplingMap) -> list[tuple[int, int]]:
    return [(first, second) for first, second in coupling_map.get_edges()]


def closest(positions: tuple[Position, ...]) -> float:
    return min(math.dist(first, second) for first, second in combinations(positions, 2))


def size(positions: tuple[Position, ...]) -> tuple[float, float]:
    return max(x for x, _ in positions), max(y for _, y in positions)


def test_a_line_is_a_line_across() -> None:
    places = lay_out(7, pairs_of(CouplingMap.from_line(7)))
    assert size(places) == pytest.approx((6, 0), abs=0.1)
    assert [round(x) for x, _ in places] in ([*range(7)], [*range(6, -1, -1)])


@pytest.mark.parametrize(
    ("coupling_map", "width", "height"),
    [(CouplingMap.from_grid(3, 5), 4, 2), (CouplingMap.from_grid(6, 4), 5, 3)],
    ids=["3x5", "6x4"],
)
def test_a_grid_is_a_grid_that_stands_upright(
    coupling_map: CouplingMap, width: float, height: float
) -> None:
    places = lay_out(coupling_map.size(), pairs_of(coupling_map))
    assert size(places) == pytest.approx((width, height), rel=0.25)


@pytest.mark.parametrize(
    "coupling_map",
    [
        CouplingMap.from_ring(16),
        CouplingMap.from_grid(9, 9),
        CouplingMap.from_heavy_hex(5),
        CouplingMap.from_hexagonal_lattice(4, 4),
        CouplingMap.from_full(6),
        CouplingMap([(0, other) for other in range(1, 9)]),
    ],
    ids=["ring", "grid", "heavy-hex", "hexagons", "full", "star"],
)
def test_qubits_are_apart_and_couplings_short(coupling_map: CouplingMap) -> None:
    pairs = pairs_of(coupling_map)
    places = lay_out(coupling_map.size(), pairs)
    assert closest(places) > 0.4
    assert max(math.dist(places[first], places[second]) for first, second in pairs) < 2.1


def test_pieces_stand_side_by_side() -> None:
    places = lay_out(8, [(0, 1), (1, 2), (3, 4), (5, 6), (6, 7), (7, 5)])
    assert closest(places) > 0.8
    assert min(math.dist(places[0], places[other]) for other in range(3, 8)) > 1.2


def test_the_same_couplings_give_the_same_drawing() -> None:
    pairs = pairs_of(CouplingMap.from_heavy_hex(3))
    assert lay_out(19, pairs) == lay_out(19, reversed(pairs))


@pytest.mark.parametrize("number", [0, 1, 2, 40])
def test_any_number_without_couplings_is_drawn(number: int) -> None:
    for places in (lay_out(number, []), on_a_grid(number)):
        assert len(set(places)) == number


def test_many_pieces_are_wider_than_high() -> None:
    width, height = size(lay_out(60, [(at, at + 1) for at in range(0, 60, 2)]))
    assert width > height > 0


def test_a_circle_has_neighbours_a_step_apart() -> None:
    places = on_a_circle(20)
    assert math.dist(places[0], places[1]) == pytest.approx(1, abs=0.02)


def test_a_thousand_qubits_are_laid_out() -> None:
    places = lay_out(1024, pairs_of(CouplingMap.from_grid(32, 32)))
    assert len(set(places)) == 1024
