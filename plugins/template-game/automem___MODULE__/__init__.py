"""__TITLE__: a complete small game to start from. Replace it piece by piece with your own.

A coin lies under one of the cups in a row. The player walks along the row and lifts cups.
"""

from __future__ import annotations

import random
from typing import Any

from automem_sdk import Action, BadOption, Game, Observation, Start, Task, Transition

# The player may play these and no others. The description is shown to it next to the name.
ACTIONS = (
    Action("left", "go to the cup on the left"),
    Action("right", "go to the cup on the right"),
    Action("lift", "lift the cup in front of you"),
)


class CoinHunt(Game):
    """One instance plays many episodes; everything an episode needs is set by `reset`."""

    name = "__NAME__"
    version = "0.1.0"
    # Keep tasks and options equal to those in plugin.json.
    tasks = (Task("default", "Find the coin under one of nine cups.", max_steps=20),)
    # Unknown options are refused for you, and missing ones are filled in from here.
    default_options = {"cups": 9}

    def reset(self, task: str, seed: int, options: dict[str, Any]) -> Start:
        """Begin an episode. The same seed must give the same episode, so draw from a generator of your own."""
        self.cups = options["cups"]
        if not isinstance(self.cups, int) or not 2 <= self.cups <= 99:
            raise BadOption(f"cups must be a whole number from 2 to 99, not {self.cups!r}")
        draw = random.Random(seed)
        self.coin = draw.randrange(self.cups)
        self.place = draw.randrange(self.cups)
        self.steps = 0
        return Start(
            observation=self.observe("You look at the cups."),
            # Say how to play and what counts; the player knows nothing else.
            instruction="A coin lies under one of the cups. Find it: walk along the row and lift cups.",
            actions=ACTIONS,
            # Played when the player asks for an action that does not exist.
            default_action="left",
            max_steps=20,
        )

    def step(self, action: str) -> Transition:
        """Play one action; it is always one of ACTIONS."""
        self.steps += 1
        found = action == "lift" and self.place == self.coin
        if action == "lift":
            news = "The coin is here!" if found else "There is no coin under this cup."
        else:
            self.place = (self.place + (1 if action == "right" else -1)) % self.cups
            news = f"You go {action}."
        return Transition(
            observation=self.observe(news),
            reward=1.0 if found else 0.0,
            terminated=found,  # the game ended
            truncated=not found and self.steps >= 20,  # the step limit ended it
            progress=1.0 if found else 0.0,  # the score so far, in [0, 1]: what automem reports
        )

    def observe(self, news: str) -> Observation:
        """`long` is what is seen; `short` is a status line. Never show what the player has to find out."""
        return Observation(long=news, short=f"You are at cup {self.place + 1} of {self.cups}.")
