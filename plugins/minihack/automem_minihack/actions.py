"""The action names of MiniHack, with the key and a description of each.

A task offers the names whose key its environment takes, in the environment's order; BALROG's wrapper does the same with
the same names (balrog-ai/BALROG af7d1f1, balrog/environments/minihack/__init__.py, MIT licence). Descriptions are ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from automem_sdk import Action

DEFAULT_ACTION: Final = "north"


def _meta(letter: str) -> int:
    return ord(letter) | 0x80


_NAMES: Final[dict[int, tuple[str, str]]] = {
    ord("k"): ("north", "move, push or attack one square north; answers a question for a direction"),
    ord("l"): ("east", "move, push or attack one square east; answers a question for a direction"),
    ord("j"): ("south", "move, push or attack one square south; answers a question for a direction"),
    ord("h"): ("west", "move, push or attack one square west; answers a question for a direction"),
    ord("u"): ("northeast", "move or attack one square northeast; not through doorways"),
    ord("n"): ("southeast", "move or attack one square southeast; not through doorways"),
    ord("b"): ("southwest", "move or attack one square southwest; not through doorways"),
    ord("y"): ("northwest", "move or attack one square northwest; not through doorways"),
    ord("K"): ("far north", "move north until something interesting comes up"),
    ord("L"): ("far east", "move east until something interesting comes up"),
    ord("J"): ("far south", "move south until something interesting comes up"),
    ord("H"): ("far west", "move west until something interesting comes up"),
    ord("U"): ("far northeast", "move northeast until something interesting comes up"),
    ord("N"): ("far southeast", "move southeast until something interesting comes up"),
    ord("B"): ("far southwest", "move southwest until something interesting comes up"),
    ord("Y"): ("far northwest", "move northwest until something interesting comes up"),
    ord("<"): ("up", "climb the staircase you stand on"),
    ord(">"): ("down", "go down the staircase you stand on"),
    ord("."): ("wait", "rest for one turn"),
    13: ("more", "go on to the rest of a message that ends in --More--; confirms a menu"),
    ord("a"): ("apply", "use a tool; its letter is asked for"),
    ord("c"): ("close", "close a door beside you; the direction is the next action"),
    ord("e"): ("eat", "eat something you carry or stand on"),
    _meta("f"): ("force", "force the lock of a box you stand on, with the weapon you wield"),
    0x04: ("kick", "kick a door, a box or a monster; the direction is the next action"),
    _meta("l"): ("loot", "open a box you stand on"),
    ord("o"): ("open", "open a door beside you; the direction is the next action"),
    ord(","): ("pickup", "pick up things where you stand"),
    _meta("p"): ("pray", "pray to your god for help"),
    ord("P"): ("puton", "put on a ring, an amulet or a blindfold"),
    ord("q"): ("quaff", "drink a potion, or from a fountain"),
    ord("s"): ("search", "search the squares beside you for hidden doors and passages; takes a turn"),
    ord("z"): ("zap", "zap a wand; its letter is asked for, and perhaps a direction"),
}


def offered_actions(keys: Iterable[int]) -> dict[str, tuple[Action, int]]:
    """Name to action and key, for an environment that takes `keys`, in their order."""
    offered: dict[str, tuple[Action, int]] = {}
    for key in keys:
        if int(key) in _NAMES:
            name, description = _NAMES[int(key)]
            offered[name] = (Action(name, description), int(key))
    return offered
