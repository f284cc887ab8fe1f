"""MiniHack as an automem game: the paper's eight tasks by default, any other MiniHack environment by its id.

Settings are those of the AutoMem runs; with the option `text` = `balrog` they are BALROG's, which differ in the wording
of distances and in not picking things up by walking over them. Source of the behaviour: BALROG af7d1f1,
balrog/environments/minihack and balrog/environments/nle (MIT licence); the golden episodes decide.
"""

from __future__ import annotations

import random
from importlib.metadata import version
from typing import Any, ClassVar, Final

import numpy as np
from automem_sdk import Game, GameFault, Start, Task, Transition
from automem_sdk.nle import NleEpisode, check_options

from .actions import DEFAULT_ACTION, offered_actions
from .environment import MAX_STEPS, make_environment
from .instruction import instruction_for
from .level_compiler import check_level

PACKAGES: Final = ("minihack", "balrog-nle", "gym", "numpy")

_DESCRIPTIONS: Final = {
    "MiniHack-Boxoban-Hard-v0": "Push four boulders onto four fountains; hard levels.",
    "MiniHack-Boxoban-Medium-v0": "Push four boulders onto four fountains; medium levels.",
    "MiniHack-MazeWalk-9x9-v0": "Find the stairs down in a maze of 9 by 9.",
    "MiniHack-MazeWalk-15x15-v0": "Find the stairs down in a maze of 15 by 15.",
    "MiniHack-Corridor-R3-v0": "Find the stairs down among three rooms and their corridors.",
    "MiniHack-CorridorBattle-Dark-v0": "Fight through a dark corridor to the stairs down.",
    "MiniHack-Quest-Easy-v0": "Cross lava and fight monsters to reach the stairs down.",
    "MiniHack-Quest-Medium-v0": "Cross lava and fight more monsters to reach the stairs down.",
}


class MiniHack(Game):
    """Small levels built on NetHack, each with one goal."""

    name = "minihack"
    version = "0.1.0"
    tasks = tuple(Task(task, description, MAX_STEPS) for task, description in _DESCRIPTIONS.items())
    accepts_other_tasks = True
    reads_clock = True
    default_options: ClassVar[dict[str, Any]] = {"text": "automem"}

    def __init__(self) -> None:
        self._episode: NleEpisode | None = None
        self._keys: dict[str, int] = {}

    def reset(self, task: str, seed: int, options: dict[str, Any]) -> Start:
        """Build the level `seed` gives and enter it."""
        text = check_options(self.name, options)
        self.close()
        environment = make_environment(task, autopickup=text == "automem")
        # Making a Boxoban environment draws a level; the episode's own draw must come right after the seeding.
        random.seed(seed)
        np.random.seed(seed)
        self._episode = NleEpisode(environment, seed, steps=text == "automem")
        check_level(environment, task)
        offered = offered_actions(environment.actions)
        self._keys = {name: key for name, (_, key) in offered.items()}
        return Start(
            observation=self._episode.first_observation(),
            instruction=instruction_for(task, MAX_STEPS),
            actions=[action for action, _ in offered.values()],
            default_action=DEFAULT_ACTION,
            max_steps=MAX_STEPS,
            progress=0.0,
            info={"blstats": [int(value) for value in self._episode.blstats]},
        )

    def step(self, action: str) -> Transition:
        """Type the key of `action`. Progress is 1 only after a step whose reward is at least 1, as in the reference."""
        if self._episode is None:
            raise GameFault("not-playing", "minihack: no episode is under way; call reset first")
        turn = self._episode.press(self._keys[action])
        facts = turn.facts()
        if turn.done:
            facts["end_reason"] = turn.end_status.lower().replace("_", " ")
        return Transition(
            observation=self._episode.observe([turn]),
            reward=turn.reward,
            terminated=turn.terminated,
            truncated=turn.truncated,
            progress=1.0 if turn.reward >= 1.0 else 0.0,
            info=facts,
        )

    def render(self) -> bytes:
        """The terminal, 960 by 528 pixels."""
        if self._episode is None:
            raise GameFault("not-playing", "minihack: no episode is under way; call reset first")
        return self._episode.picture()

    def close(self) -> None:
        """End the episode that is under way, if any."""
        episode, self._episode = self._episode, None
        if episode is not None:
            episode.close()

    def packages(self) -> dict[str, str]:
        """Versions of the packages that decide an episode."""
        return {name: version(name) for name in PACKAGES}

    def determinism_notes(self) -> list[str]:
        """What was done so that an episode repeats itself."""
        return [
            "NetHack's core and display generators are seeded with the episode's seed and never reseeded",
            "NetHack reads the wall clock (moon phase, Friday 13th, night): the clock must be frozen",
            "Boxoban's level files are read in order of their names; the level is drawn with the episode's seed",
        ]
