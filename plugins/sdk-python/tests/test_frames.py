"""Frames are read and written strictly, and every text comes through unchanged."""

from __future__ import annotations

import io
import json
import random

import pytest
import ujson
from pylsp_jsonrpc.streams import JsonRpcStreamWriter

from automem_sdk.frames import FRAME_LIMIT_BYTES, FrameError, FrameTooLarge, decode, encode, read_frame, write_frame

TEXTS = [
    "",
    "\x00",
    "a\x00b",
    "\xe9\xff",
    "".join(map(chr, range(0x180))),
    "\u2028\ufeff",
    "\U0001f600",
    "\ud800x\udfff",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_through_a_frame_unchanged(text: str) -> None:
    stream = io.BytesIO()
    write_frame(stream, {"text": text})
    stream.seek(0)
    assert read_frame(stream) == {"text": text}
    assert read_frame(stream) is None


def test_random_text_comes_through_unchanged() -> None:
    draw = random.Random(1)
    for _ in range(300):
        text = "".join(chr(draw.choice([draw.randrange(0x110000), draw.randrange(256)])) for _ in range(30))
        assert decode(encode(text)) == text


@pytest.mark.parametrize("text", TEXTS)
def test_frames_and_ujson_agree_on_text(text: str) -> None:
    assert decode(ujson.dumps({"text": text}).encode("ascii")) == {"text": text}
    assert ujson.loads(encode({"text": text})) == {"text": text}


def test_a_frame_written_by_the_library_is_read() -> None:
    stream = io.BytesIO()
    JsonRpcStreamWriter(stream).write({"jsonrpc": "2.0", "text": "nul \x00 \xe9"})
    stream.seek(0)
    assert read_frame(stream) == {"jsonrpc": "2.0", "text": "nul \x00 \xe9"}


def test_unescaped_utf8_is_read() -> None:
    body = json.dumps({"text": "\xe9\U0001f600"}, ensure_ascii=False).encode("utf-8")
    assert read_frame(io.BytesIO(b"content-length:%d\r\nX: y\r\n\r\n" % len(body) + body)) == {"text": "\xe9\U0001f600"}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_lacks_are_not_written(number: float) -> None:
    stream = io.BytesIO()
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_frame(stream, {"reward": number})
    assert stream.getvalue() == b""


@pytest.mark.parametrize("number", [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0, 2**53 + 1, 2**200])
def test_numbers_come_through_exactly(number: float) -> None:
    assert decode(encode(number)) == number


def test_a_message_over_the_limit_is_not_written() -> None:
    stream = io.BytesIO()
    with pytest.raises(FrameTooLarge):
        write_frame(stream, "x" * FRAME_LIMIT_BYTES)
    assert stream.getvalue() == b""


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"hello\n", "outside a frame"),
        (b"\r\n", "no Content-Length"),
        (b"X: 1\r\n\r\n", "no Content-Length"),
        (b"Content-Length: -1\r\n\r\n", "not one whole number"),
        (b"Content-Length: ten\r\n\r\n", "not one whole number"),
        (b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "not one whole number"),
        (b"Content-Length: 99999999999999999999\r\n\r\n", "not one whole number"),
        (b"Content-Length: 67108865\r\n\r\n", "exceeds the limit"),
        (b"Content-Length: 10\r\n\r\n{}", "2 of 10 bytes"),
        (b"Content-Length: 10", "cut off"),
        (b"Content-Length: 10\r\n", "cut off|outside"),
        (b"A" * 5000, "too long"),
        (b"A: b\r\n" * 20, "more than 16"),
        (b'Content-Length: 3\r\n\r\n"\xff"', "UTF-8"),
        (b"Content-Length: 3\r\n\r\nNaN", "NaN is not JSON"),
        (b"Content-Length: 2\r\n\r\n01", "not JSON"),
        (b"Content-Length: 1\r\n\r\n-", "not JSON"),
        (b'Content-Length: 3\r\n\r\n"\x01"', "not JSON"),
        (b"Content-Length: 4\r\n\r\n{} x", "not JSON"),
        (b"Content-Length: 0\r\n\r\n", "not JSON"),
        (b"Content-Length: 200000\r\n\r\n" + b"[" * 200000, "not JSON"),
        (b"Content-Length: 9000\r\n\r\n" + b"1" * 9000, "not JSON"),
    ],
)
def test_malformed_input_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(FrameError, match=reason):
        read_frame(io.BytesIO(raw))
