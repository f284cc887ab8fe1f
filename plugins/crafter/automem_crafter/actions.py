"""The seventeen actions of Crafter, in the order of the engine's own list, with what each needs and does.

Names and order are those of BALROG's wrapper (balrog-ai/BALROG af7d1f1, balrog/environments/crafter/env.py, MIT); the
descriptions are ours, checked against crafter 1.8.3 `data.yaml` and `objects.py`.
"""

from __future__ import annotations

from typing import Final

from automem_sdk import Action

DEFAULT_ACTION: Final = "Noop"

ACTIONS: Final = (
    Action("Noop", "do nothing for one step"),
    Action("Move West", "turn west and walk one square if it is free grass, sand or path (lava kills)"),
    Action("Move East", "turn east and walk one square if it is free grass, sand or path (lava kills)"),
    Action("Move North", "turn north and walk one square if it is free grass, sand or path (lava kills)"),
    Action("Move South", "turn south and walk one square if it is free grass, sand or path (lava kills)"),
    Action(
        "Do",
        "use what you face: chop a tree, drink water, mine stone or ore, search grass for a sapling (1 in 10), eat a "
        "ripe plant, hit a creature (a cow is eaten once it is beaten)",
    ),
    Action("Sleep", "fall asleep if energy is below 9; you cannot act until it is full again or you are hurt"),
    Action("Place Stone", "put 1 stone on the grass, sand, path, water or lava you face"),
    Action("Place Table", "put a table on the grass, sand or path you face; takes 2 wood"),
    Action("Place Furnace", "put a furnace on the grass, sand or path you face; takes 4 stone"),
    Action(
        "Place Plant",
        "plant 1 sapling on the grass you face; it takes long to ripen and creatures beside it destroy it",
    ),
    Action("Make Wood Pickaxe", "needs a table within one square; takes 1 wood; lets you mine stone and coal"),
    Action("Make Stone Pickaxe", "needs a table within one square; takes 1 wood and 1 stone; lets you mine iron"),
    Action(
        "Make Iron Pickaxe",
        "needs a table and a furnace within one square; takes 1 wood, 1 coal and 1 iron; lets you mine diamond",
    ),
    Action("Make Wood Sword", "needs a table within one square; takes 1 wood; hits harder than a bare hand"),
    Action(
        "Make Stone Sword", "needs a table within one square; takes 1 wood and 1 stone; hits harder than a wood sword"
    ),
    Action(
        "Make Iron Sword",
        "needs a table and a furnace within one square; takes 1 wood, 1 coal and 1 iron; hits hardest of all",
    ),
)
