"""The text of an observation: message, what is around, cursor and map; and the inventory.

Written after BALROG's NLE wrapper in its text mode (balrog-ai/BALROG af7d1f1, balrog/environments/nle/base.py, MIT
licence); the words about the surroundings come from the language renderer inside the package balrog-nle. Texts are
Latin-1 on NetHack's side: any byte can turn up, NUL included, and goes through unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automem_sdk import Observation
from nle import nle_language_obsv
from numpy.typing import NDArray

from .rewrite import rewrite_distances

NleObservation = Mapping[str, NDArray[Any]]


class TextRenderer:
    """Turns NLE's arrays into the two texts. `steps`: word distances as AutoMem does, in steps."""

    def __init__(self, steps: bool) -> None:
        self._language = nle_language_obsv.NLELanguageObsv()
        self._steps = steps

    def message(self, observation: NleObservation) -> str:
        """What the game says at the top of the terminal, or in a window."""
        return _decode(self._language.text_message(observation["tty_chars"]))

    def observation(self, observation: NleObservation, message: str) -> Observation:
        """The two texts; `message` may join several screens."""
        glyphs, blstats, cursor = observation["glyphs"], observation["blstats"], observation["tty_cursor"]
        under_cursor = _decode(self._language.text_cursor(glyphs, blstats, cursor))
        parts = (
            ("message", message),
            ("language observation", _decode(self._language.text_glyphs(glyphs, blstats))),
            ("cursor", f"{under_cursor}\n(x={cursor[1]}, y={cursor[0]})"),
            ("map", terminal_below_message(observation["tty_chars"])),
        )
        long = "\n".join(f"{title}:\n{body}\n" for title, body in parts)
        carried = self._language.text_inventory(observation["inv_strs"], observation["inv_letters"])
        short = f"inventory:\n{_decode(carried)}\n"
        if self._steps:
            return Observation(rewrite_distances(long), rewrite_distances(short))
        return Observation(long, short)


def terminal_below_message(characters: NDArray[Any]) -> str:
    """The terminal without its first line, each line closed by a newline."""
    return "".join(f"{_decode(bytes(line))}\n" for line in characters[1:])


def _decode(text: bytes) -> str:
    return text.decode("latin-1")
