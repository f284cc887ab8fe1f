"""Greedy replies of the base and of its adapters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from automem_sdk.lora.base import open_base
from automem_sdk.lora.generate import generate
from automem_sdk.lora.save import save_adapter, settled
from automem_sdk.lora.worker import Stop
from automem_sdk.trainer import TrainerFault
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

PROMPTS = [[{"role": "user", "content": text}] for text in ("say", "a longer question than that")]


def job_of(base: Path, folder: Path, adapter: Path | None, tokens: int = 6) -> dict[str, Any]:
    """Params of `generate`."""
    named = None if adapter is None else str(adapter)
    return {"base": str(base), "cache": str(folder), "adapter": named, "prompts": PROMPTS, "maxTokens": tokens}


@pytest.fixture
def adapter(base: Path, tmp_path: Path) -> Path:
    """A PEFT folder with random weights, strong enough to change what is said."""
    model = get_peft_model(
        AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32),
        LoraConfig(r=4, lora_alpha=64, target_modules="all-linear", task_type="CAUSAL_LM"),
    )
    torch.manual_seed(5)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter)
    model.save_pretrained(tmp_path / "peft", save_embedding_layers=False)
    return Path(save_adapter(tmp_path / "peft", open_base(base, tmp_path), tmp_path)["adapter"]["folder"])


def test_replies_are_those_of_transformers_own_greedy_generation(base: Path, adapter: Path, tmp_path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base)
    plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    result = generate(job_of(base, tmp_path, None), Stop())
    for prompt, reply in zip(PROMPTS, result["replies"], strict=True):
        asked = tokenizer.apply_chat_template(prompt, add_generation_prompt=True, return_dict=True, return_tensors="pt")
        length = asked["input_ids"].shape[1]
        wanted = plain.generate(**asked, max_new_tokens=6, do_sample=False, pad_token_id=1)[0][length:]
        assert reply["promptTokens"] == length
        assert reply["generatedTokens"] == len(wanted)
        assert reply["text"] == tokenizer.decode(wanted, skip_special_tokens=True).rstrip("\ufffd")
        assert reply["leastMargin"] >= 0
    changed = generate(job_of(base, tmp_path, adapter), Stop())
    assert [reply["text"] for reply in changed["replies"]] != [reply["text"] for reply in result["replies"]]
    assert changed == {**generate(job_of(base, tmp_path, adapter), Stop()), "seconds": changed["seconds"]}


def test_the_token_that_ends_the_turn_ends_the_reply_and_is_not_shown(base: Path, tmp_path: Path) -> None:
    first = generate(job_of(base, tmp_path, None, tokens=1), Stop())["replies"][0]
    assert first["finishReason"] == "length"
    ended = tmp_path / "ended"
    model = AutoModelForCausalLM.from_pretrained(base)
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokenizer.save_pretrained(ended)
    prompt = tokenizer.apply_chat_template(
        PROMPTS[0], add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    model.generation_config.eos_token_id = [1, int(model(**prompt).logits[0, -1].argmax())]
    model.save_pretrained(ended)
    reply = generate(job_of(ended, tmp_path, None), Stop())["replies"][0]
    assert (reply["text"], reply["finishReason"], reply["generatedTokens"]) == ("", "stop", 1)


def test_what_is_no_adapter_or_one_of_another_base_is_refused(base: Path, adapter: Path, tmp_path: Path) -> None:
    config = adapter / "adapter_config.json"
    foreign = {**json.loads(config.read_text()), "base_model_name_or_path": f"sha256:{'0' * 64}"}
    for make in (lambda: config.write_text(json.dumps(foreign)), lambda: config.write_text("["), config.unlink):
        make()
        with pytest.raises(TrainerFault) as caught:
            generate(job_of(base, tmp_path, adapter), Stop())
        assert caught.value.code == "bad-adapter"


def test_a_prompt_that_does_not_fit_the_context_and_a_cancellation_are_told(base: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainerFault, match="context of 512") as caught:
        generate(job_of(base, tmp_path, None, tokens=500), Stop())
    assert caught.value.code == "bad-prompts"
    stop = Stop()
    stop.asked = True
    with pytest.raises(TrainerFault) as caught:
        generate(job_of(base, tmp_path, None), stop)
    assert caught.value.code == "cancelled"


def test_a_configuration_is_the_same_whatever_order_and_path_it_came_with(base: Path, tmp_path: Path) -> None:
    opened = open_base(base, tmp_path)
    one = {"target_modules": ["v", "q"], "base_model_name_or_path": "/here", "r": 1, "revision": "main"}
    other = {"revision": None, "r": 1, "base_model_name_or_path": "/there", "target_modules": ["q", "v"]}
    assert json.dumps(settled(one, opened)) == json.dumps(settled(other, opened))
    assert settled(one, opened)["base_model_name_or_path"] == f"sha256:{opened.sha256}"
