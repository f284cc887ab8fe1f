"""What is written for LLaMA-Factory is what it documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from automem_llamafactory.configuration import Places, configuration, conversation, dataset_info, yaml_of
from automem_sdk.lora.dataset import Example
from automem_sdk.lora.recipe import read_recipe
from automem_sdk.trainer import TrainerFault

KNOWN = set(json.loads((Path(__file__).parent / "keys-0.9.5.json").read_text())["keys"])

EXAMPLE = [
    "model_name_or_path",
    "trust_remote_code",
    "stage",
    "do_train",
    "finetuning_type",
    "lora_rank",
    "lora_target",
    "dataset",
    "template",
    "cutoff_len",
    "output_dir",
    "logging_steps",
    "save_steps",
    "plot_loss",
    "save_only_model",
    "report_to",
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "learning_rate",
    "num_train_epochs",
    "lr_scheduler_type",
    "warmup_ratio",
    "bf16",
    "ddp_timeout",
    "resume_from_checkpoint",
]
"""Keys of examples/train_lora/qwen3_lora_sft.yaml, without those of loading data, which is done, and `overwrite_output_dir`."""

PAPER: dict[str, Any] = {
    "rank": 256,
    "alpha": 512.0,
    "dropout": 0.0,
    "learningRate": 5e-05,
    "epochs": 4,
    "maxSteps": None,
    "batchSize": 2,
    "gradientAccumulation": 8,
    "cutoffTokens": 16384,
    "schedule": "cosine",
    "warmupShare": 0.1,
    "weightDecay": 0.0,
    "maxGradientNorm": 1.0,
    "saveSteps": 25,
    "devices": 1,
    "targets": "attention",
    "precision": "bf16",
    "gradientCheckpointing": True,
    "seed": 3,
}


def read(tmp_path: Path, resume_from: Path | None = None, **changes: Any) -> dict[str, Any]:
    """The YAML of a recipe, read back."""
    recipe = read_recipe({**PAPER, **changes})
    text = yaml_of(configuration(recipe, Path("/models/base: 1"), Places(tmp_path), resume_from, cpu=True))
    settings: dict[str, Any] = yaml.safe_load(text)
    return settings


def test_every_key_is_known_to_it_and_none_of_its_example_is_forgotten(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert set(settings) - KNOWN == set()
    assert set(EXAMPLE) - set(settings) == set()


def test_the_papers_recipe_maps_word_for_word(tmp_path: Path) -> None:
    settings = read(tmp_path)
    wanted = {
        "model_name_or_path": "/models/base: 1",
        "stage": "sft",
        "finetuning_type": "lora",
        "lora_rank": 256,
        "lora_alpha": 512,
        "lora_dropout": 0.0,
        "lora_target": "q_proj,k_proj,v_proj,o_proj",
        "cutoff_len": 16384,
        "tokenized_path": str(tmp_path / "tokens"),
        "per_device_train_batch_size": 2,
        "gradient_accumulation_steps": 8,
        "learning_rate": 5e-05,
        "num_train_epochs": 4.0,
        "max_steps": -1,
        "lr_scheduler_type": "cosine",
        "warmup_ratio": 0.1,
        "use_cpu": True,
        "bf16": True,
        "disable_gradient_checkpointing": False,
        "seed": 3,
        "resume_from_checkpoint": None,
        "logging_nan_inf_filter": False,
        "mask_history": True,
    }
    assert {key: settings[key] for key in wanted} == wanted
    assert {key: type(settings[key]) for key in wanted} == {key: type(value) for key, value in wanted.items()}


def test_the_rest_of_a_recipe_maps_too(tmp_path: Path) -> None:
    changes = {"targets": "all", "precision": "fp32", "maxSteps": 7, "gradientCheckpointing": False, "learningRate": 1}
    settings = read(tmp_path, Path("/out/checkpoint-2"), **changes)
    assert settings["lora_target"] == "all"
    assert (settings["bf16"], settings["max_steps"], settings["learning_rate"]) == (False, 7, 1.0)
    assert settings["disable_gradient_checkpointing"] is True
    assert settings["resume_from_checkpoint"] == "/out/checkpoint-2"


def test_an_alpha_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainerFault, match=r"alpha is 0\.5") as caught:
        read(tmp_path, alpha=0.5)
    assert caught.value.code == "bad-recipe"


def test_the_examples_are_in_its_openai_form() -> None:
    prompt = [{"role": "system", "content": "Keep notes."}, {"role": "user", "content": "wh\u00e4t?\n"}]
    line = json.loads(conversation(Example(1, prompt, "DONE")))
    assert line == {"messages": [*prompt, {"role": "assistant", "content": "DONE"}]}
    info = dataset_info()["automem"]
    assert (info["formatting"], info["columns"]) == ("sharegpt", {"messages": "messages"})
    assert set(info["tags"]) == {"role_tag", "content_tag", "user_tag", "assistant_tag", "system_tag"}
