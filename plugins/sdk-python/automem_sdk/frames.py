"""Content-Length frames that hold one JSON value each, read and written strictly.

python-lsp-jsonrpc's own stream classes are not used, on purpose. Its reader (1.1.2) takes a missing or broken length
as "read to the end", which hangs on a pipe; accepts a short body, bytes between frames and any length; and logs a
body that is not JSON and goes on, so that the caller waits for ever. Its writer logs a failed write and goes on. With
ujson, the JSON it reads includes NaN, `01` and a lone `-`, none of which is JSON. Its endpoint (ids, dispatch, error
replies) is sound and is used by `serve`.
"""

from __future__ import annotations

import json
from typing import IO, Any, NoReturn

FRAME_LIMIT_BYTES = 64 * 1024 * 1024
HEADER_LINE_LIMIT_BYTES = 1024
HEADER_LINES_LIMIT = 16


class FrameError(Exception):
    """The bytes received are no frame, or no JSON; the connection cannot go on."""


class FrameTooLarge(Exception):
    """A message to send exceeds the frame limit; nothing was sent."""


def read_frame(stream: IO[bytes]) -> Any | None:
    """The next message, or None where the stream ends between two frames. Blocks; raises FrameError."""
    size = _read_header(stream)
    if size is None:
        return None
    body = _read_exactly(stream, size)
    return decode(body)


def write_frame(stream: IO[bytes], message: object) -> None:
    """Write and flush one message. Raises FrameTooLarge, ValueError (NaN or infinity), TypeError, OSError."""
    body = encode(message)
    if len(body) > FRAME_LIMIT_BYTES:
        raise FrameTooLarge(f"a message of {len(body)} bytes exceeds the frame limit of {FRAME_LIMIT_BYTES} bytes")
    rest = memoryview(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    while rest:  # an unbuffered stream may take a part only
        rest = rest[stream.write(rest) :]
    stream.flush()


def encode(message: object) -> bytes:
    """Strict JSON in ASCII: every character, NUL and lone surrogates too, survives as an escape."""
    return json.dumps(message, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")


def decode(body: bytes) -> Any:
    """One JSON value; raises FrameError for anything else (not UTF-8, NaN, trailing bytes, too deep)."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise FrameError(f"the body of a frame is not JSON in UTF-8 ({error}); it begins {body[:60]!r}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _read_header(stream: IO[bytes]) -> int | None:
    size: int | None = None
    for index in range(HEADER_LINES_LIMIT):
        line = stream.readline(HEADER_LINE_LIMIT_BYTES)
        if not line and index == 0:
            return None
        if not line.endswith(b"\n"):
            reason = "is too long" if len(line) >= HEADER_LINE_LIMIT_BYTES else "is cut off by the end of the stream"
            raise FrameError(f"a header line {reason}; it begins {line[:60]!r}")
        if line in (b"\r\n", b"\n"):
            if size is None:
                raise FrameError("a frame has no Content-Length")
            return size
        size = _header_field(line, size)
    raise FrameError(f"a frame has more than {HEADER_LINES_LIMIT} header lines")


def _header_field(line: bytes, size: int | None) -> int | None:
    name, colon, value = line.partition(b":")
    if not colon:
        raise FrameError(f"bytes outside a frame: {line[:60]!r}")
    if name.strip().lower() != b"content-length":
        return size
    digits = value.strip()
    if size is not None or not digits.isdigit() or len(digits) > 12:
        raise FrameError(f"a frame's Content-Length is not one whole number: {line[:60]!r}")
    length = int(digits)
    if length > FRAME_LIMIT_BYTES:
        raise FrameError(f"a frame of {length} bytes exceeds the limit of {FRAME_LIMIT_BYTES} bytes")
    return length


def _read_exactly(stream: IO[bytes], size: int) -> bytes:
    body = stream.read(size)
    if len(body) < size:
        raise FrameError(f"the stream ended inside a frame: {len(body)} of {size} bytes came")
    return body
