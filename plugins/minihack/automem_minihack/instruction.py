"""What the player is told about a MiniHack task before the first step. The words are ours."""

from __future__ import annotations

from typing import Final

_GOALS: Final = (
    (
        "boxoban",
        "This is Boxoban, a box-pushing puzzle. Push the four boulders (`) onto the four fountains ({). You push a "
        "boulder by walking against it; it moves if the square behind it is free of walls (#) and other boulders. You "
        "cannot pull, so a boulder in a corner is lost. The episode ends when every fountain has a boulder on it.",
    ),
    (
        "mazewalk",
        "Find the way through the maze to the stairs down (>) and step on them. Squares you have not seen are blank.",
    ),
    (
        "corridorbattle",
        "Get to the stairs down (>) at the far end of the corridor and step on them. Monsters come at you in numbers: "
        "fight in the narrow corridor, where only one at a time reaches you.",
    ),
    (
        "corridor",
        "Explore the rooms and corridors, some of whose doors are shut or hidden, find the stairs down (>) and step on "
        "them.",
    ),
    (
        "quest",
        "Cross the level to the stairs down (>) and step on them. Lava (}) kills at once: you need a way over it, such "
        "as an item you find. Monsters wait, some of them too strong to fight bare.",
    ),
)
_OTHER_GOAL: Final = "Reach the goal of the level: as a rule, step on the stairs down (>)."

_INSTRUCTION: Final = """\
You play MiniHack, a small level in the style of NetHack. {goal}

Each observation gives the game's message, what is around you with distance and direction, the cursor, the map, and \
your inventory. On the map you are @, | and - are walls, + is a closed door, . is floor, # is a corridor (in Boxoban a \
wall), < and > are stairs, letters are monsters, other signs are things.

You attack a monster by moving into it. An action that leaves everything as it was will do so again. The score is 1 if \
you reach the goal and 0 if not. The episode ends when you do, when you die, or after {max_steps} steps."""


def instruction_for(task: str, max_steps: int) -> str:
    """The instruction of the task with this id."""
    lowered = task.lower()
    goal = next((text for word, text in _GOALS if word in lowered), _OTHER_GOAL)
    return _INSTRUCTION.format(goal=goal, max_steps=max_steps)
