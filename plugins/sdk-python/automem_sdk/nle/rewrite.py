"""AutoMem's wording of distances and directions, over the words of NLE's language renderer.

Whole words only, in the order below, in the long and in the short text alike. The rules are the facts of the paper's
text; the golden episodes of both wordings show them.
"""

from __future__ import annotations

import re
from typing import Final

DISTANCES: Final = (
    ("very far", "9+ steps away"),
    ("very near", "2 steps away"),
    ("far", "5-8 steps away"),
    ("near", "3-4 steps away"),
    ("adjacent", "1 step away (directly reachable)"),
)

DIRECTIONS: Final = (
    ("northnortheast", "between north and northeast"),
    ("eastnortheast", "between east and northeast"),
    ("eastsoutheast", "between east and southeast"),
    ("southsoutheast", "between south and southeast"),
    ("southsouthwest", "between south and southwest"),
    ("westsouthwest", "between west and southwest"),
    ("westnorthwest", "between west and northwest"),
    ("northnorthwest", "between north and northwest"),
)

_WORDS: Final = dict(DISTANCES + DIRECTIONS)
# One pass does what one replacement after the other would: the longer phrases come first, and no replacement
# contains a phrase.
_PATTERN: Final = re.compile(r"\b(?:" + "|".join(re.escape(phrase) for phrase in _WORDS) + r")\b")


def rewrite_distances(text: str) -> str:
    """`text` with every distance in steps and every compound direction spelled out."""
    return _PATTERN.sub(lambda match: _WORDS[match.group()], text)
