"""Our world against upstream's: the same noise, terrain and creatures, the same random stream while playing."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import crafter
import numpy as np
import opensimplex
import pytest
from automem_crafter.noise import Noise
from automem_crafter.world import AREA, PICTURE_PIXELS, VIEW, CrafterEnvironment, OrderedObjects
from crafter import engine, objects

SEEDS = (0, 1, 42, 2**31 - 1)


class _Upstream(crafter.Env):  # type: ignore[misc]
    """Upstream's environment, drawing and all, with chunks in order as the golden episodes have them."""

    def __init__(self, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(area=AREA, view=VIEW, size=PICTURE_PIXELS, reward=True, seed=seed)
        empty = engine.World.reset

        def ordered(world: Any, seed: int | None = None) -> None:
            empty(world, seed)
            world._chunks = defaultdict(OrderedObjects)

        with monkeypatch.context() as patched:
            patched.setattr(engine.World, "reset", ordered)
            self.reset()


def _random_state(environment: Any) -> tuple[Any, ...]:
    name, keys, position, *rest = environment._world.random.get_state()
    return (name, keys.tolist(), position, *rest)


def _same_world(ours: Any, upstream: Any) -> bool:
    a, b = ours._world, upstream._world
    return bool((a._mat_map == b._mat_map).all() and (a._obj_map == b._obj_map).all()) and [
        type(each) for each in a._objects
    ] == [type(each) for each in b._objects]


@pytest.mark.parametrize("seed", SEEDS)
def test_noise_equals_the_scalar_noise_to_the_last_bit(seed: int) -> None:
    simplex = opensimplex.OpenSimplex(seed=seed)
    numbers = np.random.RandomState(7)
    grid = np.stack(np.meshgrid(np.arange(24) / 3, np.arange(24) / 8, [0.0, 5.0, 7.0]), -1).reshape(-1, 3)
    points = np.concatenate([numbers.uniform(-40, 40, (2000, 3)), numbers.randint(-6, 7, (500, 3)) / 2, grid])
    expected = np.array([simplex.noise3(*point) for point in points.tolist()])
    assert (Noise(simplex._perm, simplex._perm_grad_index3).at(points) == expected).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_new_world_equals_upstreams(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, upstream = CrafterEnvironment(seed), _Upstream(seed, monkeypatch)
    ours.reset()
    assert _same_world(ours, upstream)
    assert _random_state(ours) == _random_state(upstream)


def test_a_day_and_a_night_go_as_upstream_drawing_twice_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, upstream = CrafterEnvironment(5), _Upstream(5, monkeypatch)
    ours.reset()
    numbers = np.random.RandomState(5)
    nights = 0
    for step in range(320):
        action = int(numbers.randint(0, 17))
        _, reward, done, info = ours.step(action)
        _, upstream_reward, upstream_done, upstream_info = upstream.step(action)
        upstream.render()
        nights += upstream._world.daylight < 0.5
        assert (reward, done, info["inventory"]) == (upstream_reward, upstream_done, upstream_info["inventory"]), step
        for environment in (ours, upstream):
            environment._player.inventory.update(health=9, food=9, drink=9, wood=9, stone=9, sapling=1)
    assert nights > 50
    assert _same_world(ours, upstream)
    assert _random_state(ours) == _random_state(upstream)


def test_a_picture_leaves_the_random_stream_alone() -> None:
    environment = CrafterEnvironment(3)
    environment.reset()
    environment._world.daylight = 0.1
    before = _random_state(environment)
    first, second = environment.picture(), environment.picture()
    assert first.shape == (256, 256, 3)
    assert (first == second).all()
    assert _random_state(environment) == before


def test_a_chunk_keeps_its_creatures_in_order_of_arrival() -> None:
    environment = CrafterEnvironment(1)
    environment.reset()
    world = environment._world
    free = [(int(x), int(y)) for x, y in np.argwhere((world._mat_map[:12, :12] > 0) & (world._obj_map[:12, :12] == 0))]
    cows = [objects.Cow(world, place) for place in free[:5]]
    for cow in cows:
        world.add(cow)
    world.remove(cows[1])
    chunk = world._chunks[world.chunk_key(cows[0].pos)]
    assert [each for each in chunk if each in cows] == [cows[0], *cows[2:]]
    with pytest.raises(KeyError):
        chunk.remove(cows[1])
