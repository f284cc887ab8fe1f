"""The GGUF LoRA says the same as the PEFT adapter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from automem_sdk.lora.gguf_adapter import Unsupported, permute_rows, write_gguf_adapter
from gguf import GGUFReader
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM
from transformers.modeling_gguf_pytorch_utils import LlamaTensorProcessor


def adapter_of(base: Path, folder: Path) -> dict[str, np.ndarray]:
    """Save a random adapter of `base` and return its change of each weight, by module."""
    import torch

    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    config = LoraConfig(r=4, lora_alpha=12, target_modules="all-linear", task_type="CAUSAL_LM")
    peft = get_peft_model(model, config)
    torch.manual_seed(3)
    for name, parameter in peft.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter)
    peft.save_pretrained(folder, save_embedding_layers=False)
    changes = {}
    for name, module in peft.base_model.model.named_modules():
        if hasattr(module, "get_delta_weight"):
            changes[name] = module.get_delta_weight("default").detach().numpy()
    return changes


NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def test_each_change_of_a_weight_is_that_of_the_adapter_in_the_order_of_gguf(base: Path, tmp_path: Path) -> None:
    changes = adapter_of(base, tmp_path / "adapter")
    write_gguf_adapter(tmp_path / "adapter", base, tmp_path / "adapter.gguf", "test")
    reader = GGUFReader(tmp_path / "adapter.gguf")
    fields = {name: field.contents() for name, field in reader.fields.items()}
    assert fields["general.architecture"] == "llama"
    assert fields["general.type"] == "adapter"
    assert fields["adapter.type"] == "lora"
    tensors = {tensor.name: np.array(tensor.data) for tensor in reader.tensors}
    assert len(tensors) == 2 * len(changes) == 28
    undo = LlamaTensorProcessor()
    for module, change in changes.items():
        _, layer, name = module.removeprefix("model.").split(".", 2)
        target = f"blk.{layer}.{NAMES[name]}.weight"
        a, b = tensors[f"{target}.lora_a"], tensors[f"{target}.lora_b"]
        scaled = fields["adapter.lora.alpha"] / a.shape[0] * b @ a
        heads = {"attn_q": 4, "attn_k": 2}.get(NAMES[name])
        if heads is not None:
            # transformers' own reading of GGUF puts q and k back into its order.
            scaled = undo._reverse_permute_weights(scaled, heads, heads)
        np.testing.assert_allclose(scaled, change, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("heads", "half"), [(1, 1), (2, 4), (3, 2), (9, 32)])
def test_the_order_of_rows_is_undone_by_transformers(heads: int, half: int) -> None:
    rows = np.arange(heads * half * 2 * 3).reshape(heads * half * 2, 3)
    assert (LlamaTensorProcessor()._reverse_permute_weights(permute_rows(rows, heads), heads, heads) == rows).all()


def test_an_architecture_that_is_not_known_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "mamba"}')
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(Unsupported, match="mamba"):
        write_gguf_adapter(tmp_path, tmp_path, tmp_path / "adapter.gguf", "test")
