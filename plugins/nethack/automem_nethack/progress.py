"""How far a NetHack episode got, in [0, 1].

BALROG's measure (balrog-ai/BALROG af7d1f1, balrog/environments/nle/progress.py and achievements.json, MIT licence): a
table says for each dungeon level and experience level how often people who reached it went on to win; the score is the
largest entry met so far. `progression.json` holds the figures. The bottom line reads zero after the game has ended, so
the maximum is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from nle import nethack

DEPTH: Final[int] = nethack.NLE_BL_DEPTH
EXPERIENCE_LEVEL: Final[int] = nethack.NLE_BL_XP


def load_table() -> dict[str, float]:
    """The figures: `Dlvl:N` for dungeon level N, `Xp:N` for experience level N."""
    text = files(__package__).joinpath("progression.json").read_text("utf-8")
    table: dict[str, float] = json.loads(text)["table"]
    return table


class Progress:
    """Keeps the largest entry of `table` met in an episode."""

    def __init__(self, table: Mapping[str, float]) -> None:
        self._table = table
        self.value = 0.0
        self.highest: str | None = None
        self.depth = 0
        self.experience_level = 0

    def update(self, blstats: Sequence[int] | Any) -> None:
        """Take in the bottom line after a turn; levels without an entry, such as 0, count for nothing."""
        depth, level = int(blstats[DEPTH]), int(blstats[EXPERIENCE_LEVEL])
        self.depth = max(self.depth, depth)
        self.experience_level = max(self.experience_level, level)
        for entry in (f"Xp:{level}", f"Dlvl:{depth}"):
            share = self._table.get(entry, 0.0)
            if share > self.value:
                self.value, self.highest = share, entry
