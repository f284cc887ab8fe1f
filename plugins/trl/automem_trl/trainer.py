"""The trainer behind the protocol: starts a worker for each training, passes on what it says, and ends it when asked to.

A process of its own, so that one that is killed for its memory is a typed error, memory comes back after each training,
and several GPUs are the same code under `accelerate launch`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from automem_sdk.trainer import BAD_PARAMS, Report, Trainer, TrainerFault

from .files import write_json
from .recipe import Recipe, read_recipe
from .versions import packages
from .worker import MARK

CANCEL_GRACE_S: Final = 60.0
"""From SIGTERM (a checkpoint after the step under way) to SIGKILL."""

KEYS: Final = ("dataset", "base", "out", "cache")


class TrlTrainer(Trainer):
    """LoRA supervised fine-tuning with TRL."""

    name = "trl"
    version = "0.1.0"

    def packages(self) -> dict[str, str]:
        """Versions of what decides a result."""
        return packages()

    def train(self, params: dict[str, Any], report: Report, cancelled: threading.Event) -> dict[str, Any]:
        """See docs/protocol.md, kind `trainer`."""
        for key in KEYS:
            if not isinstance(params.get(key), str) or not os.path.isabs(params[key]):
                raise TrainerFault("bad-params", f"train: {key} must be an absolute path", BAD_PARAMS)
        recipe = read_recipe(params.get("recipe"))
        out = Path(params["out"])
        out.mkdir(parents=True, exist_ok=True)
        job = out / "job.json"
        write_json(job, {**{key: params[key] for key in KEYS}, "recipe": params["recipe"]})
        if cancelled.is_set():
            raise TrainerFault("cancelled", "the training was cancelled before it began")
        return run_worker(worker_command(recipe, job), report, cancelled)


def worker_command(recipe: Recipe, job: Path) -> list[str]:
    """One process, or as many as the recipe has devices under accelerate's launcher."""
    worker = ["-m", "automem_trl.worker", str(job)]
    if recipe.devices == 1:
        return [sys.executable, *worker]
    launcher = ["-m", "accelerate.commands.launch", "--num_machines", "1", "--num_processes", str(recipe.devices)]
    return [sys.executable, *launcher, "--multi_gpu", "--mixed_precision", "no", "--dynamo_backend", "no", *worker]


def run_worker(command: list[str], report: Report, cancelled: threading.Event) -> dict[str, Any]:
    """Start, listen and wait; the result or the fault the worker said, else a fault about how it ended."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_WAIT_POLICY": "PASSIVE"}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )
    ended = threading.Event()
    guard = threading.Thread(target=_end_when_cancelled, args=(process, cancelled, ended), daemon=True)
    guard.start()
    answer: dict[str, Any] = {}
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if not line.startswith(MARK):
                continue
            message = json.loads(line.removeprefix(MARK))
            if "progress" in message:
                report(message["progress"])
            elif not answer:
                answer = message
        code = process.wait()
    finally:
        ended.set()
    if "result" in answer:
        result: dict[str, Any] = answer["result"]
        return result
    if "fault" in answer:
        fault = answer["fault"]
        raise TrainerFault(fault["code"], fault["message"], fault["number"], fault["detail"])
    if cancelled.is_set():
        raise TrainerFault("cancelled", "the training was cancelled")
    raise lost(code)


def lost(code: int) -> TrainerFault:
    """What is to be said of a worker that ended with exit code `code` (negative: a signal) and no word."""
    if code == -signal.SIGKILL:
        return TrainerFault(
            "out-of-memory",
            "the training process was killed (SIGKILL), as the system does when memory runs out. Lower batchSize (and "
            "raise gradientAccumulation), lower cutoffTokens or rank, set gradientCheckpointing, or use precision bf16",
        )
    return TrainerFault("worker-lost", f"the training process ended with code {code} and without a result")


def _end_when_cancelled(process: subprocess.Popen[str], cancelled: threading.Event, ended: threading.Event) -> None:
    while not cancelled.wait(0.2):
        if ended.is_set():
            return
    _signal(process, signal.SIGTERM)
    if not ended.wait(CANCEL_GRACE_S):
        _signal(process, signal.SIGKILL)


def _signal(process: subprocess.Popen[str], number: int) -> None:
    if process.poll() is None:
        os.killpg(process.pid, number)
