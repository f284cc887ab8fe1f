"""Which checkpoints of a training can be gone on from: those that were written whole, by the same job."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from automem_sdk.lora.files import write_json

MARK = "automem-checkpoint.json"
PREFIX = "checkpoint-"


def mark(checkpoint: Path, job: str) -> None:
    """Say that a checkpoint is whole; written after all else in it."""
    write_json(checkpoint / MARK, {"job": job})


def latest(folder: Path, job: str) -> Path | None:
    """The last whole checkpoint of `job` in `folder`; every other one is deleted."""
    found: dict[int, Path] = {}
    for checkpoint in folder.glob(f"{PREFIX}*"):
        step = checkpoint.name.removeprefix(PREFIX)
        if step.isdigit() and _job_of(checkpoint) == job:
            found[int(step)] = checkpoint
        else:
            shutil.rmtree(checkpoint)
    return found[max(found)] if found else None


def _job_of(checkpoint: Path) -> str | None:
    try:
        value = json.loads((checkpoint / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value.get("job") if isinstance(value, dict) else None
