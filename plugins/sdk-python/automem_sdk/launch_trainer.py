"""`python -m automem_sdk.launch_trainer MODULE:CLASS`: the process of a trainer plugin.

The main thread trains; a second one reads, so that a cancellation and the end of stdin are seen during a training.
"""

from __future__ import annotations

import importlib
import os
import platform
import queue
import signal
import sys
import threading
import time
import traceback
from typing import IO, Any

from .faults import PROTOCOL_VERSION
from .frames import FrameError, read_frame, write_frame
from .launch import _die_with_parent, _take_stdio
from .trainer import BAD_PARAMS, FAILED, NO_METHOD, NOT_NOW, Trainer, TrainerFault

GRACE_S = 1.0
EXIT_USAGE = 2
EXIT_BAD_FRAME = 65

Message = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Run the plugin until stdin ends; returns the exit code: 0, 2 (usage) or 65 (malformed input)."""
    if len(arguments) != 1 or ":" not in arguments[0]:
        print("usage: python -m automem_sdk.launch_trainer MODULE:CLASS", file=sys.stderr)
        return EXIT_USAGE
    _die_with_parent(os.getppid())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    protocol_in, protocol_out = _take_stdio()
    server = TrainerServer(arguments[0], os.fdopen(protocol_out, "wb", buffering=0))
    return server.run(os.fdopen(protocol_in, "rb"))


class TrainerServer:
    """Answers the requests of a trainer's protocol. `target` is MODULE:CLASS, loaded by `initialize`."""

    def __init__(self, target: str, sink: IO[bytes]) -> None:
        self._target = target
        self._sink = sink
        self._writing = threading.Lock()
        self._inbox: queue.SimpleQueue[Message | int] = queue.SimpleQueue()
        self._cancellations: dict[object, threading.Event] = {}
        self._trainer: Trainer | None = None
        self._closed = False

    def run(self, source: IO[bytes]) -> int:
        """Serve until `source` ends; the result is the exit code."""
        threading.Thread(target=self._read, args=(source,), name="automem-reader", daemon=True).start()
        while True:
            message = self._inbox.get()
            if isinstance(message, int):
                return message
            self._send({"jsonrpc": "2.0", "id": message["id"], **self._answer(message)})
            self._cancellations.pop(message["id"], None)

    def _read(self, source: IO[bytes]) -> None:
        exit_code = 0
        try:
            while (message := read_frame(source)) is not None:
                self._receive(message)
        except (FrameError, OSError) as error:
            print(f"automem-sdk: malformed input, giving up: {error}", file=sys.stderr, flush=True)
            exit_code = EXIT_BAD_FRAME
        self._cancel_all()
        self._inbox.put(exit_code)
        time.sleep(GRACE_S)
        os._exit(exit_code)

    def _receive(self, message: object) -> None:
        if not isinstance(message, dict) or not isinstance(message.get("method"), str):
            raise FrameError(f"not a JSON-RPC 2.0 request: {str(message)[:120]}")
        params = message.get("params")
        if message["method"] == "$/cancelRequest":
            identifier = params.get("id") if isinstance(params, dict) else None
            if (event := self._cancellations.get(identifier)) is not None:
                event.set()
        elif message["method"] == "cancel" and "id" in message:
            self._cancel_all()
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": {}})
        elif "id" in message:
            self._cancellations[message["id"]] = threading.Event()
            self._inbox.put(message)

    def _cancel_all(self) -> None:
        for event in list(self._cancellations.values()):
            event.set()

    def _answer(self, message: Message) -> Message:
        try:
            params = message.get("params") or {}
            if not isinstance(params, dict):
                raise TrainerFault("bad-params", "params must be an object", BAD_PARAMS)
            return {"result": self._call(message["method"], params, self._cancellations[message["id"]])}
        except TrainerFault as fault:
            return _error(fault.number, fault.message, fault.code, fault.detail)
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            return _error(
                FAILED, f"{message['method']} failed: {type(error).__name__}: {error}", "trainer-raised", None
            )

    def _call(self, method: str, params: Message, cancelled: threading.Event) -> Message:
        if method == "close":
            self._closed = True
            return {}
        if method not in ("initialize", "train", "generate", "merge"):
            raise TrainerFault("method-not-found", f"there is no method {method!r}", NO_METHOD)
        if self._closed:
            raise TrainerFault("not-now", f"{method} after close", NOT_NOW)
        if method == "initialize":
            return self._initialize(params)
        if self._trainer is None:
            raise TrainerFault("not-now", f"{method} before initialize", NOT_NOW)
        if method == "generate":
            return self._trainer.generate(params, cancelled)
        if method == "merge":
            return self._trainer.merge(params, cancelled)
        return self._trainer.train(params, self._report, cancelled)

    def _initialize(self, params: Message) -> Message:
        if params.get("protocolVersion") != PROTOCOL_VERSION:
            raise TrainerFault("bad-params", f"protocolVersion must be {PROTOCOL_VERSION}", BAD_PARAMS)
        if self._trainer is None:
            module, _, name = self._target.partition(":")
            self._trainer = getattr(importlib.import_module(module), name)()
        return {
            "protocolVersion": PROTOCOL_VERSION,
            "name": self._trainer.name,
            "version": self._trainer.version,
            "packages": {"python": platform.python_version(), **self._trainer.packages()},
        }

    def _report(self, progress: Message) -> None:
        self._send({"jsonrpc": "2.0", "method": "train/progress", "params": progress})

    def _send(self, message: Message) -> None:
        with self._writing:
            write_frame(self._sink, message)


def _error(number: int, message: str, code: str, detail: object) -> Message:
    data: Message = {"code": code, "retryable": False}
    if detail is not None:
        data["detail"] = detail
    return {"error": {"code": number, "message": message, "data": data}}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
