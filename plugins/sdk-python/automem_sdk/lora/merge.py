"""A GGUF base and a GGUF LoRA as one GGUF: each adapted matrix plus its change, for programs that load no adapters.

A base of float tensors keeps their types. Of a quantised base every matrix becomes float16, so that the file can be
quantised again as a whole; quantised as the base is, a small change would mostly be lost. Vectors stay as they are.
Copying after gguf-py's `gguf_new_metadata.py`, the sum after llama.cpp's `export-lora` (both MIT).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import gguf
import numpy as np
from gguf.quants import dequantize
from numpy.typing import NDArray

from ..trainer import BAD_PARAMS, MISSING, TrainerFault
from .files import sha256_of_file

_FLOATS = (gguf.GGMLQuantizationType.F32, gguf.GGMLQuantizationType.F16, gguf.GGMLQuantizationType.BF16)
_F16_FILE = int(gguf.LlamaFileType.MOSTLY_F16)


class Change(NamedTuple):
    """B of shape (out, rank) and A of shape (rank, in), and what their product is multiplied by."""

    b: NDArray[np.float32]
    a: NDArray[np.float32]
    scale: float


def merge(params: dict[str, Any]) -> dict[str, Any]:
    """Write `out`; see docs/protocol.md, kind `trainer`. Raises TrainerFault: `missing-model`, `bad-base`, `bad-adapter`."""
    base, adapter, out = (Path(params[name]) for name in ("base", "adapter", "out"))
    reader = _open(base, "bad-base")
    changes = read_changes(_open(adapter, "bad-adapter"), adapter)
    _check(reader, changes, base, adapter)
    quantised = any(tensor.tensor_type not in _FLOATS for tensor in reader.tensors)
    unfinished = out.with_name(out.name + ".tmp")
    try:
        _write(reader, changes, quantised, unfinished)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    types = {tensor.name: tensor.tensor_type.name for tensor in reader.tensors}
    return {
        "sha256": sha256_of_file(out),
        "bytes": out.stat().st_size,
        "type": "F16" if quantised else "+".join(sorted({types[name] for name in changes})),
        "merged": len(changes),
    }


def _write(reader: gguf.GGUFReader, changes: dict[str, Change], quantised: bool, path: Path) -> None:
    writer = gguf.GGUFWriter(path, _text(reader, gguf.Keys.General.ARCHITECTURE))
    try:
        _copy_metadata(reader, writer, quantised)
        types = {tensor.name: _type_of(tensor, quantised) for tensor in reader.tensors}
        for tensor in reader.tensors:
            _announce(writer, tensor, types[tensor.name])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for tensor in reader.tensors:
            writer.write_tensor_data(_values(tensor, changes.get(tensor.name), types[tensor.name]))
    finally:
        writer.close()


def read_changes(reader: gguf.GGUFReader, path: Path) -> dict[str, Change]:
    """The changes of a GGUF LoRA by the name of the tensor they are for. Raises TrainerFault (`bad-adapter`)."""
    alpha = reader.get_field(gguf.Keys.Adapter.LORA_ALPHA)
    parts = {tensor.name: tensor for tensor in reader.tensors}
    changes: dict[str, Change] = {}
    for name in parts:
        target, _, part = name.rpartition(".")
        if part not in ("lora_a", "lora_b") or f"{target}.lora_a" not in parts or f"{target}.lora_b" not in parts:
            raise TrainerFault("bad-adapter", f"{path}: {name} is no half of a LoRA matrix", BAD_PARAMS)
        a, b = (_floats(parts[f"{target}.{half}"]) for half in ("lora_a", "lora_b"))
        if a.ndim != 2 or b.ndim != 2 or b.shape[1] != a.shape[0]:
            raise TrainerFault("bad-adapter", f"{path}: the halves of {target} do not fit", BAD_PARAMS)
        changes[target] = Change(b, a, float(alpha.contents()) / a.shape[0] if alpha is not None else 1.0)
    if not changes:
        raise TrainerFault("bad-adapter", f"{path} has no LoRA matrices", BAD_PARAMS)
    return changes


def _check(reader: gguf.GGUFReader, changes: dict[str, Change], base: Path, adapter: Path) -> None:
    shapes = {tensor.name: tuple(int(size) for size in reversed(tensor.shape)) for tensor in reader.tensors}
    for name, change in changes.items():
        shape = (change.b.shape[0], change.a.shape[1])
        if shapes.get(name) != shape:
            found = shapes.get(name, "no such tensor")
            raise TrainerFault(
                "bad-adapter", f"{adapter} changes {name} of shape {shape}; {base} has {found}", BAD_PARAMS
            )


def _type_of(tensor: gguf.ReaderTensor, quantised: bool) -> gguf.GGMLQuantizationType:
    if not quantised or len(tensor.shape) < 2:
        return tensor.tensor_type
    return gguf.GGMLQuantizationType.F16


def _announce(writer: gguf.GGUFWriter, tensor: gguf.ReaderTensor, kind: gguf.GGMLQuantizationType) -> None:
    if kind == tensor.tensor_type:
        writer.add_tensor_info(tensor.name, tensor.data.shape, tensor.data.dtype, tensor.data.nbytes, kind)
        return
    shape = tuple(int(size) for size in reversed(tensor.shape))
    writer.add_tensor_info(tensor.name, shape, np.dtype(np.float16), int(np.prod(shape)) * 2)


def _values(tensor: gguf.ReaderTensor, change: Change | None, kind: gguf.GGMLQuantizationType) -> NDArray[Any]:
    if change is None and kind == tensor.tensor_type:
        return tensor.data
    values = _floats(tensor)
    if change is not None:
        values = values + change.scale * (change.b @ change.a)
    if kind == gguf.GGMLQuantizationType.F16 and np.abs(values).max(initial=0) > np.finfo(np.float16).max:
        raise TrainerFault("bad-adapter", f"{tensor.name} with its change does not fit into float16", BAD_PARAMS)
    return gguf.quants.quantize(values, kind)


def _floats(tensor: gguf.ReaderTensor) -> NDArray[np.float32]:
    shape = tuple(int(size) for size in reversed(tensor.shape))
    try:
        return dequantize(tensor.data, tensor.tensor_type).astype(np.float32).reshape(shape)
    except NotImplementedError as error:
        kind = tensor.tensor_type.name
        raise TrainerFault("bad-base", f"{tensor.name} is of type {kind}: {error}", BAD_PARAMS) from error


def _copy_metadata(reader: gguf.GGUFReader, writer: gguf.GGUFWriter, quantised: bool) -> None:
    for field in reader.fields.values():
        if field.name == gguf.Keys.General.ARCHITECTURE or field.name.startswith("GGUF."):
            continue
        if quantised and field.name in (gguf.Keys.General.FILE_TYPE, gguf.Keys.General.QUANTIZATION_VERSION):
            continue
        kind = field.types[0]
        element = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, sub_type=element)
    if quantised:
        writer.add_file_type(_F16_FILE)


def _text(reader: gguf.GGUFReader, key: str) -> str:
    field = reader.get_field(key)
    if field is None:
        raise TrainerFault("bad-base", f"the base has no {key}", BAD_PARAMS)
    return str(field.contents())


def _open(path: Path, code: str) -> gguf.GGUFReader:
    if not path.is_file():
        raise TrainerFault("missing-model", f"{path} is not there", MISSING)
    try:
        return gguf.GGUFReader(path)
    except (ValueError, IndexError, OSError) as error:
        raise TrainerFault(code, f"{path} is no GGUF that can be read: {error}", BAD_PARAMS) from error
