"""One episode of an NLE environment: keys are typed, `--More--` is answered, the end is named.

Follows BALROG's wrappers AutoMore and NLETimeLimit (balrog-ai/BALROG af7d1f1, balrog/environments/nle/auto_more.py and
balrog/environments/wrappers, MIT licence): while a message ends in `--More--` the game is asked for the rest, and the
parts become one message; an episode that the environment aborts counts as truncated, any other end as terminated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from automem_sdk import Observation
from nle import nethack
from numpy.typing import NDArray

from .screen import draw_screen
from .text import NleObservation, TextRenderer

MORE: Final = "--More--"
MORE_KEY: Final = nethack.MiscAction.MORE
ABORTED: Final = -1


@dataclass(frozen=True)
class Turn:
    """What typing one key, and answering every `--More--` after it, came to.

    `blstats` are NLE's 27 bottom-line figures, all zero once the game has ended. `end_status` is NLE's name of the
    state: RUNNING, DEATH, ABORTED, or TASK_SUCCESSFUL.
    """

    raw: NleObservation
    message: str
    reward: float
    terminated: bool
    truncated: bool
    end_status: str
    is_ascended: bool

    @property
    def done(self) -> bool:
        """True if the episode is over."""
        return self.terminated or self.truncated

    @property
    def blstats(self) -> NDArray[Any]:
        """The bottom-line figures."""
        return self.raw["blstats"]

    def facts(self) -> dict[str, Any]:
        """The turn's facts for people and tools."""
        return {
            "end_status": self.end_status,
            "is_ascended": self.is_ascended,
            "blstats": [int(value) for value in self.blstats],
        }


class NleEpisode:
    """Plays `environment`, a fresh NLE environment, with NetHack's two generators seeded by `seed`.

    Both seeds are set and reseeding is off: the reference leaves the display seed to chance. The environment is closed
    by `close`.
    """

    def __init__(self, environment: Any, seed: int, steps: bool) -> None:
        self._environment = environment
        self._renderer = TextRenderer(steps)
        self._keys = [int(key) for key in environment.actions]
        environment.seed(seed, seed, reseed=False)
        self._raw: NleObservation = environment.reset()

    @property
    def blstats(self) -> NDArray[Any]:
        """The bottom-line figures as they stand."""
        return self._raw["blstats"]

    def knows(self, key: int) -> bool:
        """True if the environment accepts `key`."""
        return key in self._keys

    def first_observation(self) -> Observation:
        """What is seen after reset; a `--More--` there is left to the player, as in the reference."""
        return self._renderer.observation(self._raw, self._renderer.message(self._raw))

    def press(self, key: int) -> Turn:
        """Type one key and read all the game has to say about it."""
        raw, reward, done, info = self._environment.step(self._keys.index(key))
        message = self._renderer.message(raw)
        while MORE in message and not done and self.knows(MORE_KEY):
            message = message.replace(MORE, "\n")
            raw, more_reward, done, info = self._environment.step(self._keys.index(MORE_KEY))
            message += self._renderer.message(raw)
            reward += more_reward
        self._raw = raw
        status = info["end_status"]
        aborted = done and int(status) == ABORTED
        return Turn(
            raw=raw,
            message=message,
            reward=float(reward),
            terminated=bool(done and not aborted),
            truncated=bool(aborted),
            end_status=str(status.name),
            is_ascended=bool(info["is_ascended"]),
        )

    def press_all(self, keys: Sequence[int]) -> list[Turn]:
        """Type keys one after the other, until the last one or the end of the episode; at least one key."""
        turns: list[Turn] = []
        for key in keys:
            turns.append(self.press(key))
            if turns[-1].done:
                break
        return turns

    def observe(self, turns: Sequence[Turn]) -> Observation:
        """What is seen after `turns`. An earlier key's message is kept if it filled more than one screen."""
        kept = [turn.message for turn in turns[:-1] if "\n" in turn.message]
        return self._renderer.observation(turns[-1].raw, "\n".join([*kept, turns[-1].message]))

    def picture(self) -> bytes:
        """The terminal as a PNG."""
        return draw_screen(self._raw["tty_chars"], self._raw["tty_colors"], self._raw["tty_cursor"])

    def close(self) -> None:
        """End the game and remove its temporary folder."""
        self._environment.close()
