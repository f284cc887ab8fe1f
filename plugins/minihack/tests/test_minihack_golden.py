"""The golden episodes of MiniHack, over the wire, with the clock frozen.

Those of Boxoban's own levels are skipped where the level files are not there: see `replay.boxoban_levels`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import replay
from automem_sdk.testing import Client

PLUGIN = Path(__file__).resolve().parents[1]
CLOCK = json.loads((PLUGIN / "plugin.json").read_text("utf-8"))["entry"]["freezeClock"]
RECORDED = replay.episodes("minihack", "balrog-tree/minihack")
BOXOBAN = [name for name in RECORDED if "Boxoban" in name]
OTHERS = [name for name in RECORDED if name not in BOXOBAN]
SYNTHETIC = replay.episodes("boxoban-synthetic")


def _start(assets: Path | None) -> Client:
    environment = {"AUTOMEM_ASSETS_DIR": str(assets) if assets else ""}
    return Client("automem_minihack:MiniHack", [PLUGIN], ["--freeze-clock", CLOCK], environment)


@pytest.fixture(scope="module")
def without_levels() -> Iterator[Client]:
    with _start(None) as started:
        assert started.initialize()["determinism"]["clockFrozen"] is True
        yield started


@pytest.fixture(scope="module")
def with_own_levels() -> Iterator[Client]:
    with _start(replay.GOLDEN / "boxoban-synthetic" / "levels") as started:
        started.initialize()
        yield started


@pytest.fixture(scope="module")
def with_boxoban_levels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    assets = replay.boxoban_levels(tmp_path_factory.mktemp("assets"))
    if assets is None:
        pytest.skip("Boxoban's level files are not here; set AUTOMEM_BOXOBAN_LEVELS to their folder or archive")
    with _start(assets) as started:
        started.initialize()
        yield started


def test_the_recordings_are_there() -> None:
    assert (len(BOXOBAN), len(OTHERS), len(SYNTHETIC)) == (14, 42, 12)


@pytest.mark.parametrize("name", OTHERS)
def test_equals_the_recording_without_any_levels(without_levels: Client, name: str) -> None:
    replay.replay(without_levels, name)


@pytest.mark.parametrize("name", SYNTHETIC)
def test_equals_the_recording_on_levels_of_our_own(with_own_levels: Client, name: str) -> None:
    replay.replay(with_own_levels, name)


@pytest.mark.parametrize("name", BOXOBAN)
def test_equals_the_recording_on_boxobans_levels(with_boxoban_levels: Client, name: str) -> None:
    replay.replay(with_boxoban_levels, name)
