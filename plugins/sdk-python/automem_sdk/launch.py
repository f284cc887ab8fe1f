"""`python -m automem_sdk.launch [--freeze-clock MOMENT] MODULE:CLASS`: the process of a game plugin.

Before the game is imported it takes stdout for the protocol and points fd 1 at stderr, asks the kernel to be killed
with its parent (Linux), and starts itself over once where the environment must be other: hash seed 0, time zone UTC,
the clock frozen. Order of steps matters; see `main`.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib
import os
import signal
import sys
import time

from .clock import clock_is_frozen, clock_seconds, frozen_environment
from .game import Game
from .serve import serve
from .session import Session

PR_SET_PDEATHSIG = 1
STARTED_OVER = "AUTOMEM_SDK_STARTED_OVER"
EXIT_USAGE = 2


def main(arguments: list[str]) -> int:
    """Run the plugin; returns the exit code (0 when stdin ended; see `serve` for the others)."""
    parent = os.getppid()
    options = _parse(arguments)
    _die_with_parent(parent)
    _start_over_if_needed(options.freeze_clock)
    # A Ctrl-C at the terminal reaches the whole group; the host decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        time.tzset()
    protocol_in, protocol_out = _take_stdio()
    frozen = options.freeze_clock is not None and clock_is_frozen(options.freeze_clock)
    session = Session(
        lambda: load_game(options.target), clock_frozen=frozen, notes=_notes(options.freeze_clock, frozen)
    )
    # Not closed here: closing would wait for the reading thread, which may be blocked until stdin ends.
    return serve(os.fdopen(protocol_in, "rb"), os.fdopen(protocol_out, "wb", buffering=0), session)


def load_game(target: str) -> Game:
    """Import MODULE and make its CLASS, which must be a subclass of Game and take no arguments."""
    module_name, _, class_name = target.partition(":")
    module = importlib.import_module(module_name)
    game_class = getattr(module, class_name, None)
    if not (isinstance(game_class, type) and issubclass(game_class, Game)):
        raise TypeError(f"{target} is not a subclass of automem_sdk.Game")
    game: Game = game_class()
    return game


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m automem_sdk.launch", description="Run a game plugin on stdio.")
    parser.add_argument("--freeze-clock", metavar="MOMENT", help='UTC, as "2025-11-17 12:00:00"')
    parser.add_argument("target", metavar="MODULE:CLASS")
    options = parser.parse_args(arguments)
    module_name, _, class_name = options.target.partition(":")
    if not module_name or not class_name:
        parser.error(f"the target must be MODULE:CLASS, not {options.target!r}")
    if options.freeze_clock is not None:
        try:
            clock_seconds(options.freeze_clock)
        except ValueError:
            parser.error(f'--freeze-clock must look like "2025-11-17 12:00:00", not {options.freeze_clock!r}')
    return options


def _die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent dies; survives the exec of `_start_over_if_needed`."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # The parent may have died before the call above, in which case no signal will ever come.
    if os.getppid() != parent:
        os._exit(1)


def _start_over_if_needed(moment: str | None) -> None:
    """Exec this same command with the environment it needs. At most once; not on Windows, which has no exec."""
    wanted = {"PYTHONHASHSEED": "0", "TZ": "UTC"}
    if moment is not None:
        wanted.update(frozen_environment(moment))
    already = os.environ.pop(STARTED_OVER, None) is not None
    if already or sys.platform == "win32" or all(os.environ.get(name) == value for name, value in wanted.items()):
        os.environ.update({"TZ": "UTC"})
        return
    environment = {**os.environ, **wanted, STARTED_OVER: "1"}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)


def _take_stdio() -> tuple[int, int]:
    """Keep fds 0 and 1 for the protocol under other numbers; the game reads nothing and writes to stderr."""
    protocol_in = os.dup(0)
    protocol_out = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    # sys.stdout still writes to fd 1, now stderr; line by line, so that nothing is left in its buffer.
    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    return protocol_in, protocol_out


def _notes(moment: str | None, frozen: bool) -> list[str]:
    notes = []
    if moment is not None and not frozen:
        notes.append(
            f"the clock was to be frozen at {moment} UTC and runs on: libfaketime is not installed or not usable"
        )
    if os.environ.get("PYTHONHASHSEED") != "0":
        notes.append("PYTHONHASHSEED is not 0: the order of sets of text may differ between processes")
    return notes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
