"""Puts the game and the SDK on the path, so that the tests run without installing anything."""

from __future__ import annotations

import sys
from pathlib import Path

PLUGIN = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PLUGIN), str(PLUGIN.parent / "sdk-python")]
