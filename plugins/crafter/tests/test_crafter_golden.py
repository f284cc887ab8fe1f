"""The golden episodes of Crafter, over the wire, in one process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import replay
from automem_sdk.testing import Client

PLUGIN = Path(__file__).resolve().parents[1]
EPISODES = replay.episodes("crafter", "balrog-tree/crafter")


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client("automem_crafter:Crafter", [PLUGIN]) as started:
        started.initialize()
        yield started


def test_the_recordings_are_there() -> None:
    assert len(EPISODES) == 7


@pytest.mark.parametrize("name", EPISODES)
def test_equals_the_recording(client: Client, name: str) -> None:
    replay.replay(client, name)
