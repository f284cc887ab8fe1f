"""The base model as a folder that transformers loads. One that is only a GGUF is dequantised once, and kept by its hash."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from ..trainer import BAD_PARAMS, MISSING, TrainerFault
from .files import list_files, sha256_of_file, sha256_of_json, write_json
from .splitting import split_as_llama_cpp

RECORD = "automem-base.json"
SCHEMA = "automem.base/2"


class Base(NamedTuple):
    """`sha256` is over the folder's files; `gguf_sha256` that of the file it was made from, if it was.

    `begin` is the token that servers of that GGUF put first where the chat template does not.
    """

    folder: Path
    sha256: str
    gguf_sha256: str | None
    begin: int | None = None

    @property
    def name(self) -> str:
        """What an adapter's configuration says it is of: the same on every machine."""
        return f"sha256:{self.gguf_sha256 or self.sha256}"


def open_base(path: Path, cache: Path) -> Base:
    """The folder for `path`, a folder of safetensors or a GGUF file. Raises TrainerFault (`missing-model`, `bad-base`)."""
    if path.is_dir():
        if not (path / "config.json").is_file() or not list(path.glob("*.safetensors")):
            raise TrainerFault("bad-base", f"{path} has no config.json with safetensors beside it", BAD_PARAMS)
        return Base(path, _hash(path), None)
    if not path.is_file():
        raise TrainerFault("missing-model", f"the base model {path} is not there; bring it: automem model add", MISSING)
    gguf_sha256 = sha256_of_file(path)
    folder = cache / "bases" / gguf_sha256
    record = _record(folder)
    if record is None:
        _dequantise_once(path, gguf_sha256, folder)
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    found = _hash(folder)
    if found != record["sha256"]:
        raise TrainerFault("bad-base", f"{folder} was changed after it was made from {path}; delete it and try again")
    return Base(folder, found, gguf_sha256, record["begin"])


def dequantise(path: Path, gguf_sha256: str, folder: Path) -> None:
    """Make `folder` from a GGUF: weights in float32 (exact), tokenizer and chat template; its record is written last."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    unfinished = folder.with_name(folder.name + ".tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.mkdir(parents=True)
    source: dict[str, Any] = {"gguf_file": path.name, "local_files_only": True}
    tokenizer = AutoTokenizer.from_pretrained(str(path.parent), **source)
    if not tokenizer.chat_template:
        raise TrainerFault("bad-base", f"{path} has no chat template; use a chat model", BAD_PARAMS)
    begin = split_as_llama_cpp(tokenizer, path)
    model = AutoModelForCausalLM.from_pretrained(str(path.parent), dtype=torch.float32, **source)
    # transformers refuses to save a model that it believes to be quantised still.
    model.hf_quantizer = None
    for name in ("quantization_config", "_pre_quantization_dtype"):
        if hasattr(model.config, name):
            delattr(model.config, name)
    model.is_quantized = False
    model.save_pretrained(unfinished)
    tokenizer.save_pretrained(unfinished)
    record = {"schema": SCHEMA, "gguf": gguf_sha256, "sha256": _hash(unfinished), "begin": begin}
    write_json(unfinished / RECORD, record)
    unfinished.replace(folder)


def _dequantise_once(path: Path, gguf_sha256: str, folder: Path) -> None:
    """In one process of those that want this folder: of one training on several GPUs, or of trainings at the same time."""
    from filelock import FileLock

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(folder.name + ".lock")):
        if _record(folder) is None:
            dequantise(path, gguf_sha256, folder)


def _record(folder: Path) -> dict[str, Any] | None:
    """What is written of a base that was made whole by this code; one made by other code is made again."""
    try:
        value = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) and value.get("schema") == SCHEMA else None


def _hash(folder: Path) -> str:
    names = (".safetensors", ".json", ".model", ".jinja", ".txt")
    return sha256_of_json(
        [file for file in list_files(folder) if file["path"].endswith(names) and file["path"] != RECORD]
    )
