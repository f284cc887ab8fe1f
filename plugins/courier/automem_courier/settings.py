"""How big an episode is: the tasks' presets, and the options that change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from automem_sdk import BadOption, BadTask, Task

from .words import PEOPLE, VOCABULARY


@dataclass(frozen=True)
class Settings:
    """The size of an episode. A player that guesses opens `chance` of the doors on average."""

    facts: int = 3
    """How many people tell a password; each has one door. 1 to 16."""
    distractors: int = 3
    """How many strangers say something of no use, among the passwords. 0 to 200."""
    gap: int = 2
    """Steps on the road between the last thing said and the first door. 0 to 1000."""
    choices: int = 4
    """How many words may stand at each place of a password. 2 to 12."""
    words: int = 2
    """How many words a password has; a door asks for one at a time. 1 to 3."""
    changes: int = 0
    """How many of the passwords are changed later, before the road. 0 to `facts`."""

    @property
    def steps(self) -> int:
        """The length of an episode; every action takes one step and the game never waits."""
        return self.facts + self.distractors + self.changes + self.gap + self.facts * self.words

    @property
    def chance(self) -> float:
        """Expected score of any player without memory, however clever."""
        return float(self.choices) ** -self.words


RANGES = {
    "facts": (1, len(PEOPLE)),
    "distractors": (0, 200),
    "gap": (0, 1000),
    "choices": (2, len(VOCABULARY[0])),
    "words": (1, len(VOCABULARY)),
    "changes": (0, len(PEOPLE)),
}

PRESETS = {
    "default": Settings(),
    "tiny": Settings(words=1),
    "long": Settings(facts=6, distractors=24, gap=30),
    "hard": Settings(facts=8, distractors=24, gap=20, choices=6, changes=4),
}

DESCRIPTIONS = {
    "default": "Three passwords of two words; a guess opens a door once in 16 times.",
    "tiny": "Three passwords of one word, for very small models; a guess opens a door once in 4 times.",
    "long": "Six passwords among much talk, then a long road; a guess opens a door once in 16 times.",
    "hard": "Eight passwords, four of which change, among much talk; a guess opens a door once in 36 times.",
}

TASKS = tuple(Task(name, DESCRIPTIONS[name], preset.steps) for name, preset in PRESETS.items())


def read_settings(task: str, options: Mapping[str, Any]) -> Settings:
    """The task's preset with the options put over it; raises BadTask or BadOption."""
    if task not in PRESETS:
        raise BadTask(task, PRESETS)
    known = [field.name for field in fields(Settings)]
    for name, value in options.items():
        if name not in known:
            raise BadOption(f"unknown option {name!r}; known options: {', '.join(known)}")
        low, high = RANGES[name]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise BadOption(f"option {name} must be a whole number from {low} to {high}, not {value!r}")
    settings = replace(PRESETS[task], **options)
    if settings.changes > settings.facts:
        raise BadOption(f"option changes ({settings.changes}) must not exceed facts ({settings.facts})")
    return settings
