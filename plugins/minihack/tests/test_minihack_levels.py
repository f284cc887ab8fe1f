"""Boxoban's level files: finding them, reading them, and what is said where they are missing."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
import replay
from automem_minihack import MiniHack
from automem_minihack.levels import FOLDER_OF_TASK, Levels, find_levels, read_levels
from automem_sdk import MissingAsset
from minihack.envs import boxohack

HARD = "MiniHack-Boxoban-Hard-v0"
MEDIUM = "MiniHack-Boxoban-Medium-v0"
OWN_LEVELS = replay.GOLDEN / "boxoban-synthetic" / "levels"
UPSTREAM_READER = boxohack.load_boxoban_levels


@pytest.mark.parametrize("folder", sorted(FOLDER_OF_TASK.values()))
def test_reads_the_levels_that_minihack_reads_files_in_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = os.listdir
    monkeypatch.setattr(boxohack.os, "listdir", lambda path: sorted(listed(path)))
    expected = UPSTREAM_READER(str(OWN_LEVELS / folder))
    levels = read_levels(str(OWN_LEVELS / folder))
    assert len(expected) > 1
    assert list(levels) == expected
    assert random.Random(3).choice(levels) == random.Random(3).choice(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "; 0\n##\n",
        "; 0\n##\n\n",
        "; 0\n##\n\n; 1\n#\n#\n",
        "\n; 0\n##\n\n",
        "; 0\n#\n\n\n; 1\n##\n\n",
        "\n\n\n",
        "; 0\n#\x0c#\n\n",
    ],
)
def test_odd_files_are_read_as_minihack_reads_them(text: str, tmp_path: Path) -> None:
    (tmp_path / "000.txt").write_text(text)
    (tmp_path / "notes.md").write_text("; 9\n#\n\n")
    assert list(read_levels(str(tmp_path))) == UPSTREAM_READER(str(tmp_path))


def test_levels_count_from_both_ends_and_stop_there() -> None:
    levels = Levels(["; 0\na\n\n; 1\nb\n\n", "; 0\nc\n\n"])
    assert [levels[0], levels[-1], levels[1:3], len(levels)] == ["a\n", "c\n", ["b\n", "c\n"], 3]
    with pytest.raises(IndexError):
        levels[3]


@pytest.mark.parametrize(
    "layout", [".", "boxoban-levels", "boxoban-levels-master", "boxoban-levels/boxoban-levels-master"]
)
def test_levels_are_found_in_every_layout(layout: str, tmp_path: Path) -> None:
    shutil.copytree(OWN_LEVELS, tmp_path / layout, dirs_exist_ok=True)
    assert find_levels(tmp_path, HARD) == tmp_path / layout
    assert find_levels(tmp_path, MEDIUM) == tmp_path / layout


def test_a_folder_without_level_files_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "hard").mkdir()
    assert find_levels(tmp_path, HARD) is None
    assert find_levels(tmp_path / "nowhere", HARD) is None
    assert find_levels(None, HARD) is None


@pytest.mark.parametrize("task", sorted(FOLDER_OF_TASK))
def test_missing_levels_are_named_with_the_way_to_bring_them(
    task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOMEM_ASSETS_DIR", str(tmp_path))
    with pytest.raises(MissingAsset) as raised:
        MiniHack().reset(task, 1, {})
    assert task in raised.value.message
    assert FOLDER_OF_TASK[task].as_posix() in raised.value.message
    assert "automem plugin add minihack --assets FILE" in raised.value.message
