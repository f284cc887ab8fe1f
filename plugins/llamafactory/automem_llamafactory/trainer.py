"""The trainer behind the protocol: prepares tokens, writes the YAML, runs LLaMA-Factory, and takes over its adapter."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import automem_sdk
from automem_sdk.lora.dataset import read_examples
from automem_sdk.lora.files import sha256_of_json, write_json
from automem_sdk.lora.params import read_generate, read_train
from automem_sdk.lora.processes import run_worker
from automem_sdk.trainer import Report, Trainer, TrainerFault

from .configuration import DATASET, Places, configuration, conversation, dataset_info, yaml_of
from .installation import Installation, find_installation
from .running import PREFIX, latest_checkpoint, run_training

IDENTITY = "identity.json"


class LlamaFactoryTrainer(Trainer):
    """LoRA supervised fine-tuning by an installed LLaMA-Factory."""

    name = "llamafactory"
    version = "0.1.0"

    def packages(self) -> dict[str, str]:
        """Versions in LLaMA-Factory's environment. Raises TrainerFault (`llamafactory-missing`)."""
        return find_installation().packages

    def train(self, params: dict[str, Any], report: Report, cancelled: threading.Event) -> dict[str, Any]:
        """See docs/protocol.md, kind `trainer`."""
        started = time.monotonic()
        recipe, out = read_train(params)
        installation = find_installation()
        places = Places(out / "llamafactory")
        configuration(recipe, Path(params["base"]), places, None, cpu=True)
        shutil.rmtree(places.tokens, ignore_errors=True)
        places.data.mkdir(parents=True, exist_ok=True)
        job = {**params, "do": "prepare", "tokens": str(places.tokens)}
        prepared = in_environment(installation, places.folder / "prepare.json", job, report, cancelled)
        texts = [conversation(example) for example in read_examples(Path(params["dataset"]))]
        (places.data / f"{DATASET}.jsonl").write_text("\n".join(texts) + "\n", encoding="utf-8")
        write_json(places.data / "dataset_info.json", dataset_info())
        last = go_on_from(places, params["recipe"], prepared, installation)
        cpu = prepared["device"] == "cpu"
        sections = configuration(recipe, Path(prepared["base"]["folder"]), places, last, cpu=cpu)
        places.yaml.write_text(yaml_of(sections), encoding="utf-8")
        command = [installation.command, "train", str(places.yaml)]
        trained = run_training(command, places, recipe.devices, report, cancelled)
        report({"phase": "save"})
        job = {"do": "finish", "used": prepared["base"], "source": str(places.output), "out": str(out)}
        saved = in_environment(installation, places.folder / "finish.json", job, report, cancelled)
        return {
            **prepared,
            **trained,
            **saved,
            "resumedFromStep": 0 if last is None else int(last.name.removeprefix(PREFIX)),
            "seed": recipe.seed,
            "packages": installation.packages,
            "seconds": round(time.monotonic() - started, 3),
        }

    def generate(self, params: dict[str, Any], cancelled: threading.Event) -> dict[str, Any]:
        """See docs/protocol.md, kind `trainer`."""
        read_generate(params)
        installation = find_installation()
        with tempfile.TemporaryDirectory() as folder:
            job = Path(folder) / "job.json"
            return in_environment(installation, job, {**params, "do": "generate"}, lambda _: None, cancelled)


def in_environment(
    installation: Installation, path: Path, job: dict[str, Any], report: Report, cancelled: threading.Event
) -> dict[str, Any]:
    """Do a job of worker.py with LLaMA-Factory's Python; the job is written to `path`.

    That Python sees this plugin and the SDK, and no other package of the plugin's environment.
    """
    if cancelled.is_set():
        raise TrainerFault("cancelled", "the training was cancelled")
    write_json(path, job)
    with tempfile.TemporaryDirectory() as folder:
        for package in (Path(__file__).parent, Path(automem_sdk.__file__).parent):
            (Path(folder) / package.name).symlink_to(package)
        command = [installation.python, "-m", "automem_llamafactory.worker", str(path)]
        return run_worker(command, report, cancelled, {"PYTHONPATH": folder})


def go_on_from(
    places: Places, recipe: dict[str, Any], prepared: dict[str, Any], installation: Installation
) -> Path | None:
    """The last whole checkpoint of the same job; all that another one left is deleted."""
    used = {"dataset": prepared["datasetSha256"], "base": prepared["base"]["sha256"]}
    key = sha256_of_json({**used, "recipe": recipe, "packages": installation.packages})
    identity = places.folder / IDENTITY
    try:
        same = json.loads(identity.read_text(encoding="utf-8")) == {"job": key}
    except (OSError, ValueError):
        same = False
    if not same:
        shutil.rmtree(places.output, ignore_errors=True)
        write_json(identity, {"job": key})
    return latest_checkpoint(places.output)
