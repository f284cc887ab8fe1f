"""One training in this process: base, tokens, TRL's SFTTrainer with PEFT, checkpoints, and the adapter in both forms."""

from __future__ import annotations

import math
import shutil
import time
from pathlib import Path
from typing import Any

import torch
from automem_sdk.lora.base import Base, open_base
from automem_sdk.lora.dataset import Tokenised, read_examples, tokenise
from automem_sdk.lora.files import sha256_of_file, sha256_of_json
from automem_sdk.lora.recipe import ATTENTION, Recipe, read_recipe
from automem_sdk.lora.save import save_adapter
from automem_sdk.lora.worker import StopFlag
from automem_sdk.trainer import BAD_PARAMS, Report, TrainerFault
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback, set_seed
from trl import SFTConfig, SFTTrainer

from . import checkpoints
from .versions import packages


def train(job: dict[str, Any], report: Report, stop: StopFlag) -> dict[str, Any]:
    """Train as `job` says and return the result of the protocol. Raises TrainerFault and what the libraries raise."""
    started = time.monotonic()
    recipe = read_recipe(job["recipe"])
    dataset, out = Path(job["dataset"]), Path(job["out"])
    report({"phase": "base"})
    base = open_base(Path(job["base"]), Path(job["cache"]))
    report({"phase": "tokens"})
    tokenizer = AutoTokenizer.from_pretrained(base.folder, local_files_only=True)
    if not tokenizer.chat_template:
        raise TrainerFault("bad-base", f"{base.folder} has no chat template; use a chat model", BAD_PARAMS)
    tokenised = tokenise(read_examples(dataset), tokenizer, base.begin, recipe.cutoffTokens)
    if not tokenised.rows:
        message = f"every example of {dataset} is longer than cutoffTokens ({recipe.cutoffTokens}); raise it"
        raise TrainerFault("bad-dataset", message, BAD_PARAMS)
    dataset_sha256 = sha256_of_file(dataset)
    identity = {"recipe": job["recipe"], "dataset": dataset_sha256, "base": base.sha256, "packages": packages()}
    key = sha256_of_json(identity)
    watch = Watch(report, stop, key, tokenised)
    trainer = make_trainer(recipe, base, tokenizer, tokenised, out / "checkpoints", watch)
    last = checkpoints.latest(out / "checkpoints", key) if trainer.is_world_process_zero() else None
    last = _agree(last)
    if stop.asked:
        raise TrainerFault("cancelled", "the training was cancelled before its first step")
    trainer.train(resume_from_checkpoint=None if last is None else str(last))
    if watch.stopped:
        detail = {"step": trainer.state.global_step}
        raise TrainerFault("cancelled", f"cancelled after step {trainer.state.global_step}", detail=detail)
    report({"phase": "save"})
    result = {
        "steps": trainer.state.global_step,
        "resumedFromStep": 0 if last is None else int(last.name.removeprefix(checkpoints.PREFIX)),
        "losses": [entry["loss"] for entry in trainer.state.log_history if "loss" in entry],
        "examples": len(tokenised.rows),
        "tooLong": tokenised.too_long,
        "tokens": sum(len(row.input_ids) for row in tokenised.rows),
        "learntTokens": sum(sum(row.completion_mask) for row in tokenised.rows),
        "datasetSha256": dataset_sha256,
        "base": {"folder": str(base.folder), "sha256": base.sha256, "ggufSha256": base.gguf_sha256},
        "seed": recipe.seed,
        "packages": packages(),
        "device": _device(trainer.args.world_size),
        "seconds": round(time.monotonic() - started, 3),
    }
    return {**result, **save(trainer, base, out)} if trainer.is_world_process_zero() else result


def make_trainer(
    recipe: Recipe, base: Base, tokenizer: Any, tokenised: Tokenised, folder: Path, watch: Watch
) -> SFTTrainer:
    """TRL's trainer for a recipe. Loss is on the tokens of `completion_mask` only; nothing is packed or cut."""
    set_seed(recipe.seed)
    dtype = torch.float32 if recipe.precision == "fp32" else torch.bfloat16
    model = AutoModelForCausalLM.from_pretrained(base.folder, dtype=dtype, local_files_only=True)
    model.config.use_cache = False
    gpu = torch.cuda.is_available()
    arguments = SFTConfig(
        output_dir=str(folder),
        per_device_train_batch_size=recipe.batchSize,
        gradient_accumulation_steps=recipe.gradientAccumulation,
        num_train_epochs=recipe.epochs,
        max_steps=recipe.maxSteps or -1,
        learning_rate=recipe.learningRate,
        lr_scheduler_type=recipe.schedule,
        # A number below 1 is a share of the steps.
        warmup_steps=recipe.warmupShare,
        weight_decay=recipe.weightDecay,
        max_grad_norm=recipe.maxGradientNorm,
        gradient_checkpointing=recipe.gradientCheckpointing,
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_strategy="steps",
        save_steps=recipe.saveSteps,
        save_total_limit=2,
        seed=recipe.seed,
        data_seed=recipe.seed,
        # The model's own precision is used throughout; adapter weights are kept in float32 by PEFT.
        bf16=False,
        fp16=False,
        use_cpu=not gpu,
        # Every weight that learns takes part in each step.
        ddp_find_unused_parameters=False,
        dataloader_pin_memory=gpu,
        completion_only_loss=True,
        max_length=None,
        packing=False,
        report_to=[],
        disable_tqdm=True,
    )
    rows = [row._asdict() for row in tokenised.rows]
    lora = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules="all-linear" if recipe.targets == "all" else list(ATTENTION),
        task_type="CAUSAL_LM",
    )
    return SFTTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        peft_config=lora,
        callbacks=[watch],
    )


