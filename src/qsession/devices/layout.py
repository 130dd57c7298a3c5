"""Places for the qubits of a device whose maker does not say where they are.

Distances on paper follow those along couplings (stress majorization), so that lines, rings, grids
and heavy-hex lattices look like what they are. The same couplings always give the same drawing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

Position = tuple[float, float]
Points = npt.NDArray[np.float64]

MOST_TO_REFINE: Final = 300
"""Beyond so many qubits in one piece, what is laid out roughly stays so: it would take seconds."""

PIVOTS: Final = 64
"""From so many of them distances are measured then."""

ROUNDS: Final = 150
CLOSE_ENOUGH: Final = 1e-4
"""The share by which a round has to better the drawing for another to be worth it."""

GAP: Final = 1.6
"""Between pieces that are not connected, in steps of a lattice."""

ROW_SHAPE: Final = 1.8
"""About how much wider than high the drawing of many pieces is."""

DECIMALS: Final = 3


def lay_out(number: int, pairs: Iterable[tuple[int, int]]) -> tuple[Position, ...]:
    """Positions of qubits, in steps of a lattice, from the upper left corner at (0, 0).

    Args:
        number: How many qubits there are.
        pairs: Those that are coupled.
    """
    return _lay_out(number, frozenset((min(pair), max(pair)) for pair in pairs))


@lru_cache(maxsize=32)
def _lay_out(number: int, pairs: frozenset[tuple[int, int]]) -> tuple[Position, ...]:
    if number == 0:
        return ()
    neighbours: list[set[int]] = [set() for _ in range(number)]
    for first, second in pairs:
        neighbours[first].add(second)
        neighbours[second].add(first)
    pieces = [(piece, _lay_out_piece(piece, neighbours)) for piece in _pieces(neighbours)]
    return _side_by_side(number, pieces)


def on_a_grid(number: int) -> tuple[Position, ...]:
    """Positions in rows: for qubits of which no two are coupled."""
    width = max(1, math.ceil(math.sqrt(number * ROW_SHAPE)))
    return tuple((float(index % width), float(index // width)) for index in range(number))


def on_a_circle(number: int) -> tuple[Position, ...]:
    """Positions in a ring, a step from each other: for qubits of which any two are coupled."""
    radius = max(1.0, number / (2 * math.pi))
    turns = [2 * math.pi * (index / number - 0.25) for index in range(number)]
    return from_corner(
        [
            (round(radius * math.cos(turn), DECIMALS), round(radius * math.sin(turn), DECIMALS))
            for turn in turns
        ]
    )


def from_corner(positions: Sequence[Sequence[float]]) -> tuple[Position, ...]:
    """Positions moved so that the upper left corner of the drawing is (0, 0)."""
    left = min((place[0] for place in positions), default=0)
    top = min((place[1] for place in positions), default=0)
    return tuple((float(place[0] - left), float(place[1] - top)) for place in positions)


def _pieces(neighbours: Sequence[set[int]]) -> list[list[int]]:
    """The connected pieces, largest first; qubits without couplings last."""
    left = set(range(len(neighbours)))
    found = []
    while left:
        piece, edge = [], [min(left)]
        left.discard(edge[0])
        while edge:
            qubit = edge.pop()
            piece.append(qubit)
            new = neighbours[qubit] & left
            left -= new
            edge.extend(new)
        found.append(sorted(piece))
    return sorted(found, key=lambda piece: (-len(piece), piece[0]))


def _side_by_side(number: int, pieces: Sequence[tuple[list[int], Points]]) -> tuple[Position, ...]:
    """Pieces in rows, like words in a paragraph."""
    sizes = [np.ptp(points, axis=0) + GAP for _, points in pieces]
    area = sum(float(width * height) for width, height in sizes)
    room = max(math.sqrt(area * ROW_SHAPE), *(float(width) for width, _ in sizes))
    places: list[Position] = [(0.0, 0.0)] * number
    x = y = row_height = 0.0
    for (piece, points), (width, height) in zip(pieces, sizes, strict=True):
        if x > 0 and x + width > room * 1.001:
            x, y, row_height = 0.0, y + row_height, 0.0
        corner = points.min(axis=0)
        for qubit, point in zip(piece, points, strict=True):
            at_x, at_y = point - corner + (x, y)
            places[qubit] = (round(float(at_x), DECIMALS), round(float(at_y), DECIMALS))
        x, row_height = x + float(width), max(row_height, float(height))
    return tuple(places)


def _lay_out_piece(piece: Sequence[int], neighbours: Sequence[set[int]]) -> Points:
    if len(piece) == 1:
        return np.zeros((1, 2))
    order = {qubit: index for index, qubit in enumerate(piece)}
    own = [[order[other] for other in sorted(neighbours[qubit])] for qubit in piece]
    if len(piece) <= MOST_TO_REFINE:
        distances = _distances(own, range(len(own)))
        points = _refined(_scaled(distances, own), distances)
    else:
        apart = np.linspace(0, len(own) - 1, PIVOTS).astype(int)
        points = _scaled(_distances(own, apart), own)
    return _upright(points, own)


def _distances(neighbours: Sequence[Sequence[int]], starts: Iterable[int]) -> Points:
    """The number of couplings between each qubit and each of some, a column for each of these."""
    columns = []
    for start in starts:
        column = [-1] * len(neighbours)
        column[start] = steps = 0
        edge = [start]
        while edge:
            steps += 1
            new = {other for at in edge for other in neighbours[at] if column[other] < 0}
            for other in new:
                column[other] = steps
            edge = sorted(new)
        columns.append(column)
    return np.array(columns, dtype=float).T


def _scaled(distances: Points, neighbours: Sequence[Sequence[int]]) -> Points:
    """The two main directions of the distances: a rough drawing (pivot scaling)."""
    squares = distances**2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()
    _, vectors = np.linalg.eigh(centred.T @ centred)
    main = centred @ vectors[:, -1:-3:-1]
    main /= np.sqrt(np.maximum(np.linalg.norm(main, axis=0), 1e-9))
    # A sign is the solver's choice: the first qubit that is not in the middle goes up and left.
    for axis in range(2):
        column = main[:, axis]
        if column[np.argmax(np.abs(column) > CLOSE_ENOUGH)] > 0:
            main[:, axis] = -column
    first, second = _ends(neighbours)
    step = float(np.linalg.norm(main[first] - main[second], axis=1).mean())
    # Where more directions than two are as long, qubits would lie on top of each other.
    angles = np.arange(len(main)) * 2.399963
    points: Points = main / (step or 1)
    points += 0.01 * np.column_stack([np.cos(angles), np.sin(angles)])
    return points


def _ends(neighbours: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """Both ends of each coupling, in both directions."""
    first = [at for at, others in enumerate(neighbours) for _ in others]
    return first, [other for others in neighbours for other in others]


def _refined(points: Points, distances: Points) -> Points:
    """The drawing whose distances are as near to those along couplings as may be (SMACOF).

    Near ones count most: each has the weight of one over its square.
    """
    number = len(points)
    with np.errstate(divide="ignore"):
        weights = np.where(distances > 0, distances**-2.0, 0)
    laplacian = np.diag(weights.sum(axis=1)) - weights
    inverse = np.linalg.inv(laplacian + 1 / number) - 1 / number
    before = np.inf
    for _ in range(ROUNDS):
        drawn = np.linalg.norm(points[:, None] - points[None], axis=2)
        stress = float((weights * (drawn - distances) ** 2).sum())
        if stress > before * (1 - CLOSE_ENOUGH):
            break
        before = stress
        with np.errstate(divide="ignore", invalid="ignore"):
            pull = -np.where(drawn > 0, weights * distances / drawn, 0)
        np.fill_diagonal(pull, 0)
        np.fill_diagonal(pull, -pull.sum(axis=1))
        points = inverse @ (pull @ points)
    return points


def _upright(points: Points, neighbours: Sequence[Sequence[int]]) -> Points:
    """Turned so that couplings run along and across, and the wide side is across."""
    first, second = _ends(neighbours)
    steps = points[second] - points[first]
    angles = np.arctan2(steps[:, 1], steps[:, 0])
    turn = math.atan2(float(np.sin(4 * angles).sum()), float(np.cos(4 * angles).sum())) / 4
    turned = points @ _turning(turn)
    width, height = np.ptp(turned, axis=0)
    return turned if width >= height else turned @ _turning(-math.pi / 2)


def _turning(angle: float) -> Points:
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([[cosine, -sine], [sine, cosine]])
