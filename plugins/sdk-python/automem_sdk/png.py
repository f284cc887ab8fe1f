"""Writes a PNG with the standard library alone, for games that draw rows of pixels themselves."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encode_png(rows: Sequence[bytes | bytearray]) -> bytes:
    """A PNG of `rows` from the top, each of RGB bytes (three a pixel), all of the same length; else ValueError."""
    if not rows or not rows[0] or len(rows[0]) % 3 or any(len(row) != len(rows[0]) for row in rows):
        raise ValueError("a picture needs rows of the same length, three bytes a pixel, and at least one pixel")
    header = struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\x00" + bytes(row) for row in rows))
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return PNG_SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
