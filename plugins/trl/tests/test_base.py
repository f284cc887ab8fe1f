"""Where a base comes from. The real GGUF is used where AUTOMEM_TEST_HOME has one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from automem_sdk.lora.base import open_base
from automem_sdk.lora.gguf_adapter import permute_rows
from automem_sdk.trainer import TrainerFault
from gguf import GGUFReader, dequantize
from safetensors.torch import load_file
from transformers import AutoTokenizer

MODELS = Path(os.environ.get("AUTOMEM_TEST_HOME", "/nowhere")) / "models" / "smollm2-135m"
GGUFS = sorted(MODELS.glob("*.gguf"))
CACHE = Path(os.environ["AUTOMEM_TEST_TRAINER_CACHE"]) if "AUTOMEM_TEST_TRAINER_CACHE" in os.environ else None
"""Where bases are kept between test runs; a fresh folder each time where it is not named."""


def test_a_folder_is_taken_as_it_is(base: Path, tmp_path: Path) -> None:
    opened = open_base(base, tmp_path)
    assert (opened.folder, opened.gguf_sha256) == (base, None)
    assert open_base(base, tmp_path) == opened


def test_what_is_not_there_or_no_model_is_named(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "no.gguf", "missing-model"), (tmp_path, "bad-base")):
        with pytest.raises(TrainerFault, match=str(path)) as caught:
            open_base(path, tmp_path)
        assert caught.value.code == code


@pytest.mark.skipif(not GGUFS, reason="needs smollm2-135m in AUTOMEM_TEST_HOME")
def test_a_gguf_is_dequantised_once_exactly_and_guarded(tmp_path: Path) -> None:
    opened = open_base(GGUFS[0], CACHE or tmp_path)
    assert opened.gguf_sha256 == opened.folder.name
    weights = opened.folder / "model.safetensors"
    made = weights.stat().st_mtime_ns
    assert open_base(GGUFS[0], CACHE or tmp_path) == opened
    assert weights.stat().st_mtime_ns == made
    ours = load_file(weights)
    theirs = {tensor.name: dequantize(tensor.data, tensor.tensor_type) for tensor in GGUFReader(GGUFS[0]).tensors}
    for layer in (0, 29):
        q = ours[f"model.layers.{layer}.self_attn.q_proj.weight"].numpy()
        assert (permute_rows(q, 9) == theirs[f"blk.{layer}.attn_q.weight"]).all()
        down = ours[f"model.layers.{layer}.mlp.down_proj.weight"]
        assert torch.equal(down, torch.from_numpy(theirs[f"blk.{layer}.ffn_down.weight"].copy()))
    tokenizer = AutoTokenizer.from_pretrained(opened.folder)
    text = tokenizer.apply_chat_template(
        [{"role": "user", "content": "hi"}], tokenize=False, add_generation_prompt=True
    )
    assert text.endswith("<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n")
    assert tokenizer.eos_token == "<|im_end|>"
    # Its file says that digits of any kind are words of their own, which transformers leaves out.
    assert tokenizer.tokenize("a\u00bd") == ["a", *tokenizer.tokenize("\u00bd")]
    assert opened.begin is None
    copy = tmp_path / "changed" / "bases" / opened.folder.name
    copy.mkdir(parents=True)
    for file in opened.folder.iterdir():
        (copy / file.name).symlink_to(file)
    (copy / "config.json").unlink()
    (copy / "config.json").write_text("{}")
    with pytest.raises(TrainerFault, match="changed"):
        open_base(GGUFS[0], tmp_path / "changed")
