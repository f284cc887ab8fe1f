"""The one option of both games: which text the player reads."""

from __future__ import annotations

from typing import Any, Final

from automem_sdk import BadOption

TEXTS: Final = ("automem", "balrog")
"""`automem` gives distances in steps; `balrog` leaves the language renderer's words."""


def check_options(game: str, options: dict[str, Any]) -> str:
    """Returns the text asked for, `automem` by default; raises BadOption for an unknown key or value."""
    unknown = sorted(set(options) - {"text"})
    if unknown:
        raise BadOption(f"{game}: unknown option {', '.join(unknown)}; known options: text")
    text = options.get("text", TEXTS[0])
    if text not in TEXTS:
        raise BadOption(f"{game}: option text must be one of {', '.join(TEXTS)}, not {text!r}")
    return str(text)
