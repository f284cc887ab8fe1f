"""NetHack as an automem game: NLE's NetHackChallenge-v0 with the settings of the AutoMem and BALROG runs.

The character is random, `--More--` is answered by itself, all keys can be typed. Source of the behaviour: BALROG
af7d1f1, balrog/environments/nle (MIT licence); the golden episodes decide.
"""

from __future__ import annotations

import random
import re
from importlib.metadata import version
from typing import Any, ClassVar, Final

import numpy as np
from automem_sdk import BadTask, Game, GameFault, Start, Task, Transition
from automem_sdk.nle import NleEpisode, Turn, check_options
from nle.env.tasks import NetHackChallenge

from .actions import ACTIONS, DEFAULT_ACTION, KEYS
from .instruction import INSTRUCTION
from .progress import Progress, load_table

TASK: Final = "NetHackChallenge-v0"
MAX_STEPS: Final = 100_000
NO_PROGRESS_TURNS: Final = 150
PACKAGES: Final = ("balrog-nle", "gym", "numpy")


class NetHack(Game):
    """The dungeon of NetHack 3.6, whole."""

    name = "nethack"
    version = "0.1.0"
    tasks = (Task(TASK, "Get as deep into the dungeon, or as experienced, as you can.", MAX_STEPS),)
    reads_clock = True
    default_options: ClassVar[dict[str, Any]] = {"text": "automem"}

    def __init__(self) -> None:
        self._episode: NleEpisode | None = None
        self._table = load_table()
        self._progress = Progress(self._table)

    def reset(self, task: str, seed: int, options: dict[str, Any]) -> Start:
        """Begin a new game; `seed` sets both of NetHack's generators."""
        text = check_options(self.name, options)
        if task != TASK:
            raise BadTask(task, [TASK])
        self.close()
        environment = NetHackChallenge(
            character="@",
            max_episode_steps=MAX_STEPS,
            no_progress_timeout=NO_PROGRESS_TURNS,
            savedir=None,
            save_ttyrec_every=0,
        )
        random.seed(seed)
        np.random.seed(seed)
        self._episode = NleEpisode(environment, seed, steps=text == "automem")
        self._progress = Progress(self._table)
        return Start(
            observation=self._episode.first_observation(),
            instruction=INSTRUCTION.format(no_progress=NO_PROGRESS_TURNS, max_steps=MAX_STEPS),
            actions=ACTIONS,
            default_action=DEFAULT_ACTION,
            max_steps=MAX_STEPS,
            progress=0.0,
            info={"blstats": [int(value) for value in self._episode.blstats]},
        )

    def step(self, action: str) -> Transition:
        """Type the keys of `action`. A two-digit number is one step although it is two keys."""
        episode = self._playing()
        turns = episode.press_all(KEYS[action])
        for turn in turns:
            self._progress.update(turn.blstats)
        last = turns[-1]
        return Transition(
            observation=episode.observe(turns),
            reward=sum(turn.reward for turn in turns),
            terminated=last.terminated,
            truncated=last.truncated,
            progress=self._progress.value,
            info=self._facts(last),
        )

    def render(self) -> bytes:
        """The terminal, 960 by 528 pixels."""
        return self._playing().picture()

    def close(self) -> None:
        """End the game that is under way, if any."""
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
            "every episode is a fresh game folder: no record, bones or save of an earlier one",
        ]

    def _facts(self, turn: Turn) -> dict[str, Any]:
        facts: dict[str, Any] = {
            **turn.facts(),
            "deepest_level": self._progress.depth,
            "highest_experience_level": self._progress.experience_level,
            "highest_achievement": self._progress.highest,
        }
        if turn.done:
            facts["end_reason"] = _end_reason(turn)
        return facts

    def _playing(self) -> NleEpisode:
        if self._episode is None:
            raise GameFault("not-playing", "nethack: no episode is under way; call reset first")
        return self._episode


def _end_reason(turn: Turn) -> str:
    """How the game ended, from the status and, where the last screen says so, by whose hand."""
    if turn.truncated:
        return "aborted: no game time passed for too long, or the step limit"
    screen = " ".join(bytes(turn.raw["tty_chars"].reshape(-1)).decode("latin-1").split())
    killer = re.search(r"(?:Killed|killed) by ([^.]*)\.", screen)
    ending = turn.end_status.lower()
    return f"{ending}: killed by {killer.group(1)}" if killer else ending
