"""What a trainer author writes: a class with `train`, `generate` and `merge` where it can. The process side is in `launch_trainer`."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

BAD_PARAMS = -32602
FAILED = -32001
MISSING = -32002
NOT_NOW = -32003
NO_METHOD = -32601

Report = Callable[[dict[str, Any]], None]


class TrainerFault(Exception):
    """A failure with a name: `code` in kebab-case for programs, `message` for people, `detail` any JSON."""

    def __init__(self, code: str, message: str, number: int = FAILED, detail: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.number = number
        self.detail = detail


class Trainer(ABC):
    """One training at a time. `name` and `version` are those of plugin.json."""

    name: str
    version: str

    @abstractmethod
    def packages(self) -> dict[str, str]:
        """Versions of what decides a result."""

    @abstractmethod
    def train(self, params: dict[str, Any], report: Report, cancelled: threading.Event) -> dict[str, Any]:
        """Train and return the result as the protocol writes it.

        `report` sends one `train/progress`. Once `cancelled` is set, stop within seconds and raise
        `TrainerFault("cancelled", ...)`. Raises TrainerFault; any other exception is reported as `trainer-raised`.
        """

    def generate(self, params: dict[str, Any], cancelled: threading.Event) -> dict[str, Any]:
        """Greedy replies of a base with an adapter, as the protocol writes them. Optional."""
        raise TrainerFault("method-not-found", f"{self.name} does not generate", NO_METHOD)

    def merge(self, params: dict[str, Any], cancelled: threading.Event) -> dict[str, Any]:
        """A GGUF base and a GGUF LoRA as one GGUF, as the protocol writes it. Optional."""
        raise TrainerFault("method-not-found", f"{self.name} does not merge", NO_METHOD)
