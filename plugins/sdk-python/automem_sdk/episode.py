"""The records that pass between a game and the host: what a reset starts and what a step changes.

They mirror the game kind of the plugin protocol, version 1. Plain immutable values; `checks` turns them into JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Task:
    """One thing to play. `id` is unique in its game; `max_steps` is the step limit of an episode, at least 1."""

    id: str
    description: str
    max_steps: int


@dataclass(frozen=True)
class Action:
    """One action. `name` is unique in an episode and matched exactly; `description` is shown to the player."""

    name: str
    description: str


@dataclass(frozen=True)
class Observation:
    """What the player reads: `long` is what is seen, `short` is inventory or status. Either may be empty."""

    long: str
    short: str = ""


@dataclass(frozen=True)
class Start:
    """The answer of `Game.reset`.

    `instruction` says how to play and win. `default_action` names the action of `actions` that is played when the
    player asks for one that does not exist. `progress` is the score so far, in [0, 1]. `info` is a JSON object for
    people and tools; the player never sees it.
    """

    observation: Observation
    instruction: str
    actions: Sequence[Action]
    default_action: str
    max_steps: int
    progress: float = 0.0
    info: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Transition:
    """The answer of `Game.step`.

    `reward` is the game's own, any finite number. `terminated`: the game ended. `truncated`: a limit ended it.
    `progress` is the score of the episode so far, in [0, 1]; it is what automem reports.
    """

    observation: Observation
    reward: float
    terminated: bool
    truncated: bool
    progress: float
    info: Mapping[str, Any] = field(default_factory=dict)
