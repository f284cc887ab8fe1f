"""Games that the tests start as child processes: a good one, and some that misbehave on purpose."""

from __future__ import annotations

import ctypes
import os
import random
import subprocess
import sys
import time
from typing import Any

from automem_sdk import Action, BadOption, Game, GameFault, MissingAsset, Observation, Start, Task, Transition

print("printed while the module is imported")

STRANGE_TEXT = "nul \x00, latin \xe9\xff, separator \u2028, emoji \U0001f600, lone \ud800 surrogate"


class Walk(Game):
    """Walk right three times. Its start is drawn from the global generator; it prints at every turn."""

    name = "walk"
    version = "1.0.0"
    tasks = (Task("default", "Walk right.", 5),)
    default_options = {"goal": 3}

    def reset(self, task: str, seed: int, options: dict[str, Any]) -> Start:
        print("printed by reset")
        ctypes.CDLL(None).puts(b"written by C code")
        os.write(1, b"written to fd 1\n")
        subprocess.run([sys.executable, "-c", "print('printed by a child')"], check=True)
        self.goal = int(options["goal"])
        self.place = 0
        self.turn = 0
        self.draw = random.random()
        actions = [Action("left", "one step back"), Action("right", "one step on"), Action("wait", "nothing")]
        return Start(
            Observation(self._text(), STRANGE_TEXT), "Walk right.", actions, "wait", 5, info={"draw": self.draw}
        )

    def step(self, action: str) -> Transition:
        sys.stdout.write("printed by step without a line end")
        self.turn += 1
        self.place += {"left": -1, "right": 1, "wait": 0}[action]
        done = self.place >= self.goal
        progress = min(1.0, max(0.0, self.place / self.goal))
        return Transition(Observation(self._text()), float(done), done, not done and self.turn >= 5, progress)

    def _text(self) -> str:
        return f"place {self.place}, draw {self.draw:.6f}"


class Drawing(Walk):
    """Draws a picture, or bytes that are none."""

    name = "drawing"
    default_options = {"goal": 3, "png": True}

    def reset(self, task: str, seed: int, options: dict[str, Any]) -> Start:
        self.png = options["png"]
        return super().reset(task, seed, options)

    def render(self) -> bytes:
        return b"\x89PNG\r\n\x1a\nrest" if self.png else b"GIF89a"


class Faulty(Walk):
    """Fails in the way that the option `how` names."""

    name = "faulty"
    default_options = {"goal": 3, "how": ""}

    def reset(self, task: str, seed: int, options: dict[str, Any]) -> Start:
        start = super().reset(task, seed, options)
        how = options["how"]
        if how == "asset":
            raise MissingAsset("the levels", "Run `automem plugin add faulty --assets FILE`.")
        if how == "option":
            raise BadOption("goal must be positive")
        if how == "fault":
            raise GameFault("no-display", "there is no display")
        if how == "read-stdin":
            input()
        self.how = how
        return start

    def step(self, action: str) -> Transition:
        good = super().step(action)
        if self.how == "raise":
            raise ValueError("boom \x00")
        if self.how == "exit":
            sys.exit(3)
        if self.how == "nan":
            return Transition(good.observation, 0.0, False, False, float("nan"))
        if self.how == "infinite-reward":
            return Transition(good.observation, float("inf"), False, False, 0.5)
        if self.how == "info":
            return Transition(good.observation, 0.0, False, False, 0.5, {"deep": [{"x": float("inf")}]})
        if self.how == "huge":
            return Transition(Observation("x" * (65 * 1024 * 1024)), 0.0, False, False, 0.5)
        if self.how == "die":
            os._exit(9)
        if self.how == "hang":
            print("hanging now", file=sys.stderr, flush=True)
            time.sleep(3600)
        return good

    def close(self) -> None:
        print("closed", file=sys.stderr)


class Clock(Walk):
    """Shows the wall clock as Python and as C code see it."""

    name = "clock"
    reads_clock = True

    def _text(self) -> str:
        return f"python {int(time.time())}, c {ctypes.CDLL(None).time(None)}, zone {time.strftime('%Z')}"


class HashOrder(Walk):
    """Shows the order of a set of text, which depends on the hash seed."""

    name = "hash-order"

    def _text(self) -> str:
        return " ".join({f"word{index}" for index in range(40)})


class NoGame:
    """Not a subclass of Game."""
