"""A recipe as LLaMA-Factory's YAML. Its keys: hiyouga/LLaMA-Factory, examples/train_lora/qwen3_lora_sft.yaml and src/llamafactory/hparams/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from automem_sdk.lora.dataset import Example
from automem_sdk.lora.recipe import ATTENTION, Recipe
from automem_sdk.trainer import BAD_PARAMS, TrainerFault

DATASET: Final = "automem"

Value = str | int | float | bool | None


class Places(NamedTuple):
    """What one training reads and writes, below its `out`."""

    folder: Path

    @property
    def yaml(self) -> Path:
        return self.folder / "train.yaml"

    @property
    def data(self) -> Path:
        """dataset_info.json and the examples as text."""
        return self.folder / "data"

    @property
    def tokens(self) -> Path:
        """The examples as tokens, which are what is learnt."""
        return self.folder / "tokens"

    @property
    def output(self) -> Path:
        """LLaMA-Factory's own: checkpoints, log and adapter."""
        return self.folder / "output"


def configuration(
    recipe: Recipe, base: Path, places: Places, resume_from: Path | None, *, cpu: bool
) -> dict[str, dict[str, Value]]:
    """Sections of the YAML, in order; `cpu` where there is no GPU. Raises TrainerFault (`bad-recipe`) for what LLaMA-Factory cannot do."""
    if recipe.alpha != int(recipe.alpha):
        message = f"recipe: alpha is {recipe.alpha}; LLaMA-Factory takes whole numbers only"
        raise TrainerFault("bad-recipe", message, BAD_PARAMS)
    return {
        "model": {"model_name_or_path": str(base), "trust_remote_code": False},
        "method": {
            "stage": "sft",
            "do_train": True,
            "finetuning_type": "lora",
            "lora_rank": recipe.rank,
            "lora_alpha": int(recipe.alpha),
            "lora_dropout": float(recipe.dropout),
            "lora_target": "all" if recipe.targets == "all" else ",".join(ATTENTION),
        },
        "dataset": {
            "dataset": DATASET,
            "dataset_dir": str(places.data),
            "tokenized_path": str(places.tokens),
            "template": "empty",
            "cutoff_len": recipe.cutoffTokens,
            "train_on_prompt": False,
            "mask_history": True,
            "packing": False,
        },
        "output": {
            "output_dir": str(places.output),
            "logging_steps": 1,
            "logging_nan_inf_filter": False,
            "save_strategy": "steps",
            "save_steps": recipe.saveSteps,
            "save_total_limit": 2,
            "save_only_model": False,
            "plot_loss": False,
            "report_to": "none",
        },
        "train": {
            "per_device_train_batch_size": recipe.batchSize,
            "gradient_accumulation_steps": recipe.gradientAccumulation,
            "learning_rate": float(recipe.learningRate),
            "num_train_epochs": float(recipe.epochs),
            "max_steps": -1 if recipe.maxSteps is None else recipe.maxSteps,
            "lr_scheduler_type": recipe.schedule,
            "warmup_ratio": float(recipe.warmupShare),
            "weight_decay": float(recipe.weightDecay),
            "max_grad_norm": float(recipe.maxGradientNorm),
            "optim": "adamw_torch",
            "use_cpu": cpu,
            "bf16": recipe.precision == "bf16",
            "disable_gradient_checkpointing": not recipe.gradientCheckpointing,
            "seed": recipe.seed,
            "data_seed": recipe.seed,
            "ddp_timeout": 180000000,
            "resume_from_checkpoint": None if resume_from is None else str(resume_from),
        },
    }


def yaml_of(sections: dict[str, dict[str, Value]]) -> str:
    """The text; every value is a plain one."""
    lines = [
        "# Written by automem from a recipe. What is learnt are the token ids in tokenized_path, made with the base's own chat",
        "# template, loss on the reply alone. To let LLaMA-Factory make its own of the same examples, take that line out and name",
        "# its template for your model.",
    ]
    for title, values in sections.items():
        lines += ["", f"### {title}", *(f"{key}: {_scalar(value)}" for key, value in values.items())]
    return "\n".join(lines) + "\n"


def dataset_info() -> dict[str, Any]:
    """dataset_info.json: the examples in the `openai` form, a special case of sharegpt. Source: data/README.md of LLaMA-Factory."""
    tags = {"role_tag": "role", "content_tag": "content"}
    roles = {"user_tag": "user", "assistant_tag": "assistant", "system_tag": "system"}
    columns = {"messages": "messages"}
    return {
        DATASET: {
            "file_name": f"{DATASET}.jsonl",
            "formatting": "sharegpt",
            "columns": columns,
            "tags": {**tags, **roles},
        }
    }


def conversation(example: Example) -> str:
    """A line of the examples as text: the prompt with the reply as its last message."""
    messages = [*example.messages, {"role": "assistant", "content": example.completion}]
    return json.dumps({"messages": messages}, ensure_ascii=False)


def _scalar(value: Value) -> str:
    if isinstance(value, float):
        # YAML 1.1 takes 1e-05 for a text, 1.0e-05 for a number.
        mantissa, mark, exponent = repr(value).partition("e")
        return f"{mantissa}{'' if '.' in mantissa else '.0'}{mark}{exponent}"
    return json.dumps(value, ensure_ascii=False)
