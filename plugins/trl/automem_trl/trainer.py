"""The trainer behind the protocol: starts a worker for each call. Several GPUs are the same code under `accelerate launch`."""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from automem_sdk.lora.files import write_json
from automem_sdk.lora.params import read_generate, read_merge, read_train
from automem_sdk.lora.processes import run_worker
from automem_sdk.lora.recipe import Recipe
from automem_sdk.trainer import Report, Trainer, TrainerFault

from .versions import packages


class TrlTrainer(Trainer):
    """LoRA supervised fine-tuning with TRL."""

    name = "trl"
    version = "0.1.0"

    def packages(self) -> dict[str, str]:
        """Versions of what decides a result."""
        return packages()

    def train(self, params: dict[str, Any], report: Report, cancelled: threading.Event) -> dict[str, Any]:
        """See docs/protocol.md, kind `trainer`."""
        recipe, out = read_train(params)
        job = out / "job.json"
        write_json(job, params)
        if cancelled.is_set():
            raise TrainerFault("cancelled", "the training was cancelled before it began")
        return run_worker(worker_command(recipe, job), report, cancelled)

    def generate(self, params: dict[str, Any], cancelled: threading.Event) -> dict[str, Any]:
        """See docs/protocol.md, kind `trainer`."""
        read_generate(params)
        with tempfile.TemporaryDirectory() as folder:
            job = Path(folder) / "job.json"
            write_json(job, {"generate": True, **params})
            return run_worker([sys.executable, "-m", "automem_trl.worker", str(job)], lambda _: None, cancelled)

    def merge(self, params: dict[str, Any], cancelled: threading.Event) -> dict[str, Any]:
        """See docs/protocol.md, kind `trainer`."""
        read_merge(params)
        with tempfile.TemporaryDirectory() as folder:
            job = Path(folder) / "job.json"
            write_json(job, {"merge": True, **params})
            return run_worker([sys.executable, "-m", "automem_trl.worker", str(job)], lambda _: None, cancelled)


def worker_command(recipe: Recipe, job: Path) -> list[str]:
    """One process, or as many as the recipe has devices under accelerate's launcher."""
    worker = ["-m", "automem_trl.worker", str(job)]
    if recipe.devices == 1:
        return [sys.executable, *worker]
    launcher = ["-m", "accelerate.commands.launch", "--num_machines", "1", "--num_processes", str(recipe.devices)]
    return [sys.executable, *launcher, "--multi_gpu", "--mixed_precision", "no", "--dynamo_backend", "no", *worker]
