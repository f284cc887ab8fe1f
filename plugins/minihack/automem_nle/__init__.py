"""What the NetHack and MiniHack plugins share: typing keys, the text of an observation, a picture of the terminal.

The folder is in both plugins, because each is installed on its own; a test keeps the two copies equal. Importing it
imports gym 0.23, whose call to change over to another package is not for the player's log.
"""

from __future__ import annotations

import importlib

importlib.import_module("gym_notices.notices").notices.clear()

from .episode import NleEpisode, Turn  # noqa: E402
from .options import check_options  # noqa: E402
from .rewrite import rewrite_distances  # noqa: E402
from .screen import draw_screen  # noqa: E402

__all__ = ["NleEpisode", "Turn", "check_options", "draw_screen", "rewrite_distances"]
