"""LLaMA-Factory's own process: started, listened to through its log, ended when asked to, and its end explained."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import Any, Final

from automem_sdk.lora.processes import OFFLINE, lost
from automem_sdk.lora.worker import explain
from automem_sdk.trainer import Report, TrainerFault

from .configuration import Places
from .progress import LOG, LogReader

STOP_GRACE_S: Final = 10.0
POLL_S: Final = 0.2
STATE: Final = "trainer_state.json"
PREFIX: Final = "checkpoint-"
TAIL_LINES: Final = 40


def run_training(
    command: list[str], places: Places, devices: int, report: Report, cancelled: threading.Event
) -> dict[str, Any]:
    """Train and return `{steps, losses}`. Raises TrainerFault.

    LLaMA-Factory writes no checkpoint when it is asked to stop: a cancelled training goes on from the last one of `saveSteps`.
    """
    places.output.mkdir(parents=True, exist_ok=True)
    (places.output / LOG).unlink(missing_ok=True)
    # It looks for torchrun on PATH.
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, **OFFLINE, "PATH": path, "NPROC_PER_NODE": str(devices)}
    if devices > 1:
        environment["FORCE_TORCHRUN"] = "1"
    process = subprocess.Popen(
        [sys.executable, "-m", "automem_sdk.lora.leash", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
        start_new_session=True,
    )
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    listener = threading.Thread(target=_listen, args=(process, tail), daemon=True)
    listener.start()
    log = LogReader(places.output / LOG)
    try:
        while process.poll() is None:
            for step in log.steps():
                report(step)
            if cancelled.wait(POLL_S):
                raise TrainerFault("cancelled", "the training was cancelled; it goes on from its last checkpoint")
        for step in log.steps():
            report(step)
    except TrainerFault as fault:
        if fault.code == "loss-not-finite":
            _stop(process)
            # Which step spoilt the weights is not known.
            remove_checkpoints(places.output)
        raise
    finally:
        _stop(process)
        listener.join(timeout=STOP_GRACE_S)
    if process.returncode != 0:
        raise failure(process.returncode, list(tail))
    state = json.loads((places.output / STATE).read_text(encoding="utf-8"))
    losses = [entry["loss"] for entry in state["log_history"] if "loss" in entry]
    return {"steps": int(state["global_step"]), "losses": losses}


def latest_checkpoint(output: Path) -> Path | None:
    """The last whole one: its state is written after all else in it. Others are deleted."""
    found: dict[int, Path] = {}
    for folder in output.glob(f"{PREFIX}*"):
        step = folder.name.removeprefix(PREFIX)
        if step.isdigit() and _step_of(folder) == int(step):
            found[int(step)] = folder
        else:
            shutil.rmtree(folder)
    return found[max(found)] if found else None


def remove_checkpoints(output: Path) -> None:
    """All of them."""
    for folder in output.glob(f"{PREFIX}*"):
        shutil.rmtree(folder)


def failure(code: int, tail: list[str]) -> TrainerFault:
    """What is to be said of an end with `code` (negative: a signal) after the lines in `tail`."""
    text = "\n".join(tail)
    if code == -signal.SIGKILL or "Signal 9 (SIGKILL)" in text:
        return lost(-signal.SIGKILL)
    name, message = explain(RuntimeError(text))
    if name == "out-of-memory":
        return TrainerFault(name, message)
    lines = [line for line in tail if line.strip()][-8:]
    ending = "\n".join(lines) if lines else "It wrote nothing."
    return TrainerFault("training-failed", f"LLaMA-Factory ended with code {code}. Last lines:\n{ending}")


def _listen(process: subprocess.Popen[str], tail: deque[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        tail.append(line.rstrip())
        print(line, end="", file=sys.stderr, flush=True)


def _stop(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, number)
        try:
            process.wait(timeout=STOP_GRACE_S)
        except subprocess.TimeoutExpired:
            continue


def _step_of(folder: Path) -> int | None:
    try:
        value = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value.get("global_step") if isinstance(value, dict) else None
