"""`python -m automem_llamafactory.worker JOB.json`, run by LLaMA-Factory's Python: what is done before and after its own training."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from automem_sdk.lora.worker import StopFlag, Work, run_job
from automem_sdk.trainer import BAD_PARAMS, Report, TrainerFault


def load() -> Work:
    """What a job asks for in `do`: `prepare`, `finish` or `generate`."""

    def work(job: dict[str, Any], report: Report, stop: StopFlag) -> dict[str, Any]:
        if job["do"] == "generate":
            from automem_sdk.lora.generate import generate

            return generate(job, stop)
        return prepare(job, report) if job["do"] == "prepare" else finish(job)

    return work


def prepare(job: dict[str, Any], report: Report) -> dict[str, Any]:
    """The base as a folder, and `tokens`, a data set on disk that LLaMA-Factory loads as it is: ids, and labels of the reply alone."""
    import torch
    from automem_sdk.lora.base import open_base
    from automem_sdk.lora.dataset import read_examples, tokenise
    from automem_sdk.lora.files import sha256_of_file
    from datasets import Dataset, DatasetDict
    from transformers import AutoTokenizer

    report({"phase": "base"})
    base = open_base(Path(job["base"]), Path(job["cache"]))
    report({"phase": "tokens"})
    dataset, cutoff = Path(job["dataset"]), int(job["recipe"]["cutoffTokens"])
    tokenizer = AutoTokenizer.from_pretrained(base.folder, local_files_only=True)
    if not tokenizer.chat_template:
        raise TrainerFault("bad-base", f"{base.folder} has no chat template; use a chat model", BAD_PARAMS)
    tokenised = tokenise(read_examples(dataset), tokenizer, base.begin, cutoff)
    if not tokenised.rows:
        message = f"every example of {dataset} is longer than cutoffTokens ({cutoff}); raise it"
        raise TrainerFault("bad-dataset", message, BAD_PARAMS)
    rows = [
        {
            "input_ids": ids,
            "attention_mask": [1] * len(ids),
            "labels": [token if learnt else IGNORED for token, learnt in zip(ids, mask, strict=True)],
        }
        for ids, mask in tokenised.rows
    ]
    DatasetDict({"train": Dataset.from_list(rows)}).save_to_disk(job["tokens"])
    gpu = torch.cuda.is_available()
    return {
        "examples": len(rows),
        "tooLong": tokenised.too_long,
        "tokens": sum(len(row.input_ids) for row in tokenised.rows),
        "learntTokens": sum(sum(row.completion_mask) for row in tokenised.rows),
        "datasetSha256": sha256_of_file(dataset),
        "base": {"folder": str(base.folder), "sha256": base.sha256, "ggufSha256": base.gguf_sha256},
        "device": f"{torch.cuda.device_count()} x {torch.cuda.get_device_name(0)}" if gpu else "cpu",
    }


IGNORED = -100
"""A label that is not learnt, as torch's cross entropy knows it."""


def finish(job: dict[str, Any]) -> dict[str, Any]:
    """The adapter that LLaMA-Factory saved, as PEFT folder and GGUF LoRA below `out`."""
    from automem_sdk.lora.base import Base
    from automem_sdk.lora.save import save_adapter

    used = job["used"]
    base = Base(Path(used["folder"]), used["sha256"], used["ggufSha256"])
    return save_adapter(Path(job["source"]), base, Path(job["out"]))


if __name__ == "__main__":
    sys.exit(run_job(sys.argv[1:], load))
