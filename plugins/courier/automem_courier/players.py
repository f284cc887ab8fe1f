"""Two scripted players that prove what the game measures, and a command that prints their scores.

`python -m automem_courier.players [--task TASK] [--seeds COUNT]`. Both players see only what a model would see.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Sequence
from typing import Any, Protocol

from .game import WALK, Courier
from .settings import PRESETS
from .words import PLACES

TELLING = re.compile(r"The (\w+) says: my password is (?:now )?([a-z ]+)\.")
QUESTION = re.compile(r"Say the (?:(\w+) word of the )?(\w+)'s password\.")


class Player(Protocol):
    """Chooses an action from the observation's long text and the list of actions (name to description)."""

    def act(self, text: str, actions: dict[str, str]) -> str:
        """The name of the action to play."""


class PerfectMemory:
    """Keeps the last password that each person told; scores 1 in every episode."""

    def __init__(self) -> None:
        self._passwords: dict[str, list[str]] = {}

    def act(self, text: str, actions: dict[str, str]) -> str:
        """Note a password that is told; at a door, say the word asked for."""
        telling = TELLING.search(text)
        if telling:
            self._passwords[telling[1]] = telling[2].split()
        question = QUESTION.search(text)
        if not question:
            return WALK
        return self._passwords[question[2]][PLACES.index(question[1] or PLACES[0])]


class NoMemory:
    """Looks at the present observation alone: at a door it says one of the words that may stand at that place."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)

    def act(self, text: str, actions: dict[str, str]) -> str:
        """At a door, guess among the words that fit the question."""
        question = QUESTION.search(text)
        if not question:
            return WALK
        fitting = [name for name, description in actions.items() if name != WALK and (question[1] or "") in description]
        return self._draw.choice(fitting)


def play_episode(player: Player, task: str, seed: int, options: dict[str, Any] | None = None) -> float:
    """The score of one episode, in [0, 1]."""
    game = Courier()
    start = game.reset(task, seed, options or {})
    actions = {action.name: action.description for action in start.actions}
    text = start.observation.long
    while True:
        transition = game.step(player.act(text, actions))
        if transition.terminated:
            return transition.progress
        text = transition.observation.long


def score_table(tasks: Sequence[str], seeds: Sequence[int]) -> list[tuple[str, float, float, float]]:
    """For each task: its name, mean score with perfect memory, mean score without memory, chance."""
    return [
        (
            task,
            sum(play_episode(PerfectMemory(), task, seed) for seed in seeds) / len(seeds),
            sum(play_episode(NoMemory(seed), task, seed) for seed in seeds) / len(seeds),
            PRESETS[task].chance,
        )
        for task in tasks
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Scores of the two scripted players.")
    parser.add_argument("--task", choices=list(PRESETS), help="only this task (default: all)")
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds, from 0 (default: 200)")
    options = parser.parse_args()
    print(f"{'task':<10}{'perfect memory':>16}{'no memory':>12}{'chance':>10}   ({options.seeds} seeds)")
    for task, perfect, none, chance in score_table(
        [options.task] if options.task else list(PRESETS), range(options.seeds)
    ):
        print(f"{task:<10}{perfect:>16.3f}{none:>12.3f}{chance:>10.3f}")


if __name__ == "__main__":
    main()
