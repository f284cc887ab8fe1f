"""Boxoban's level files: where they are, and reading them as MiniHack does.

The files are those of the repository google-deepmind/boxoban-levels (Apache-2.0). They are not part of the plugin:
automem keeps them in the assets folder. MiniHack's own reader (minihack 0.1.6, envs/boxohack.py, Apache-2.0) takes the
files in the order the file system lists them, which differs between machines, and keeps half a million strings in
memory. This one sorts, keeps each file as one text, and gives the same levels otherwise.
"""

from __future__ import annotations

import functools
import io
import itertools
import os
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Final, overload

ASSET: Final = "boxoban-levels"

FOLDER_OF_TASK: Final = {
    "MiniHack-Boxoban-Hard-v0": Path("hard"),
    "MiniHack-Boxoban-Medium-v0": Path("medium", "train"),
    "MiniHack-Boxoban-Unfiltered-v0": Path("unfiltered", "train"),
}
"""Where a task's level files lie, under the folder that has `hard`, `medium` and `unfiltered`."""


class Levels(Sequence[str]):
    """The levels of some files, in order. Each is a text of lines; a line is a row of the level's walls and boxes."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = [_Levels(text) for text in texts]
        self._starts = list(itertools.accumulate((len(each) for each in self._texts), initial=0))

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"level {index} of {len(self)}")
        position = index % len(self)
        number = bisect_right(self._starts, position) - 1
        return self._texts[number].level(position - self._starts[number])


class _Levels:
    """The levels of one file: blocks of lines, each closed by an empty line, the first line of a block a number."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._regular = "\n\n\n" not in text and not text.startswith("\n")
        self._count = text.count("\n\n") if self._regular else len(self._blocks())

    def __len__(self) -> int:
        return self._count

    def level(self, index: int) -> str:
        block = self._blocks()[index]
        return "".join(block[1:])

    def _blocks(self) -> list[list[str]]:
        """As MiniHack splits a file: a last block without an empty line after it does not count."""
        blocks: list[list[str]] = []
        block: list[str] = []
        for line in io.StringIO(self._text):
            if line == "\n":
                blocks.append(block)
                block = []
            else:
                block.append(line)
        return blocks


@functools.lru_cache(maxsize=4)
def read_levels(folder: str) -> Levels:
    """The levels of every `.txt` file of `folder`, files in order of their names. Raises FileNotFoundError."""
    names = sorted(name for name in os.listdir(folder) if name.endswith(".txt"))
    return Levels([Path(folder, name).read_text("utf-8") for name in names])


def find_levels(assets: Path | None, task: str) -> Path | None:
    """The folder of `assets` that has the level files `task` needs, or None.

    Accepts the level folders themselves, the unpacked archive with its top folder, and either inside a folder named
    after the asset.
    """
    if assets is None:
        return None
    for base in (assets / ASSET, assets):
        for candidate in (base, *_subfolders(base)):
            if any((candidate / FOLDER_OF_TASK[task]).glob("*.txt")):
                return candidate
    return None


def _subfolders(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
