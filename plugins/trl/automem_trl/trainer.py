"""The trainer behind the protocol: starts a worker for each call. Several GPUs are the same code under `accelerate launch`."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from automem_sdk.lora.files import write_json
from automem_sdk.lora.params import read_generate, read_merge, read_train
from automem_sdk.lora.processes import run_worker
from automem_sdk.lora.recipe import Recipe
from automem_sdk.trainer import BAD_PARAMS, Report, Trainer, TrainerFault

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
        command = worker_command(recipe, job, os.environ)
        return run_worker(command, report, cancelled, devices_of(recipe, os.environ))

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


def worker_command(recipe: Recipe, job: Path, environment: Mapping[str, str]) -> list[str]:
    """One process, or this machine's share of the recipe's devices under accelerate's launcher.

    `environment` says by torchrun's own variables how many machines there are and which this is: `PET_NNODES`,
    `PET_NODE_RANK`, `PET_MASTER_ADDR`, `PET_MASTER_PORT`. Raises TrainerFault (`bad-recipe`, `bad-machines`).
    """
    worker = ["-m", "automem_trl.worker", str(job)]
    machines = _machines(environment)
    if recipe.devices % machines:
        message = f"devices ({recipe.devices}) must be a multiple of the machines (PET_NNODES={machines})"
        raise TrainerFault("bad-recipe", message, BAD_PARAMS)
    if recipe.devices == 1:
        return [sys.executable, *worker]
    settings = {
        "num_machines": machines,
        "num_processes": recipe.devices,
        "mixed_precision": "no",
        "dynamo_backend": "no",
    }
    flags = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
    # The launcher would outlive a trainer that is killed.
    leash = [sys.executable, "-m", "automem_sdk.lora.leash"]
    launcher = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", *flags]
    return [*leash, *launcher, *_meeting_place(environment, machines), *worker]


def devices_of(recipe: Recipe, environment: Mapping[str, str]) -> dict[str, str]:
    """What a worker's environment says of GPUs: a recipe for one sees one.

    transformers would spread a single process over all, with a batch on each.
    """
    if recipe.devices > 1:
        return {}
    return {"CUDA_VISIBLE_DEVICES": environment.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0]}


def _machines(environment: Mapping[str, str]) -> int:
    said = environment.get("PET_NNODES", "1")
    if not said.isdecimal() or int(said) < 1:
        raise TrainerFault("bad-machines", f"PET_NNODES is {said!r}; it is the number of machines", BAD_PARAMS)
    return int(said)


def _meeting_place(environment: Mapping[str, str], machines: int) -> list[str]:
    """Where the processes find each other; on one machine at any free port, so that two trainings do not meet."""
    if machines == 1:
        return ["--main_process_port", "0"]
    names = {
        "PET_NODE_RANK": "machine_rank",
        "PET_MASTER_ADDR": "main_process_ip",
        "PET_MASTER_PORT": "main_process_port",
    }
    missing = [name for name in names if not environment.get(name)]
    if missing:
        message = f"PET_NNODES is {machines}, so {', '.join(missing)} must be set too (torchrun's variables)"
        raise TrainerFault("bad-machines", message, BAD_PARAMS)
    return [word for name, flag in names.items() for word in (f"--{flag}", environment[name])] + ["--same_network"]
