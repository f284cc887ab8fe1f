"""Puts the plugin, the SDK and the golden episodes' reader on the path."""

from __future__ import annotations

import sys
from pathlib import Path

PLUGIN = Path(__file__).resolve().parents[1]
REPOSITORY = PLUGIN.parents[1]
sys.path[:0] = [str(PLUGIN), str(PLUGIN.parent / "sdk-python"), str(REPOSITORY / "tests" / "fixtures" / "golden")]
