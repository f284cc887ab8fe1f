"""The loop between the wire and a session: one thread reads, the main thread plays.

The game runs on the main thread, as some libraries want. The reading thread notices the end of stdin even while the
game is in a call, and then ends the process after a short grace.
"""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
import time
from typing import IO, Any

from pylsp_jsonrpc.endpoint import Endpoint
from pylsp_jsonrpc.exceptions import JsonRpcException

from .faults import GAME_FAILED
from .frames import FrameError, FrameTooLarge, read_frame, write_frame
from .session import Session

GRACE_S = 1.0
EXIT_OK = 0
EXIT_BAD_FRAME = 65
EXIT_WIRE_BROKEN = 74


class _End:
    """Put into the inbox by the reading thread as its last item."""

    def __init__(self, exit_code: int) -> None:
        self.exit_code = exit_code


def serve(source: IO[bytes], sink: IO[bytes], session: Session) -> int:
    """Answer requests from `source` on `sink` until it ends; returns the exit code of the process.

    0 when stdin ended, 65 after bytes that are no frame of JSON-RPC, 74 when stdout broke. Where a call of the game
    is still running a second after the end of stdin, the process is ended from the reading thread.
    """
    # The endpoint logs each refused request with a traceback; the session has printed what matters already.
    logging.getLogger("pylsp_jsonrpc").setLevel(logging.CRITICAL)
    inbox: queue.SimpleQueue[dict[str, Any] | _End] = queue.SimpleQueue()
    threading.Thread(target=_read_all, args=(source, inbox), name="automem-reader", daemon=True).start()
    replies: list[dict[str, Any]] = []
    endpoint = Endpoint(session.methods(), replies.append)
    while True:
        message = inbox.get()
        if isinstance(message, _End):
            _close(session)
            return message.exit_code
        endpoint.consume(message)
        try:
            while replies:
                _write_reply(sink, replies.pop(0))
        except OSError as error:
            print(f"automem-sdk: the host stopped reading: {error}", file=sys.stderr)
            _close(session)
            return EXIT_WIRE_BROKEN


def _read_all(source: IO[bytes], inbox: queue.SimpleQueue[dict[str, Any] | _End]) -> None:
    exit_code = EXIT_OK
    try:
        while (message := read_frame(source)) is not None:
            if _is_request(message):
                inbox.put(message)
    except (FrameError, OSError) as error:
        print(f"automem-sdk: malformed input, giving up: {error}", file=sys.stderr, flush=True)
        exit_code = EXIT_BAD_FRAME
    inbox.put(_End(exit_code))
    time.sleep(GRACE_S)
    os._exit(exit_code)


def _is_request(message: object) -> bool:
    """True for a request, False for a notification (there is none that a game answers); else FrameError."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or not isinstance(message.get("method"), str):
        raise FrameError(f"not a JSON-RPC 2.0 request: {str(message)[:120]}")
    if "id" not in message:
        return False
    if isinstance(message["id"], bool) or not isinstance(message["id"], (str, int)):
        raise FrameError(f"the id of a request must be text or a whole number, not {message['id']!r}")
    return True


def _write_reply(sink: IO[bytes], reply: dict[str, Any]) -> None:
    try:
        write_frame(sink, reply)
    except (FrameTooLarge, ValueError, TypeError) as error:
        if isinstance(error, OSError):
            raise
        data = {"code": "bad-answer", "retryable": False}
        failure = {"code": GAME_FAILED, "message": f"the game's answer cannot be sent: {error}", "data": data}
        write_frame(sink, {"jsonrpc": "2.0", "id": reply["id"], "error": failure})


def _close(session: Session) -> None:
    try:
        session.close({})
    except JsonRpcException as error:
        print(f"automem-sdk: {error.message}", file=sys.stderr)
