"""A PEFT adapter as a GGUF LoRA that llama.cpp and what is built on it load.

Written after the format of llama.cpp's convert_lora_to_gguf.py (MIT): `NAME.lora_a` of shape (rank, in) and
`NAME.lora_b` of shape (out, rank) in float32. For the llama architecture GGUF keeps the rows of q and k in another order
than transformers does, so those rows of B are permuted; A works on the inputs and stays. llama.cpp scales by alpha / rank
itself, with the rank taken from the tensors.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

ARCHITECTURES = {
    "llama": (gguf.MODEL_ARCH.LLAMA, True),
    "mistral": (gguf.MODEL_ARCH.LLAMA, True),
    "qwen2": (gguf.MODEL_ARCH.QWEN2, False),
    "qwen3": (gguf.MODEL_ARCH.QWEN3, False),
}
"""transformers' model type to GGUF's architecture, and whether the rows of q and k are permuted."""

_TENSOR = re.compile(r"^base_model\.model\.(?P<module>.+)\.lora_(?P<part>[AB])\.weight$")


class Unsupported(Exception):
    """This adapter cannot be written as GGUF; the message says why."""


def permute_rows(weights: NDArray[Any], heads: int) -> NDArray[Any]:
    """Rows of shape (out, any) from transformers' order (halves of a head) to GGUF's (pairs). `heads` divides out."""
    half = weights.shape[0] // heads // 2
    return weights.reshape(heads, 2, half, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def write_gguf_adapter(adapter: Path, base: Path, out: Path, name: str) -> None:
    """Write the PEFT folder `adapter` of the base folder `base` to the file `out`. Raises Unsupported."""
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    peft = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    model_type = config.get("model_type")
    if model_type not in ARCHITECTURES:
        raise Unsupported(f"models of type {model_type!r} are not converted; known: {', '.join(ARCHITECTURES)}")
    if peft.get("use_rslora") or peft.get("use_dora"):
        raise Unsupported("rank-stabilised LoRA and DoRA are not converted")
    architecture, permuted = ARCHITECTURES[model_type]
    names = gguf.get_tensor_name_map(architecture, config["num_hidden_layers"])
    writer = gguf.GGUFWriter(None, gguf.MODEL_ARCH_NAMES[architecture])
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(peft["lora_alpha"]))
    writer.add_name(name)
    for tensor_name, values in _tensors(adapter / "adapter_model.safetensors"):
        match = _TENSOR.match(tensor_name)
        target = names.get_name(f"{match['module']}.weight", try_suffixes=(".weight",)) if match else None
        if match is None or target is None:
            raise Unsupported(f"tensor {tensor_name} has no place in GGUF")
        if permuted and match["part"] == "B" and match["module"].endswith((".q_proj", ".k_proj")):
            values = permute_rows(values, _heads(config, match["module"]))
        writer.add_tensor(f"{target}.lora_{match['part'].lower()}", np.ascontiguousarray(values))
    writer.write_header_to_file(path=out)
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _heads(config: dict[str, Any], module: str) -> int:
    heads = int(config["num_attention_heads"])
    return heads if module.endswith(".q_proj") else int(config.get("num_key_value_heads") or heads)


def _tensors(path: Path) -> list[tuple[str, NDArray[Any]]]:
    with safe_open(path, framework="pt") as file:
        return [(name, file.get_tensor(name).float().numpy()) for name in sorted(file.keys())]
