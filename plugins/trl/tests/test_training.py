"""Real trainings of a tiny model: repeated, killed, cancelled, and gone wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from automem_sdk.lora.base import open_base
from automem_sdk.lora.dataset import Example, tokenise
from automem_sdk.lora.processes import lost
from automem_sdk.lora.recipe import read_recipe
from automem_sdk.lora.worker import MARK, Stop, explain
from automem_sdk.trainer import TrainerFault

from automem_trl import training

RECIPE: dict[str, Any] = {
    "rank": 4,
    "alpha": 8,
    "dropout": 0.1,
    "learningRate": 1e-2,
    "epochs": 2,
    "maxSteps": None,
    "batchSize": 2,
    "gradientAccumulation": 2,
    "cutoffTokens": 128,
    "schedule": "linear",
    "warmupShare": 0.1,
    "weightDecay": 0.0,
    "maxGradientNorm": 1.0,
    "saveSteps": 2,
    "devices": 1,
    "targets": "all",
    "precision": "fp32",
    "gradientCheckpointing": False,
    "seed": 7,
}


def job_of(base: Path, folder: Path, **changes: Any) -> dict[str, Any]:
    """A job in `folder` on 16 examples: 4 steps an epoch."""
    folder.mkdir()
    line = {"messages": [{"role": "user", "content": "say"}]}
    lines = [json.dumps({**line, "completion": f"number {index}"}) for index in range(16)]
    (folder / "data.jsonl").write_text("\n".join(lines))
    places = {"dataset": str(folder / "data.jsonl"), "base": str(base), "out": str(folder / "out")}
    (folder / "out").mkdir()
    return {**places, "cache": str(folder / "cache"), "recipe": {**RECIPE, **changes}}


def files_of(result: dict[str, Any]) -> dict[str, str]:
    """Hashes of the PEFT folder's files and of the GGUF LoRA."""
    hashes = {file["path"]: file["sha256"] for file in result["adapter"]["files"]}
    assert set(hashes) == {"adapter_config.json", "adapter_model.safetensors"}
    return {**hashes, "gguf": result["gguf"]["sha256"]}


