"""A base and a LoRA as one GGUF: the sum is right, all else is as in the base, what does not fit is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from automem_sdk.lora.merge import merge
from automem_sdk.trainer import TrainerFault
from gguf.quants import dequantize, quantize

KINDS = gguf.GGMLQuantizationType
OUT, IN, RANK, ALPHA = 64, 32, 4, 8.0


def write_base(path: Path, kind: KINDS) -> dict[str, np.ndarray]:
    """Two matrices and a vector, with metadata of several types; the values as they are in the file, in float32."""
    random = np.random.default_rng(1)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(512)
    writer.add_token_list(["a", "b", "ü"])
    writer.add_token_types([1, 1, 3])
    writer.add_file_type(2)
    values: dict[str, np.ndarray] = {}
    for name, shape in (("blk.0.ffn_up.weight", (OUT, IN)), ("token_embd.weight", (OUT, IN))):
        raw = quantize(random.normal(size=shape).astype(np.float32), kind)
        values[name] = dequantize(raw, kind).astype(np.float32).reshape(shape)
        writer.add_tensor(name, raw, raw_dtype=kind)
    values["output_norm.weight"] = random.normal(size=OUT).astype(np.float32)
    writer.add_tensor("output_norm.weight", values["output_norm.weight"])
    close(writer)
    return values


def write_lora(
    path: Path, target: str = "blk.0.ffn_up.weight", width: int = IN, halves: str = "ab", scale: float = 1.0
) -> np.ndarray:
    """Its change in full."""
    random = np.random.default_rng(2)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, ALPHA)
    a = random.normal(size=(RANK, width)).astype(np.float32)
    b = (scale * random.normal(size=(OUT, RANK))).astype(np.float32)
    for half, values in (("a", a), ("b", b)):
        if half in halves:
            writer.add_tensor(f"{target}.lora_{half}", values)
    close(writer)
    return ALPHA / RANK * (b @ a)


def close(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def merged(folder: Path) -> tuple[dict[str, Any], gguf.GGUFReader]:
    names = {name: str(folder / f"{name}.gguf") for name in ("base", "adapter", "out")}
    result = merge(names)
    return result, gguf.GGUFReader(names["out"])


@pytest.mark.parametrize(
    ("kind", "type_", "error"),
    [
        (KINDS.F32, KINDS.F32, 1e-6),
        (KINDS.F16, KINDS.F16, 2e-2),
        (KINDS.BF16, KINDS.BF16, 2e-1),
        (KINDS.Q8_0, KINDS.F16, 2e-2),
        (KINDS.Q4_1, KINDS.F16, 2e-2),
    ],
)
def test_an_adapted_matrix_has_its_change_and_the_rest_is_the_bases(
    tmp_path: Path, kind: KINDS, type_: KINDS, error: float
) -> None:
    base = write_base(tmp_path / "base.gguf", kind)
    change = write_lora(tmp_path / "adapter.gguf")
    result, reader = merged(tmp_path)
    assert (result["type"], result["merged"]) == (type_.name, 1)
    assert result["bytes"] == (tmp_path / "out.gguf").stat().st_size
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    assert [*tensors] == ["blk.0.ffn_up.weight", "token_embd.weight", "output_norm.weight"]
    assert [tensors[name].tensor_type for name in tensors] == [type_, type_, KINDS.F32]
    values = {name: dequantize(tensor.data, tensor.tensor_type) for name, tensor in tensors.items()}
    np.testing.assert_allclose(values["blk.0.ffn_up.weight"], base["blk.0.ffn_up.weight"] + change, atol=error)
    np.testing.assert_allclose(values["token_embd.weight"], base["token_embd.weight"], atol=2e-3)
    np.testing.assert_array_equal(values["output_norm.weight"], base["output_norm.weight"])


@pytest.mark.parametrize(("kind", "file_type"), [(KINDS.F32, 2), (KINDS.Q8_0, 1)])
def test_metadata_is_the_bases_and_a_quantised_base_becomes_a_file_of_f16(
    tmp_path: Path, kind: KINDS, file_type: int
) -> None:
    write_base(tmp_path / "base.gguf", kind)
    write_lora(tmp_path / "adapter.gguf")
    _, reader = merged(tmp_path)
    fields = {name: field.contents() for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    assert fields["general.file_type"] == file_type
    assert fields["general.architecture"] == "llama"
    assert fields["llama.context_length"] == 512
    assert fields["tokenizer.ggml.tokens"] == ["a", "b", "ü"]
    assert fields["tokenizer.ggml.token_type"] == [1, 1, 3]


@pytest.mark.parametrize(
    "lora",
    [{"target": "blk.7.ffn_up.weight"}, {"width": 2 * IN}, {"halves": "a"}],
    ids=["no such matrix", "another shape", "half of it"],
)
def test_what_does_not_fit_is_a_bad_adapter_and_leaves_nothing(tmp_path: Path, lora: dict[str, Any]) -> None:
    write_base(tmp_path / "base.gguf", KINDS.F32)
    write_lora(tmp_path / "adapter.gguf", **lora)
    with pytest.raises(TrainerFault) as caught:
        merged(tmp_path)
    assert caught.value.code == "bad-adapter"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter.gguf", "base.gguf"]


def test_a_change_beyond_float16_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    write_base(tmp_path / "base.gguf", KINDS.Q8_0)
    write_lora(tmp_path / "adapter.gguf", scale=1e5)
    with pytest.raises(TrainerFault) as caught:
        merged(tmp_path)
    assert (caught.value.code, "float16" in caught.value.message) == ("bad-adapter", True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter.gguf", "base.gguf"]


def test_files_that_are_missing_or_no_gguf_are_named(tmp_path: Path) -> None:
    write_base(tmp_path / "base.gguf", KINDS.F32)
    with pytest.raises(TrainerFault) as missing:
        merged(tmp_path)
    assert (missing.value.code, "adapter.gguf" in missing.value.message) == ("missing-model", True)
    (tmp_path / "adapter.gguf").write_bytes(b"no GGUF at all, but long enough to have a header")
    with pytest.raises(TrainerFault) as bad:
        merged(tmp_path)
    assert bad.value.code == "bad-adapter"
