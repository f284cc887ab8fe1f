"""The golden episodes of NetHack, over the wire, in one process with the clock frozen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import replay
from automem_sdk.testing import Client

PLUGIN = Path(__file__).resolve().parents[1]
CLOCK = json.loads((PLUGIN / "plugin.json").read_text("utf-8"))["entry"]["freezeClock"]
EPISODES = replay.episodes("nethack", "balrog-tree/nle")


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client("automem_nethack:NetHack", [PLUGIN], ["--freeze-clock", CLOCK]) as started:
        assert started.initialize()["determinism"]["clockFrozen"] is True
        yield started


def test_the_recordings_are_there() -> None:
    assert len(EPISODES) == 7


@pytest.mark.parametrize("name", EPISODES)
def test_equals_the_recording(client: Client, name: str) -> None:
    replay.replay(client, name)


def test_the_recordings_hold_nul_bytes_so_that_the_wire_is_tried_with_them() -> None:
    lines = replay.read("nethack/NetHackChallenge-v0/42.explore.jsonl.gz")[2:-1]
    assert any("\x00" in line["obs_long"] for line in lines)
