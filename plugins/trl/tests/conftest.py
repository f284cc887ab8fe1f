"""Puts the plugin and the SDK on the path, and makes the tiny base model."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

PLUGIN = Path(__file__).resolve().parents[1]
FOLDERS = [str(PLUGIN), str(PLUGIN.parent / "sdk-python")]
sys.path[:0] = FOLDERS
os.environ["PYTHONPATH"] = os.pathsep.join([*FOLDERS, os.environ.get("PYTHONPATH", "")])
os.environ.update({"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"})

from tiny_base import write_tiny_base


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny base."""
    folder = tmp_path_factory.mktemp("base")
    write_tiny_base(folder)
    return folder
