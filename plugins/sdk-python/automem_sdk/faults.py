"""The faults a game may raise on purpose; every other exception is reported as a failure of the game.

The numbers are those of the plugin protocol, version 1.
"""

from __future__ import annotations

from collections.abc import Iterable

NOT_NOW = -32003
MISSING = -32002
GAME_FAILED = -32001
BAD_PARAMS = -32602
PROTOCOL_VERSION = 1


class GameFault(Exception):
    """A failure the game can name: `code` is a short kebab-case word for programs, `message` is for people."""

    number = GAME_FAILED

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class MissingAsset(GameFault):
    """Something the game needs is not on this machine; `how` says how to bring it, as a full sentence."""

    number = MISSING

    def __init__(self, name: str, how: str) -> None:
        super().__init__("missing-asset", f"{name} is missing. {how}")
        self.name = name
        self.how = how


class BadOption(GameFault):
    """An option the game does not know, or a value it cannot use."""

    number = BAD_PARAMS

    def __init__(self, message: str) -> None:
        super().__init__("bad-option", message)


class BadTask(GameFault):
    """A task id the game does not know."""

    number = BAD_PARAMS

    def __init__(self, task: str, known: Iterable[str]) -> None:
        super().__init__("bad-task", f"unknown task {task!r}; known tasks: {', '.join(known)}")


class BadAnswer(GameFault):
    """The game broke its own contract: a duplicate action name, a progress outside [0, 1] and so on."""

    def __init__(self, message: str) -> None:
        super().__init__("bad-answer", message)
