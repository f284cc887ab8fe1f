"""Seeds the global random generators, so that a game which draws from them repeats itself."""

from __future__ import annotations

import random
import sys


def seed_everything(seed: int) -> None:
    """Seed Python's `random` and, where numpy is imported already, numpy's global generator.

    `seed` is in [0, 2^31). The SDK calls this just before every `Game.reset`.
    """
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed)