def in_a_process(job: dict[str, Any], hash_seed: str) -> dict[str, Any]:
    """Train in a process of its own; `hash_seed` decides in which order its sets are."""
    path = Path(job["out"]) / "job.json"
    path.write_text(json.dumps(job))
    command = [sys.executable, "-m", "automem_trl.worker", str(path)]
    run = subprocess.run(
        command, env={**os.environ, "PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=True
    )
    last = [line for line in run.stdout.splitlines() if line.startswith(MARK)][-1]
    result: dict[str, Any] = json.loads(last.removeprefix(MARK))["result"]
    return result


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_killed_and_gone_on_with_it_ends_with_the_same_files_byte_for_byte(
    base: Path, tmp_path: Path, precision: str
) -> None:
    progress: list[dict[str, Any]] = []
    whole = training.train(job_of(base, tmp_path / "whole", precision=precision), progress.append, Stop())
    steps = [each for each in progress if each["phase"] == "train"]
    assert [each["step"] for each in steps] == list(range(1, 9))
    assert steps[-1]["loss"] < steps[0]["loss"]
    assert steps[-1]["secondsLeft"] == 0
    assert all(step["memoryBytes"] > 100_000_000 for step in steps)
    job = job_of(base, tmp_path / "killed", precision=precision)
    kill_after(job, tmp_path / "killed" / "out", step=5)
    again = in_a_process(job, hash_seed="3" if precision == "fp32" else "4")
    assert again["resumedFromStep"] == 4
    assert again["steps"] == 8
    assert again["losses"] == whole["losses"]
    assert files_of(again) == files_of(whole)
    for text in (tmp_path, base):
        assert str(text) not in (Path(again["adapter"]["folder"]) / "adapter_config.json").read_text()


def kill_after(job: dict[str, Any], out: Path, step: int) -> None:
    """Run the worker and SIGKILL it when it has told of `step`."""
    (out / "job.json").write_text(json.dumps(job))
    command = [sys.executable, "-m", "automem_trl.worker", str(out / "job.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(MARK) and json.loads(line.removeprefix(MARK)).get("progress", {}).get("step") == step:
                process.kill()
                break
        assert process.wait() == -9


def test_the_loss_is_on_the_replies_with_their_ends_and_on_nothing_else(base: Path, tmp_path: Path) -> None:
    tokenizer = training.AutoTokenizer.from_pretrained(base)
    examples = [
        Example(1, [{"role": "system", "content": "Keep notes."}, {"role": "user", "content": "what?"}], "a short one"),
        Example(2, [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}] * 2, "x\n\ny <|im_end|> "),
    ]
    tokenised = tokenise(examples, tokenizer, None, 512)
    recipe = read_recipe({**RECIPE, "batchSize": 2})
    opened = open_base(base, tmp_path)
    watch = training.Watch(lambda _: None, Stop(), "key", tokenised)
    trainer = training.make_trainer(recipe, opened, tokenizer, tokenised, tmp_path / "checkpoints", watch)
    (batch,) = trainer.get_train_dataloader()
    learnt = {tokenizer.decode([label for label in row.tolist() if label != -100]) for row in batch["labels"]}
    assert learnt == {"a short one<|im_end|>", "x\n\ny <|im_end|> <|im_end|>"}
    for ids, labels, mask in zip(batch["input_ids"], batch["labels"], batch["attention_mask"], strict=True):
        # What is learnt stands at the end of what is read, in one piece.
        places = [index for index, label in enumerate(labels.tolist()) if label != -100]
        read = [index for index, one in enumerate(mask.tolist()) if one]
        assert places == read[-len(places) :]
        assert [int(ids[index]) for index in places] == [int(labels[index]) for index in places]


def test_cancelled_it_keeps_a_checkpoint(base: Path, tmp_path: Path) -> None:
    job, stop = job_of(base, tmp_path / "job", saveSteps=100), Stop()

    def report(progress: dict[str, Any]) -> None:
        stop.asked = progress.get("step", 0) >= 3

    with pytest.raises(TrainerFault) as caught:
        training.train(job, report, stop)
    assert caught.value.code == "cancelled"
    assert not (tmp_path / "job" / "out" / "adapter").exists()
    assert training.train(job, lambda _: None, Stop())["resumedFromStep"] >= 3


def test_a_checkpoint_of_another_recipe_is_not_used(base: Path, tmp_path: Path) -> None:
    job = job_of(base, tmp_path / "job", maxSteps=2)
    training.train(job, lambda _: None, Stop())
    job["recipe"]["seed"] = 8
    assert training.train(job, lambda _: None, Stop())["resumedFromStep"] == 0


def test_a_loss_that_is_no_number_ends_it_and_says_what_to_do(base: Path, tmp_path: Path) -> None:
    job = job_of(base, tmp_path / "job", learningRate=1e6, schedule="constant", warmupShare=0.0, maxGradientNorm=1e6)
    broken = tmp_path / "broken"
    model = training.AutoModelForCausalLM.from_pretrained(base)
    model.model.norm.weight.data[0] = torch.nan
    model.save_pretrained(broken)
    training.AutoTokenizer.from_pretrained(base).save_pretrained(broken)
    with pytest.raises(TrainerFault, match="Lower learningRate") as caught:
        training.train({**job, "base": str(broken)}, lambda _: None, Stop())
    assert caught.value.code == "loss-not-finite"
    assert not list((tmp_path / "job" / "out" / "checkpoints").glob("checkpoint-*"))


def test_no_memory_is_called_so() -> None:
    for error in (MemoryError(), torch.OutOfMemoryError("CUDA out of memory."), RuntimeError("can't allocate memory")):
        code, message = explain(error)
        assert code == "out-of-memory"
        assert "batchSize" in message
    assert explain(RuntimeError("other"))[0] == "training-failed"
    assert lost(-9).code == "out-of-memory"
    assert lost(1).code == "worker-lost"


@pytest.mark.parametrize(
    "change",
    [{"rank": 0}, {"rank": 1.5}, {"seed": True}, {"dropout": float("nan")}, {"schedule": "step"}, {"other": 1}],
)
def test_a_recipe_out_of_range_is_refused_by_field(change: dict[str, Any]) -> None:
    with pytest.raises(TrainerFault, match=next(iter(change))) as caught:
        read_recipe({**RECIPE, **change})
    assert caught.value.code == "bad-recipe"
