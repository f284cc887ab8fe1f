"""The last step of a training: a PEFT folder that is the same, byte for byte, for equal trainings, and its GGUF LoRA."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from .base import Base
from .files import list_files, sha256_of_file, write_json
from .gguf_adapter import Unsupported, write_gguf_adapter

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"


def save_adapter(source: Path, base: Base, out: Path) -> dict[str, Any]:
    """From what PEFT saved in `source` the folder `out/adapter` and, where the architecture is known, `out/adapter.gguf`.

    Returns `adapter`, `gguf` and `ggufMissing` of the protocol's result.
    """
    folder, unfinished = out / "adapter", out / "adapter.tmp"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    shutil.copyfile(source / WEIGHTS, unfinished / WEIGHTS)
    write_json(unfinished / CONFIG, settled(json.loads((source / CONFIG).read_text(encoding="utf-8")), base))
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.replace(folder)
    gguf_file, reason = out / "adapter.gguf", None
    gguf_file.unlink(missing_ok=True)
    try:
        write_gguf_adapter(folder, base.folder, out / "adapter.gguf.tmp", "automem")
        (out / "adapter.gguf.tmp").replace(gguf_file)
    except Unsupported as error:
        reason = str(error)
    return {
        "adapter": {"folder": str(folder), "files": list_files(folder)},
        "gguf": None if reason else {"path": str(gguf_file), "sha256": sha256_of_file(gguf_file)},
        "ggufMissing": reason,
    }


def settled(config: dict[str, Any], base: Base) -> dict[str, Any]:
    """PEFT's configuration without what differs between equal trainings: it keeps modules as sets, written in any order, and a path."""
    kept = dict(config)
    for name in ("target_modules", "exclude_modules", "modules_to_save"):
        if isinstance(kept.get(name), list):
            kept[name] = sorted(kept[name])
    kept["base_model_name_or_path"] = base.name
    kept["revision"] = None
    return dict(sorted(kept.items()))
