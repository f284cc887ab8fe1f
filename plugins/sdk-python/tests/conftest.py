"""Puts the SDK and the sample games on the path, so that the tests run without installing anything."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
for folder in (HERE.parent, HERE, HERE / "games"):
    sys.path.insert(0, str(folder))
