"""The text of a Crafter observation, on maps made by hand."""

from __future__ import annotations

import crafter
import numpy as np
import pytest
from automem_crafter.describe import NAMES, Sight, describe_inventory, describe_sight

GRASS, WATER, TREE, PLAYER, COW = (NAMES.index(name) for name in ("grass", "water", "tree", "player", "cow"))


def _sight(
    x: int = 32,
    y: int = 32,
    facing: tuple[int, int] = (0, 1),
    things: dict[tuple[int, int], int] | None = None,
    sleeping: bool = False,
    dead: bool = False,
) -> Sight:
    semantic = np.full((64, 64), GRASS, np.uint8)
    for (thing_x, thing_y), kind in (things or {}).items():
        semantic[thing_x, thing_y] = kind
    semantic[x, y] = PLAYER
    return Sight(semantic, (x, y), facing, (9, 9), sleeping, dead)


def test_names_are_the_engines_numbers() -> None:
    environment = crafter.Env(seed=1)
    materials = {number: str(name) for name, number in environment._world._mat_ids.items()}
    creatures = {number: kind.__name__.lower() for kind, number in environment._sem_view._obj_ids.items()}
    assert dict(enumerate(NAMES)) == {**materials, **creatures}


def test_names_the_nearest_square_of_each_kind_in_the_order_met_from_the_west() -> None:
    sight = _sight(things={(28, 30): TREE, (33, 32): TREE, (32, 29): COW})
    assert describe_sight(sight) == (
        "You see:\n- grass 1 step to your west\n- tree 1 step to your east\n- cow 3 steps to your north\n\n"
        "You face grass at your front."
    )


def test_of_equally_near_squares_the_first_met_is_named() -> None:
    text = describe_sight(_sight(things={(31, 31): TREE, (33, 33): TREE}))
    assert "- tree 2 steps to your north-west\n" in text


def test_sees_four_squares_sideways_and_three_up_and_down() -> None:
    text = describe_sight(_sight(things={(36, 35): TREE, (37, 32): WATER, (32, 36): COW}))
    assert "tree 7 steps to your south-east" in text
    assert "water" not in text
    assert "cow" not in text


@pytest.mark.parametrize(("x", "y"), [(3, 32), (0, 32), (32, 2), (32, 0)])
def test_sees_nothing_close_to_the_west_or_north_edge(x: int, y: int) -> None:
    assert describe_sight(_sight(x, y)) == "You see nothing away from you.\n\nYou face nothing at your front."


@pytest.mark.parametrize("facing", [(-1, 0), (1, 0), (0, -1), (0, 1)])
def test_says_something_everywhere_on_the_map(facing: tuple[int, int]) -> None:
    for x in (0, 4, 59, 60, 61, 62, 63):
        for y in (0, 3, 60, 61, 62, 63):
            assert " at your front." in describe_sight(_sight(x, y, facing))


def test_at_the_south_edge_faces_nothing_although_grass_is_seen() -> None:
    text = describe_sight(_sight(32, 63, facing=(-1, 0)))
    assert text.startswith("You see:\n- grass 1 step to your west")
    text = describe_sight(_sight(32, 63, facing=(0, 1)))
    assert text.endswith("You face nothing at your front.")


def test_sleep_comes_before_death_and_both_before_what_is_seen() -> None:
    asleep = describe_sight(_sight(sleeping=True, dead=True))
    assert asleep.startswith(
        "You are sleeping, and will not be able take actions until energy is full.\n\n\n\nYou see:"
    )
    assert describe_sight(_sight(dead=True)).startswith("You died.\n\n\n\nYou see:")


def test_the_short_text_lists_vital_signs_then_what_is_carried() -> None:
    vitals = {"health": 9, "food": 0, "drink": 3, "energy": 1}
    status = "Your status:\n- health: 9/9\n- food: 0/9\n- drink: 3/9\n- energy: 1/9\n\n"
    assert describe_inventory({**vitals, "sapling": 0}) == status + "You have nothing in your inventory."
    assert (
        describe_inventory({**vitals, "wood": 2, "stone": 0, "iron": 1})
        == status + "Your inventory:\n- wood: 2\n- iron: 1"
    )
