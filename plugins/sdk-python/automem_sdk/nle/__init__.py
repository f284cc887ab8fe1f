"""For games built on the NetHack Learning Environment: typing keys, the text of an observation, a picture of the terminal.

The NetHack and MiniHack plugins use it. It needs what they lock (balrog-nle, numpy, pillow), which the SDK itself does not. Importing
it imports gym 0.23, whose call to change over to another package is not for the player's log.
"""

from __future__ import annotations

import importlib

importlib.import_module("gym_notices.notices").notices.clear()

from .episode import NleEpisode, Turn  # noqa: E402
from .options import check_options  # noqa: E402
from .rewrite import rewrite_distances  # noqa: E402
from .screen import draw_screen  # noqa: E402

__all__ = ["NleEpisode", "Turn", "check_options", "draw_screen", "rewrite_distances"]
