"""The one class a game author writes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from .episode import Start, Task, Transition


class Game(ABC):
    """A turn-based game played through text.

    The SDK makes one instance per process, without arguments, and plays any number of episodes on it. The same task,
    seed, options and actions must give the same episode, in this process or in a fresh one. The SDK does the rest:
    it checks parameters and answers, replaces unknown actions by the default one, refuses calls that come at the
    wrong time and turns exceptions into typed errors. Raise `MissingAsset`, `BadOption`, `BadTask` or `GameFault`
    to name a failure.
    """

    name: ClassVar[str]
    """The plugin's name, as in plugin.json."""

    version: ClassVar[str]
    """The version of the game as a player meets it."""

    tasks: ClassVar[Sequence[Task]]
    """The default set of tasks, in order; at least one."""

    accepts_other_tasks: ClassVar[bool] = False
    """True: `reset` also takes task ids outside `tasks` and raises `BadTask` itself."""

    default_options: ClassVar[Mapping[str, Any] | None] = None
    """Every option with its default. The SDK then refuses unknown keys and fills in missing ones.
    None: the game checks its options itself, and raises `BadOption` for a key it does not know."""

    reads_clock: ClassVar[bool] = False
    """True where the time of day changes an episode: the launcher must then freeze it."""

    @abstractmethod
    def reset(self, task: str, seed: int, options: dict[str, Any]) -> Start:
        """Begin a new episode. `seed` is in [0, 2^31); the global generators are seeded with it already."""

    @abstractmethod
    def step(self, action: str) -> Transition:
        """Play one action; `action` is always one of the names that `reset` returned."""

    def render(self) -> bytes:
        """A PNG of the present state. Optional: without it the host is told that there is no picture."""
        raise NotImplementedError

    def close(self) -> None:
        """Free what the game holds. Called once, at the end of the process."""
        return

    def packages(self) -> dict[str, str]:
        """Name and version of the packages that decide an episode; they go into the run's record."""
        return {}

    def determinism_notes(self) -> list[str]:
        """What a reader of the certificate should know about this game's determinism."""
        return []
