"""Starts the sample games as child processes for the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from automem_sdk.testing import Client

GAMES = Path(__file__).resolve().parent / "games"


def start(class_name: str, **settings: Any) -> Client:
    """A client of one class of sample_games; `settings` are those of `Client`."""
    return Client(f"sample_games:{class_name}", folders=[GAMES], **settings)
