"""LLaMA-Factory's trainer_log.jsonl as progress. Its fields: src/llamafactory/train/callbacks.py, LogCallback."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any, Final

from automem_sdk.trainer import TrainerFault

LOG: Final = "trainer_log.jsonl"
_TIME: Final = re.compile(r"(?:(\d+) days?, )?(\d+):(\d\d):(\d\d)")


class LogReader:
    """Reads what was added since the last time; a line that is not whole yet is left for the next."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0

    def steps(self) -> list[dict[str, Any]]:
        """New steps as the protocol's progress. Raises TrainerFault (`loss-not-finite`)."""
        try:
            with self._path.open("rb") as stream:
                stream.seek(self._position)
                added = stream.read()
        except FileNotFoundError:
            return []
        whole = added[: added.rfind(b"\n") + 1]
        self._position += len(whole)
        lines = [json.loads(line) for line in whole.decode("utf-8").splitlines() if line.strip()]
        return [progress_of(line) for line in lines if "loss" in line]


def progress_of(line: dict[str, Any]) -> dict[str, Any]:
    """One step. Raises TrainerFault (`loss-not-finite`)."""
    step, loss = int(line["current_steps"]), float(line["loss"])
    if not math.isfinite(loss):
        message = f"step {step}: the loss is {loss}. Lower learningRate, raise warmupShare, or use precision fp32"
        raise TrainerFault("loss-not-finite", message, detail={"step": step})
    return {
        "phase": "train",
        "step": step,
        "totalSteps": int(line["total_steps"]),
        "epoch": float(line.get("epoch", 0.0)),
        "loss": loss,
        "learningRate": float(line.get("lr", 0.0)),
        "tokensPerSecond": line.get("throughput"),
        "secondsLeft": seconds_of(str(line.get("remaining_time", ""))),
    }


def seconds_of(text: str) -> float | None:
    """`1 day, 2:03:04` in seconds; None for what is no time."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