class Watch(TrainerCallback):  # type: ignore[misc]
    """Tells progress, marks checkpoints, ends at a loss that is no number, and ends when asked to."""

    stopped = False
    """Whether it ended before its last step, since it was asked to."""

    def __init__(self, report: Report, stop: StopFlag, key: str, tokenised: Tokenised) -> None:
        self._report = report
        self._stop = stop
        self._key = key
        self._example_tokens = sum(len(row.input_ids) for row in tokenised.rows) / len(tokenised.rows)
        self._step_tokens = 0.0
        self._since: float | None = None
        self._first_step = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Start the clock."""
        self._step_tokens = (
            self._example_tokens * args.train_batch_size * args.gradient_accumulation_steps * args.world_size
        )
        self._since = time.monotonic()
        self._first_step = state.global_step

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """A checkpoint and the end, if the end was asked for: of any process, after the same step in all."""
        if _any(self._stop.asked, args.device) and state.global_step < state.max_steps:
            self.stopped = True
            control.should_save = True
            control.should_training_stop = True

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        """One progress for each step. Raises TrainerFault (`loss-not-finite`) before anything of that step is saved."""
        if not logs or "loss" not in logs:
            return
        loss, gradient = float(logs["loss"]), float(logs.get("grad_norm", 0.0))
        if not (math.isfinite(loss) and math.isfinite(gradient)):
            message = (
                f"step {state.global_step}: the loss is {loss} and the gradient's norm {gradient}. Lower learningRate, "
                "raise warmupShare, or use precision fp32"
            )
            raise TrainerFault("loss-not-finite", message, detail={"step": state.global_step})
        assert self._since is not None
        done = state.global_step - self._first_step
        step_s = (time.monotonic() - self._since) / max(done, 1)
        self._report(
            {
                "phase": "train",
                "step": state.global_step,
                "totalSteps": state.max_steps,
                "epoch": float(state.epoch or 0.0),
                "loss": loss,
                "learningRate": float(logs.get("learning_rate", 0.0)),
                "tokensPerSecond": self._step_tokens / step_s if step_s > 0 else None,
                "secondsLeft": step_s * (state.max_steps - state.global_step),
                "memoryBytes": _most_memory(),
            }
        )

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Say that the checkpoint is whole, once each process has written its part."""
        _meet()
        if state.is_world_process_zero:
            checkpoints.mark(Path(args.output_dir) / f"{checkpoints.PREFIX}{state.global_step}", self._key)


def save(trainer: SFTTrainer, base: Base, out: Path) -> dict[str, Any]:
    """The PEFT folder `out/adapter` and, where the architecture is known, `out/adapter.gguf`."""
    peft = out / "peft.tmp"
    shutil.rmtree(peft, ignore_errors=True)
    trainer.accelerator.unwrap_model(trainer.model).save_pretrained(peft, save_embedding_layers=False)
    saved = save_adapter(peft, base, out)
    shutil.rmtree(peft)
    return saved


def _several() -> bool:
    return torch.distributed.is_available() and torch.distributed.is_initialized()


def _any(value: bool, device: torch.device) -> bool:
    """Whether it is true in any process."""
    if not _several():
        return value
    box = torch.tensor(int(value), device=device)
    torch.distributed.all_reduce(box, op=torch.distributed.ReduceOp.MAX)
    return bool(box.item())


def _meet() -> None:
    """Wait until every process is here."""
    if _several():
        torch.distributed.barrier()


def _agree(last: Path | None) -> Path | None:
    """The main process's choice, in every process."""
    if not _several():
        return last
    box = [last]
    torch.distributed.broadcast_object_list(box, src=0)
    return box[0]


def _most_memory() -> int | None:
    """The most that this process has held of its GPU; where it trains on a CPU, of the machine's memory (Linux)."""
    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_reserved())
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    (most,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")] or [None]
    return None if most is None else int(most) * 1024


def _device(processes: int) -> str:
    if torch.cuda.is_available():
        return f"{processes} x {torch.cuda.get_device_name(0)}"
    threads = torch.get_num_threads()
    return f"cpu, {threads} threads" if processes == 1 else f"cpu, {processes} processes of {threads} threads"
