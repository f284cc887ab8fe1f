"""OpenSimplex 3D noise for many points at once.

A numpy rewrite of the scalar `noise3` of the package opensimplex 0.4.5.1 (MIT licence, by Alex, after Kurt
Spencer's public-domain algorithm). It makes the same floating point operations in the same order, so every value is
equal to the scalar one, bit for bit; `tests/test_crafter_world.py` checks it. The scalar code needs 1.2 s for a Crafter
world, this one a few hundredths of that.

The two "extra" lattice vertices of the algorithm, which the scalar code chooses with nested branches, are rows of a
table here. The displacement of a vertex along one axis is `((d - before) - squish * SQUISH) - after`; `before` and
`after` are kept apart because floating point subtraction does not commute.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from opensimplex.constants import GRADIENTS3, NORM_CONSTANT3, SQUISH_CONSTANT3, STRETCH_CONSTANT3

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Triple = tuple[int, int, int]

_ZERO: Final[Triple] = (0, 0, 0)


class _Vertex(NamedTuple):
    """One extra vertex: lattice offset is `before + after`, `squish` counts SQUISH_CONSTANT3."""

    before: Triple
    squish: int
    after: Triple


def _low_near(corner: int) -> tuple[_Vertex, _Vertex]:
    """Tetrahedron at (0,0,0), which is one of the closest two vertices; `corner` is the other (1, 2 or 4)."""
    x, y, z = corner & 1, (corner & 2) >> 1, (corner & 4) >> 2
    first = (1 if x else -1, 1 if y else (0 if not x else -1), 1 if z else 0)
    second = (1 if x else 0, 1 if y else (-1 if not x else 0), 1 if z else -1)
    return _Vertex(first, 0, _ZERO), _Vertex(second, 0, _ZERO)


def _low_far(corners: int) -> tuple[_Vertex, _Vertex]:
    """Tetrahedron at (0,0,0), which is not among the closest two; `corners` joins them (3, 5 or 6)."""
    bits = [corners >> axis & 1 for axis in range(3)]
    first = (bits[0], bits[1], bits[2])
    second = (bits[0] or -1, bits[1] or -1, bits[2] or -1)
    return _Vertex(first, 2, _ZERO), _Vertex(second, 1, _ZERO)


def _high_near(corner: int) -> tuple[_Vertex, _Vertex]:
    """Tetrahedron at (1,1,1), which is one of the closest two vertices; `corner` is the other (3, 5 or 6)."""
    x, y, z = corner & 1, (corner & 2) >> 1, (corner & 4) >> 2
    first = _Vertex((2 * x, y, z), 3, (0, 1 if y and not x else 0, 0))
    second = _Vertex((x, y, 2 * z), 3, (0, 1 if y and x else 0, 0))
    return first, second


def _high_far(shared: int) -> tuple[_Vertex, _Vertex]:
    """Tetrahedron at (1,1,1), which is not among the closest two; `shared` is their common axis (1, 2 or 4)."""
    first = (shared & 1, (shared & 2) >> 1, (shared & 4) >> 2)
    second = (2 * first[0], 2 * first[1], 2 * first[2])
    return _Vertex(first, 1, _ZERO), _Vertex(second, 2, _ZERO)


def _along(axis: int, value: int, others: int) -> Triple:
    values = [others, others, others]
    values[axis] = value
    return values[0], values[1], values[2]


# Row numbers of the table of extra vertices: the corner code (1 to 6) is added to the base of each family.
_LOW: Final = 0
_HIGH: Final = 8
_BOTH_FURTHER: Final = 16
_BOTH_NEARER: Final = 20
_OMITTED_AXIS: Final = 24
_DOUBLE_AXIS: Final = 28


def _vertex_table() -> tuple[dict[int, _Vertex], dict[int, _Vertex]]:
    first: dict[int, _Vertex] = {}
    second: dict[int, _Vertex] = {}
    for corner in (1, 2, 4):
        first[_LOW + corner], second[_LOW + corner] = _low_near(corner)
        first[_HIGH + corner], second[_HIGH + corner] = _high_far(corner)
    for corner in (3, 5, 6):
        first[_LOW + corner], second[_LOW + corner] = _low_far(corner)
        first[_HIGH + corner], second[_HIGH + corner] = _high_near(corner)
    for axis in range(3):
        first[_BOTH_FURTHER + axis] = _Vertex((1, 1, 1), 3, _ZERO)
        second[_BOTH_FURTHER + axis] = _Vertex(_along(axis, 2, 0), 2, _ZERO)
        first[_BOTH_NEARER + axis] = _Vertex(_ZERO, 0, _ZERO)
        second[_BOTH_NEARER + axis] = _Vertex(_along(axis, -1, 1), 1, _ZERO)
        first[_OMITTED_AXIS + axis] = _Vertex(_along(axis, -1, 1), 1, _ZERO)
        second[_DOUBLE_AXIS + axis] = _Vertex(_ZERO, 2, _along(axis, 2, 0))
    return first, second


class _Table(NamedTuple):
    before: Integers
    squish: Floats
    after: Integers


def _arrays(rows: dict[int, _Vertex]) -> _Table:
    before = np.zeros((32, 3), np.int64)
    after = np.zeros((32, 3), np.int64)
    squish = np.zeros(32, np.float64)
    for row, vertex in rows.items():
        before[row], after[row], squish[row] = vertex.before, vertex.after, vertex.squish * SQUISH_CONSTANT3
    return _Table(before, squish, after)


_FIRST, _SECOND = (_arrays(rows) for rows in _vertex_table())

# The vertices every point of a region takes contributions from, in the order they are added.
_LOW_VERTICES: Final[tuple[Triple, ...]] = ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1))
_HIGH_VERTICES: Final[tuple[Triple, ...]] = ((1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1))
_MIDDLE_VERTICES: Final[tuple[Triple, ...]] = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1))


class Noise:
    """Noise of one permutation, as `opensimplex.OpenSimplex(seed)` makes it."""

    def __init__(self, permutation: Integers, gradient_index: Integers) -> None:
        self._permutation = permutation
        self._gradient_index = gradient_index

    def at(self, points: Floats) -> Floats:
        """Noise at each of `points`, shape (n, 3); values within [-1, 1], shape (n,)."""
        x, y, z = points[:, 0], points[:, 1], points[:, 2]
        stretch = (x + y + z) * STRETCH_CONSTANT3
        stretched = points + stretch[:, None]
        base = np.floor(stretched).astype(np.int64)
        squish = (base[:, 0] + base[:, 1] + base[:, 2]) * SQUISH_CONSTANT3
        inside = stretched - base
        total = inside[:, 0] + inside[:, 1] + inside[:, 2]
        offset = points - (base + squish[:, None])
        value = np.zeros(len(points))
        low, high = total <= 1, total >= 2
        for chosen, region, vertices in (
            (low, _low_region, _LOW_VERTICES),
            (high, _high_region, _HIGH_VERTICES),
            (~(low | high), _middle_region, _MIDDLE_VERTICES),
        ):
            where = np.flatnonzero(chosen)
            if len(where):
                first, second = region(inside[where], total[where])
                value[where] = self._sum(base[where], offset[where], vertices, first, second)
        noise: Floats = value / NORM_CONSTANT3
        return noise

    def _sum(
        self, base: Integers, offset: Floats, vertices: tuple[Triple, ...], first: Integers, second: Integers
    ) -> Floats:
        value = np.zeros(len(base))
        for vertex in vertices:
            lattice = np.array(vertex)
            distance = (offset - lattice) - sum(vertex) * SQUISH_CONSTANT3
            value += self._contribution(base + lattice, distance)
        for table, rows in ((_FIRST, first), (_SECOND, second)):
            before, after = table.before[rows], table.after[rows]
            distance = ((offset - before) - table.squish[rows][:, None]) - after
            value += self._contribution(base + before + after, distance)
        return value

    def _contribution(self, lattice: Integers, distance: Floats) -> Floats:
        dx, dy, dz = distance[:, 0], distance[:, 1], distance[:, 2]
        attenuation = 2 - dx * dx - dy * dy - dz * dz
        squared = attenuation * attenuation
        permutation = self._permutation
        index = self._gradient_index[
            (permutation[(permutation[lattice[:, 0] & 0xFF] + lattice[:, 1]) & 0xFF] + lattice[:, 2]) & 0xFF
        ]
        gradient = GRADIENTS3[index] * dx + GRADIENTS3[index + 1] * dy + GRADIENTS3[index + 2] * dz
        return np.where(attenuation > 0, squared * squared * gradient, 0.0)


def _low_region(inside: Floats, total: Floats) -> tuple[Integers, Integers]:
    """Rows of the extra vertices for points in the tetrahedron at (0,0,0)."""
    x, y, z = inside[:, 0], inside[:, 1], inside[:, 2]
    replace_b = (x >= y) & (z > y)
    replace_a = (x < y) & (z > x)
    a_score, a_point = np.where(replace_a, z, x), np.where(replace_a, 4, 1)
    b_score, b_point = np.where(replace_b, z, y), np.where(replace_b, 4, 2)
    rest = 1 - total
    near = (rest > a_score) | (rest > b_score)
    corner = np.where(b_score > a_score, b_point, a_point)
    rows = _LOW + np.where(near, corner, a_point | b_point)
    return rows, rows


def _high_region(inside: Floats, total: Floats) -> tuple[Integers, Integers]:
    """Rows of the extra vertices for points in the tetrahedron at (1,1,1)."""
    x, y, z = inside[:, 0], inside[:, 1], inside[:, 2]
    replace_b = (x <= y) & (z < y)
    replace_a = (x > y) & (z < x)
    a_score, a_point = np.where(replace_a, z, x), np.where(replace_a, 3, 6)
    b_score, b_point = np.where(replace_b, z, y), np.where(replace_b, 3, 5)
    rest = 3 - total
    near = (rest < a_score) | (rest < b_score)
    corner = np.where(b_score < a_score, b_point, a_point)
    rows = _HIGH + np.where(near, corner, a_point & b_point)
    return rows, rows


def _middle_region(inside: Floats, total: Floats) -> tuple[Integers, Integers]:
    """Rows of the extra vertices for points in the octahedron between the two tetrahedra."""
    del total
    x, y, z = inside[:, 0], inside[:, 1], inside[:, 2]
    p1, p2, p3 = x + y, x + z, y + z
    a_further, b_further, c_further = p1 > 1, p2 > 1, p3 > 1
    a_score = np.where(a_further, p1 - 1, 1 - p1)
    b_score = np.where(b_further, p2 - 1, 1 - p2)
    c_score = np.where(c_further, p3 - 1, 1 - p3)
    c_point = np.where(c_further, 6, 1)
    replace_a = (a_score <= b_score) & (a_score < c_score)
    replace_b = (a_score > b_score) & (b_score < c_score)
    a_point = np.where(replace_a, c_point, np.where(a_further, 3, 4))
    b_point = np.where(replace_b, c_point, np.where(b_further, 5, 2))
    a_side = np.where(replace_a, c_further, a_further)
    b_side = np.where(replace_b, c_further, b_further)
    shared = _first_axis(a_point & b_point)
    omitted = _first_axis(~(a_point | b_point))
    further = np.where(a_side, a_point, b_point)
    nearer = np.where(a_side, b_point, a_point)
    same, both_further = a_side == b_side, a_side & b_side
    together = np.where(both_further, _BOTH_FURTHER + shared, _BOTH_NEARER + omitted)
    first = np.where(same, together, _OMITTED_AXIS + _first_axis(~further))
    second = np.where(same, together, _DOUBLE_AXIS + _first_axis(nearer))
    return first, second


def _first_axis(corner: NDArray[Any]) -> Integers:
    """Number of the lowest axis (0, 1 or 2) whose bit is set in `corner`; 2 where neither of the first two is."""
    return np.where(corner & 1, 0, np.where(corner & 2, 1, 2))
