"""Draws the state of the game as a PNG."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from automem_sdk.png import encode_png

from .font import GLYPH_HEIGHT, GLYPH_WIDTH, glyph_rows

WIDTH = 320
HEIGHT = 200
MARGIN = 10
SCALE = 2
LETTER = (GLYPH_WIDTH + 1) * SCALE
LINE = (GLYPH_HEIGHT + 3) * SCALE
DOOR_WIDTH = 32
DOOR_HEIGHT = 28
DOORS_A_ROW = 8

Colour = tuple[int, int, int]
PAPER: Colour = (244, 239, 228)
INK: Colour = (45, 42, 38)
CLOSED: Colour = (176, 168, 152)
OPENED: Colour = (74, 139, 92)
REFUSED: Colour = (183, 76, 66)


def draw_picture(text: str, status: str, doors: Sequence[tuple[str, bool | None]], share_of_day: float) -> bytes:
    """A PNG of 320 by 200: the text, the doors (None: not tried yet), a bar for the day in [0, 1], the status."""
    canvas = [bytearray(PAPER * WIDTH) for _ in range(HEIGHT)]
    for index, line in enumerate(textwrap.wrap(text, (WIDTH - 2 * MARGIN) // LETTER)[:4]):
        _write(canvas, MARGIN, MARGIN + index * LINE, line)
    for index, (person, opened) in enumerate(doors):
        left = MARGIN + (index % DOORS_A_ROW) * (DOOR_WIDTH + 6)
        top = MARGIN + 5 * LINE + (index // DOORS_A_ROW) * (DOOR_HEIGHT + 6)
        _fill(canvas, left, top, DOOR_WIDTH, DOOR_HEIGHT, CLOSED if opened is None else OPENED if opened else REFUSED)
        _write(canvas, left + 4, top + 8, person[:3])
    _fill(canvas, MARGIN, HEIGHT - 32, WIDTH - 2 * MARGIN, 4, CLOSED)
    _fill(canvas, MARGIN, HEIGHT - 32, round((WIDTH - 2 * MARGIN) * share_of_day), 4, INK)
    _write(canvas, MARGIN, HEIGHT - 20, status)
    return encode_png(canvas)


def _fill(canvas: list[bytearray], left: int, top: int, width: int, height: int, colour: Colour) -> None:
    right = min(left + width, WIDTH)
    for row in canvas[top : top + height]:
        row[left * 3 : right * 3] = bytes(colour) * (right - left)


def _write(canvas: list[bytearray], left: int, top: int, text: str) -> None:
    for index, letter in enumerate(text):
        for y, dots in enumerate(glyph_rows(letter)):
            for x, dot in enumerate(dots):
                if dot:
                    _fill(canvas, left + index * LETTER + x * SCALE, top + y * SCALE, SCALE, SCALE, INK)
