"""A picture of NetHack's terminal: 24 lines of 80 characters in the terminal's sixteen colours."""

from __future__ import annotations

import functools
import io
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

PALETTE: Final = (
    (85, 85, 85),  # black would not show on black: drawn in dark grey
    (205, 49, 49),
    (13, 188, 121),
    (181, 137, 0),
    (59, 120, 255),
    (188, 63, 188),
    (17, 168, 205),
    (204, 204, 204),
    (118, 118, 118),
    (255, 140, 0),
    (35, 240, 139),
    (245, 245, 67),
    (120, 170, 255),
    (255, 110, 255),
    (41, 220, 240),
    (255, 255, 255),
)
CELL_WIDTH: Final = 6
CELL_HEIGHT: Final = 11
SCALE: Final = 2


def draw_screen(characters: NDArray[Any], colours: NDArray[Any], cursor: NDArray[Any]) -> bytes:
    """PNG of the terminal, 960 by 528 pixels; the cell under the cursor is inverted.

    `characters` and `colours` have shape (24, 80), `cursor` is (line, column). Bytes are drawn as Latin-1.
    """
    lines, columns = characters.shape
    shapes = _shapes()[characters]
    ink = np.array(PALETTE, np.uint8)[colours & 15]
    cells = shapes[..., None] * ink[:, :, None, None, :]
    line, column = int(cursor[0]), int(cursor[1])
    if line < lines and column < columns:
        cells[line, column] = 255 - cells[line, column]
    pixels = cells.transpose(0, 2, 1, 3, 4).reshape(lines * CELL_HEIGHT, columns * CELL_WIDTH, 3)
    image = Image.fromarray(pixels).resize(
        (columns * CELL_WIDTH * SCALE, lines * CELL_HEIGHT * SCALE), Image.Resampling.NEAREST
    )
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()


@functools.cache
def _shapes() -> NDArray[np.uint8]:
    """The 256 characters as masks of 0 and 1, shape (256, CELL_HEIGHT, CELL_WIDTH), in Pillow's own fixed font."""
    font = ImageFont.load_default_imagefont()
    shapes = np.zeros((256, CELL_HEIGHT, CELL_WIDTH), np.uint8)
    for code in range(32, 256):
        cell = Image.new("1", (CELL_WIDTH, CELL_HEIGHT))
        ImageDraw.Draw(cell).text((0, 0), chr(code), fill=1, font=font)
        shapes[code] = np.asarray(cell, np.uint8)
    return shapes
