"""The world of a Crafter episode.

The rules are those of crafter 1.8.3, `crafter/worldgen.py` (MIT licence, Danijar Hafner), and so is every number drawn
from the world's generator and its order; what differs is that the terrain noise of all squares is computed at once
(`noise`). `tests/test_crafter_world.py` compares the worlds of both.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import opensimplex
from crafter import constants, objects

from .noise import Floats, Noise


class _Layer(NamedTuple):
    """A sheet of noise: sampled at (x * stretch[0] / size, y * stretch[1] / size, z)."""

    z: float
    size: float
    stretch: str = "none"


_START: Final = _Layer(8, 3)
_WATER_BROAD: Final = _Layer(3, 15)
_WATER_FINE: Final = _Layer(3, 5)
_MOUNTAIN_BROAD: Final = _Layer(0, 15)
_MOUNTAIN_FINE: Final = _Layer(0, 5)
_CAVE: Final = _Layer(6, 7)
_TUNNEL_ALONG_X: Final = _Layer(7, 3, "x")
_TUNNEL_ALONG_Y: Final = _Layer(7, 3, "y")
_COAL: Final = _Layer(1, 8)
_IRON: Final = _Layer(2, 6)
_LAVA: Final = _Layer(6, 5)
_SAND: Final = _Layer(4, 9)
_TREE: Final = _Layer(5, 7)
_LAYERS: Final = (
    _START,
    _WATER_BROAD,
    _WATER_FINE,
    _MOUNTAIN_BROAD,
    _MOUNTAIN_FINE,
    _CAVE,
    _TUNNEL_ALONG_X,
    _TUNNEL_ALONG_Y,
    _COAL,
    _IRON,
    _LAVA,
    _SAND,
    _TREE,
)


class _Terrain(NamedTuple):
    """What decides a square's material, each a list over the squares, x first: index is `x * height + y`."""

    start: list[float]
    water: list[float]
    mountain: list[float]
    layers: dict[_Layer, list[float]]


def generate_world(world: Any, player: Any) -> None:
    """Fill `world` (an engine World, just reset) with terrain and creatures around `player`."""
    simplex = opensimplex.OpenSimplex(seed=world.random.randint(0, 2**31 - 1))
    terrain = _terrain(Noise(simplex._perm, simplex._perm_grad_index3), world.area, player.pos)
    materials, tunnels = _materials(terrain, world.random.uniform)
    identifiers = np.array([world._mat_ids[material] for material in materials], world._mat_map.dtype)
    world._mat_map[:] = identifiers.reshape(world.area)
    _add_creatures(world, player, materials, tunnels)


def _terrain(noise: Noise, area: tuple[int, int], center: Any) -> _Terrain:
    width, height = area
    x = np.repeat(np.arange(width), height)
    y = np.tile(np.arange(height), width)
    points = np.concatenate([_points(layer, x, y) for layer in _LAYERS])
    values: Floats = noise.at(points).reshape(len(_LAYERS), width * height)
    sheets = dict(zip(_LAYERS, values, strict=True))
    nearness = 4 - np.sqrt((x - center[0]) ** 2 + (y - center[1]) ** 2)
    nearness = nearness + 2 * sheets[_START]
    # One number at a time: numpy's exponential of an array may take another path than that of a number.
    start = np.array([1 / (1 + np.exp(-value)) for value in nearness])
    water = (1 * sheets[_WATER_BROAD] + 0.15 * sheets[_WATER_FINE]) + 0.1
    water = water - 2 * start
    mountain = (1 * sheets[_MOUNTAIN_BROAD] + 0.3 * sheets[_MOUNTAIN_FINE]) / (1 + 0.3)
    mountain = mountain - (4 * start + 0.3 * water)
    lists = {layer: sheet.tolist() for layer, sheet in sheets.items()}
    return _Terrain(start.tolist(), water.tolist(), mountain.tolist(), lists)


def _points(layer: _Layer, x: Any, y: Any) -> Floats:
    if layer.stretch == "x":
        x, y = 2 * x, y / 5
    elif layer.stretch == "y":
        x, y = x / 5, 2 * y
    return np.stack([x / layer.size, y / layer.size, np.full(len(x), float(layer.z))], axis=1)


def _materials(terrain: _Terrain, uniform: Any) -> tuple[list[str], list[bool]]:
    tunnels = [False] * len(terrain.start)
    materials = []
    for index, start in enumerate(terrain.start):
        if start > 0.5:
            material = "grass"
        elif terrain.mountain[index] > 0.15:
            material, tunnels[index] = _mountain_material(terrain, index, uniform)
        elif 0.25 < terrain.water[index] <= 0.35 and terrain.layers[_SAND][index] > -0.2:
            material = "sand"
        elif terrain.water[index] > 0.3:
            material = "water"
        elif terrain.layers[_TREE][index] > 0 and uniform() > 0.8:
            material = "tree"
        else:
            material = "grass"
        materials.append(material)
    return materials, tunnels


def _mountain_material(terrain: _Terrain, index: int, uniform: Any) -> tuple[str, bool]:
    """Material of a square in the mountains, and whether it is part of a tunnel."""
    layers, mountain = terrain.layers, terrain.mountain[index]
    if layers[_CAVE][index] > 0.15 and mountain > 0.3:
        return "path", False
    if layers[_TUNNEL_ALONG_X][index] > 0.4 or layers[_TUNNEL_ALONG_Y][index] > 0.4:
        return "path", True
    if layers[_COAL][index] > 0 and uniform() > 0.85:
        return "coal", False
    if layers[_IRON][index] > 0.4 and uniform() > 0.75:
        return "iron", False
    if mountain > 0.18 and uniform() > 0.994:
        return "diamond", False
    if mountain > 0.3 and layers[_LAVA][index] > 0.35:
        return "lava", False
    return "stone", False


def _add_creatures(world: Any, player: Any, materials: list[str], tunnels: list[bool]) -> None:
    uniform = world.random.uniform
    height = world.area[1]
    for index, material in enumerate(materials):
        if material not in constants.walkable:
            continue
        x, y = divmod(index, height)
        distance = np.sqrt((x - player.pos[0]) ** 2 + (y - player.pos[1]) ** 2)
        if distance > 3 and material == "grass" and uniform() > 0.985:
            world.add(objects.Cow(world, (x, y)))
        elif distance > 10 and uniform() > 0.993:
            world.add(objects.Zombie(world, (x, y), player))
        elif material == "path" and tunnels[index] and uniform() > 0.95:
            world.add(objects.Skeleton(world, (x, y), player))
