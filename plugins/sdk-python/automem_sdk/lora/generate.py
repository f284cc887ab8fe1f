"""Greedy replies of a base, or of a base with a PEFT adapter, in float32: what a server's replies are compared with."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any, Final

from ..trainer import BAD_PARAMS, TrainerFault
from .base import Base, open_base
from .dataset import prompt_tokens, read_messages
from .save import CONFIG, WEIGHTS
from .worker import StopFlag

END_TEXTS: Final = (
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|end_of_text|>",
    "<|eom_id|>",
    "<end_of_turn>",
    "<|end|>",
    "</s>",
)
"""Control tokens at which llama.cpp ends a reply whatever the model's configuration says. Source: its src/llama-vocab.cpp."""


def generate(job: dict[str, Any], stop: StopFlag) -> dict[str, Any]:
    """`job` holds the protocol's params of `generate`. Raises TrainerFault and what the libraries raise."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    started = time.monotonic()
    prompts = [read_messages(prompt, f"prompts[{index}]") for index, prompt in enumerate(job["prompts"])]
    base = open_base(Path(job["base"]), Path(job["cache"]))
    adapter = None if job["adapter"] is None else check_adapter(Path(job["adapter"]), base)
    tokenizer = AutoTokenizer.from_pretrained(base.folder, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(base.folder, dtype=torch.float32, local_files_only=True)
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, str(adapter))
    model.eval()
    ends = end_tokens(tokenizer, model)
    replies = []
    with torch.inference_mode():
        for messages in prompts:
            prompt = prompt_tokens(messages, tokenizer, base.begin)
            replies.append(reply(model, tokenizer, prompt, ends, job["maxTokens"], stop))
    return {
        "replies": replies,
        "base": {"folder": str(base.folder), "sha256": base.sha256, "ggufSha256": base.gguf_sha256},
        "seconds": round(time.monotonic() - started, 3),
    }


def reply(
    model: Any, tokenizer: Any, prompt: list[int], ends: frozenset[int], max_tokens: int, stop: StopFlag
) -> dict[str, Any]:
    """The likeliest token each time until one that ends the turn. One prompt at a time: no padding, so no rounding by company."""
    import torch

    limit = getattr(model.config, "max_position_embeddings", None)
    if limit is not None and len(prompt) + max_tokens > limit:
        message = f"a prompt of {len(prompt)} tokens with {max_tokens} more does not fit the base's context of {limit}"
        raise TrainerFault("bad-prompts", message, BAD_PARAMS)
    taken: list[int] = []
    margin = math.inf
    finish = "length"
    new, cache = prompt, None
    while len(taken) < max_tokens:
        if stop.asked:
            raise TrainerFault("cancelled", "generating was cancelled")
        output = model(input_ids=torch.tensor([new]), past_key_values=cache, use_cache=True)
        cache = output.past_key_values
        best = output.logits[0, -1].topk(2)
        margin = min(margin, float(best.values[0] - best.values[1]))
        taken.append(int(best.indices[0]))
        if taken[-1] in ends:
            finish = "stop"
            break
        new = taken[-1:]
    said = taken[:-1] if finish == "stop" else taken
    text = tokenizer.decode(said, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return {
        # A character whose last bytes did not come is not shown by servers either.
        "text": text.rstrip("\ufffd") if finish == "length" else text,
        "finishReason": finish,
        "promptTokens": len(prompt),
        "generatedTokens": len(taken),
        "leastMargin": margin,
    }


def check_adapter(folder: Path, base: Base) -> Path:
    """Raises TrainerFault (`bad-adapter`) for what is no PEFT folder, or says that it is of another base."""
    absent = [name for name in (CONFIG, WEIGHTS) if not (folder / name).is_file()]
    if absent:
        raise TrainerFault(
            "bad-adapter", f"{folder} is no PEFT folder: it has no {' and no '.join(absent)}", BAD_PARAMS
        )
    try:
        named = json.loads((folder / CONFIG).read_text(encoding="utf-8")).get("base_model_name_or_path")
    except (ValueError, AttributeError) as error:
        raise TrainerFault("bad-adapter", f"{folder / CONFIG} cannot be read: {error}", BAD_PARAMS) from error
    if isinstance(named, str) and named.startswith("sha256:") and named != base.name:
        message = f"{folder} is an adapter of the base {named}, not of {base.name} ({base.folder})"
        raise TrainerFault("bad-adapter", message, BAD_PARAMS)
    return folder


def end_tokens(tokenizer: Any, model: Any) -> frozenset[int]:
    """Tokens that end a reply: the tokenizer's own, the model's, and those that llama.cpp knows by their text."""
    configured = model.generation_config.eos_token_id
    listed = configured if isinstance(configured, list) else [configured]
    known = tokenizer.get_added_vocab()
    ends = [tokenizer.eos_token_id, *listed, *(known.get(text) for text in END_TEXTS)]
    return frozenset(token for token in ends if token is not None)
