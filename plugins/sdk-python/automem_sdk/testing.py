"""For tests: play a game in-process, or start it as automem does and talk to it over the wire."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from .frames import read_frame, write_frame
from .game import Game
from .session import Session

SDK_FOLDER = Path(__file__).resolve().parent.parent


def play(
    game: type[Game] | Game,
    task: str,
    seed: int,
    actions: Iterable[str],
    options: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Play one episode in this process, with every check the SDK makes.

    Returns the JSON results as the host would get them: that of `reset` first, then one for each step. Stops early
    when the episode ends. Raises the `JsonRpcException` that the host would get.
    """
    instance = game if isinstance(game, Game) else game()
    session = Session(lambda: instance)
    session.initialize({"protocolVersion": 1, "automemVersion": "test"})
    results = [session.reset({"task": task, "seed": seed, "options": dict(options or {})})]
    for action in actions:
        results.append(session.step({"action": action}))
        if results[-1]["terminated"] or results[-1]["truncated"]:
            break
    return results


class RemoteError(Exception):
    """The JSON-RPC error a plugin answered with: `number`, `message`, `data`."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.number: int = error["code"]
        self.message: str = error["message"]
        self.data: dict[str, Any] = dict(error.get("data") or {})


class Client:
    """A game plugin as a child process. Use it in a `with`: leaving closes stdin and waits for the child.

    `folders` go on the child's PYTHONPATH, after the SDK's own and before what is there already. `launcher_arguments`
    come before the target, for example `["--freeze-clock", "2025-11-17 12:00:00"]`. After the `with`, `exit_code` and
    `stderr` say how it ended.
    """

    def __init__(
        self,
        target: str,
        folders: Iterable[str | Path] = (),
        launcher_arguments: Iterable[str] = (),
        environment: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
    ) -> None:
        inherited = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
        path = os.pathsep.join(str(folder) for folder in (SDK_FOLDER, *folders, *inherited))
        command = [sys.executable, "-m", "automem_sdk.launch", *launcher_arguments, target]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path, **(environment or {})},
        )
        self.timeout_s = timeout_s
        self.exit_code: int | None = None
        self.stderr = ""
        self._next_id = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            _, rest = self.process.communicate(timeout=self.timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, rest = self.process.communicate()
            self.stderr = rest.decode("utf-8", "replace")
            raise AssertionError(f"the plugin did not end within {self.timeout_s} s; stderr:\n{self.stderr}") from None
        self.stderr = rest.decode("utf-8", "replace")
        self.exit_code = self.process.returncode

    def call(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One request and its result; raises RemoteError, or EOFError where the plugin ended without an answer."""
        self._next_id += 1
        request = {"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": dict(params or {})}
        assert self.process.stdin is not None and self.process.stdout is not None
        write_frame(self.process.stdin, request)
        reply = read_frame(self.process.stdout)
        if reply is None:
            raise EOFError(f"the plugin ended during {method}")
        if reply.get("id") != self._next_id:
            raise AssertionError(f"reply to another request: {reply}")
        if "error" in reply:
            raise RemoteError(reply["error"])
        result: dict[str, Any] = reply["result"]
        return result

    def initialize(self) -> dict[str, Any]:
        """`initialize` as automem sends it."""
        return self.call("initialize", {"protocolVersion": 1, "automemVersion": "test"})

    def reset(self, task: str, seed: int, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Begin an episode."""
        return self.call("reset", {"task": task, "seed": seed, "options": dict(options or {})})

    def step(self, action: str) -> dict[str, Any]:
        """Play one action."""
        return self.call("step", {"action": action})
