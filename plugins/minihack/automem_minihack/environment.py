"""Makes MiniHack environments with the settings of the AutoMem and BALROG runs."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any, Final

import automem_sdk.nle  # noqa: F401  (silences gym before anything imports it)
import gym
import minihack  # noqa: F401  (registers the environments)
from automem_sdk import BadTask, MissingAsset
from minihack.envs import boxohack

from . import level_compiler
from .levels import ASSET, FOLDER_OF_TASK, find_levels, read_levels

MAX_STEPS: Final = 100
ID_PREFIX: Final = "MiniHack-"

# Registered, but of no use without a level description given from outside.
_NEEDS_DESCRIPTION: Final = ("MiniHack-Navigation-Custom-v0", "MiniHack-Skill-Custom-v0")

OBSERVATION_KEYS: Final = ("glyphs", "blstats", "tty_chars", "inv_letters", "inv_strs", "tty_cursor", "tty_colors")


def make_environment(task: str, autopickup: bool) -> Any:
    """The environment `task`, at most 100 of its own steps long.

    Raises BadTask for an id MiniHack does not know, MissingAsset where Boxoban's level files are not there.
    """
    known = known_tasks()
    if task not in known:
        alike = difflib.get_close_matches(task, known, n=8, cutoff=0.3) or known[:8]
        raise BadTask(task, [*alike, f"and others of the {len(known)} that MiniHack registers"])
    level_compiler.install()
    if task in FOLDER_OF_TASK:
        use_levels(task)
    return gym.make(
        task,
        observation_keys=list(OBSERVATION_KEYS),
        character="@",
        max_episode_steps=MAX_STEPS,
        penalty_step=-0.01,
        penalty_time=0.0,
        penalty_mode="constant",
        savedir=None,
        save_ttyrec_every=0,
        autopickup=autopickup,
    )


def known_tasks() -> list[str]:
    """Every id that can be played, in order of names."""
    registered = (spec.id for spec in gym.envs.registry.all())
    return sorted(name for name in registered if name.startswith(ID_PREFIX) and name not in _NEEDS_DESCRIPTION)


def use_levels(task: str) -> None:
    """Point MiniHack at the level files of `task`; it looks for them inside its own package otherwise."""
    assets = os.environ.get("AUTOMEM_ASSETS_DIR")
    folder = find_levels(Path(assets) if assets else None, task)
    if folder is None:
        wanted = FOLDER_OF_TASK[task].as_posix()
        raise MissingAsset(
            f"{ASSET}/{wanted} (the level files that {task} is played with)",
            "Bring it with `automem plugin add minihack --assets FILE`, where FILE is the .tar.gz archive of the "
            "repository google-deepmind/boxoban-levels. Tasks other than Boxoban work without it.",
        )
    boxohack.LEVELS_PATH = str(folder)
    boxohack.load_boxoban_levels = read_levels
