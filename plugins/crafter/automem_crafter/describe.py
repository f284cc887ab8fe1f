"""The text of a Crafter observation.

Written after the text of BALROG's Crafter wrapper (balrog-ai/BALROG af7d1f1, balrog/environments/crafter/env.py, MIT
licence) with the settings of the AutoMem and BALROG runs: the closest square of each kind, nothing left out. The golden
episodes are its definition, oddities included; those are marked below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from crafter import constants
from numpy.typing import NDArray

VITALS: Final = ("health", "food", "drink", "energy")

# Numbers in the semantic map: 0 is no material, then the materials, then the creatures in the engine's order.
NAMES: Final = ("None", *constants.materials, "player", "cow", "zombie", "skeleton", "arrow", "plant")
_PLAYER: Final = NAMES.index("player")

SLEEPING: Final = "You are sleeping, and will not be able take actions until energy is full."
DEAD: Final = "You died."


class Sight(NamedTuple):
    """What the text is made of. `semantic` is the whole map, indexed [x, y]; places count from the north-west."""

    semantic: NDArray[np.uint8]
    position: tuple[int, int]
    facing: tuple[int, int]
    view: tuple[int, int]
    sleeping: bool
    dead: bool


def describe_sight(sight: Sight) -> str:
    """The long text: asleep or dead if so, the closest square of each kind in view, and the square faced."""
    status = SLEEPING if sight.sleeping else DEAD if sight.dead else ""
    area, center = _visible_area(sight)
    closest = _closest(area, center)
    seen = "You see nothing away from you."
    if closest:
        seen = "You see:\n" + "\n".join(f"- {name} {where}" for name, where in closest.items())
    faced = f"You face {_faced(area, center, sight.facing)} at your front."
    parts = [f"{status}\n\n"] if status else []
    return "\n\n".join([*parts, seen, faced])


def describe_inventory(inventory: Mapping[str, int]) -> str:
    """The short text: the four vital signs out of nine, then what is carried, in the engine's order."""
    status = "\n".join(f"- {name}: {inventory[name]}/9" for name in VITALS)
    carried = "\n".join(f"- {name}: {count}" for name, count in inventory.items() if name not in VITALS and count)
    held = f"Your inventory:\n{carried}" if carried else "You have nothing in your inventory."
    return f"Your status:\n{status}\n\n{held}"


def _visible_area(sight: Sight) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """The squares in view, indexed [x, y], and the player's place among them.

    Less than half a view from the west or north edge the slice begins below 0, which numpy counts from the far end:
    the reference then sees an empty area, and so do we.
    """
    (x, y), (width, height) = sight.position, sight.view
    area = sight.semantic[x - width // 2 : x + width // 2 + 1, y - height // 2 + 1 : y + height // 2]
    return area, (width // 2, height // 2 - 1)


def _closest(area: NDArray[np.uint8], center: tuple[int, int]) -> dict[str, str]:
    """Place of the nearest square of each kind, kinds in the order they are met going west to east, north to south.

    Distance is steps north or south plus steps west or east; of equally near squares the first one met is named.
    """
    nearest: dict[int, tuple[int, str]] = {}
    for i, column in enumerate(area.tolist()):
        for j, kind in enumerate(column):
            if kind == _PLAYER:
                continue
            dx, dy = i - center[0], j - center[1]
            distance = abs(dx) + abs(dy)
            if kind not in nearest or distance < nearest[kind][0]:
                nearest[kind] = (distance, _place(dx, dy))
    return {NAMES[kind]: where for kind, (_, where) in nearest.items()}


def _place(dx: int, dy: int) -> str:
    sides = (("north", dy < 0), ("south", dy > 0), ("west", dx < 0), ("east", dx > 0))
    directions = [name for name, there in sides if there]
    distance = abs(dx) + abs(dy)
    return f"{distance} step{'s' if distance > 1 else ''} to your {'-'.join(directions)}"


def _faced(area: NDArray[np.uint8], center: tuple[int, int], facing: tuple[int, int]) -> str:
    """What is faced. The reference holds x against the height of the area and y against its width; kept.

    At the east edge, facing the edge, the reference stops with an index error; there is nothing to see.
    """
    x, y = center[0] + facing[0], center[1] + facing[1]
    width, height = area.shape
    if 0 <= x < height and 0 <= y < width and x < width and y < height:
        name: str = NAMES[int(area[x, y])]
        return name
    return "nothing"


def facts(environment: Any, info: Mapping[str, Any]) -> dict[str, Any]:
    """The step's facts for people and tools: counts above zero, position, facing and the state of the player."""
    player = environment.player
    return {
        "achievements": {name: int(count) for name, count in info["achievements"].items() if count > 0},
        "inventory": {name: int(count) for name, count in info["inventory"].items() if count > 0},
        "player_pos": [int(value) for value in info["player_pos"]],
        "player_facing": [int(value) for value in player.facing],
        "sleeping": bool(player.sleeping),
        "dead": bool(player.health <= 0),
        "discount": float(info["discount"]),
    }
