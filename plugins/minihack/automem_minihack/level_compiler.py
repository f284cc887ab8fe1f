"""Compiles a MiniHack level description into the data file of one NetHack instance.

Does what the script `mh_patch_nhdat.sh` of minihack 0.1.6 (Apache-2.0) does, without a shell, and notices failure: the
script ignores a level that NetHack's compiler refuses, and the player would land in some other level.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from automem_sdk import GameFault
from minihack import base

LEVEL_NAME: Final = "mylevel.des"


def install() -> None:
    """Have MiniHack use this compiler from now on."""
    base.MiniHack._patch_nhdat = compile_level


def compile_level(environment: Any, description: str) -> None:
    """Give `environment` the level of `description`, the text of a `.des` file or the name of one.

    A refusal is kept for `check_level`: some environments compile a first level that they never use.
    """
    folder = Path(environment.nethack._vardir)
    library = folder / "lib"
    if not library.is_dir():
        shutil.copytree(base.LIB_DIR, library)
    source = library / LEVEL_NAME
    if description.endswith(".des"):
        named = Path(description)
        shutil.copyfile(named if named.exists() else Path(base.PATH_DAT_DIR, description), source)
    else:
        source.write_text(description, "utf-8")
    problem = _run([Path(base.HACKDIR, "lev_comp"), LEVEL_NAME], library)
    source.unlink()
    members = sorted(os.listdir(library))
    problem = problem or _run([Path(base.HACKDIR, "dlb"), "cf", "nhdat", *members], library)
    if problem is None:
        os.replace(library / "nhdat", folder / "nhdat")
    environment._automem_level_problem = problem


def check_level(environment: Any, task: str) -> None:
    """Raises GameFault if the level now in place is not the one that was asked for."""
    problem = environment._automem_level_problem
    if problem is not None:
        raise GameFault("bad-level", f"{task}: NetHack's level compiler refused the level of this seed: {problem}")


def _run(command: list[Any], folder: Path) -> str | None:
    """None if the command worked, else what it said."""
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode == 0:
        return None
    said = f"{done.stdout}\n{done.stderr}".strip()
    return said or f"{Path(command[0]).name} ended with code {done.returncode}"
