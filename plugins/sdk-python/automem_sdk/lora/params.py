"""The params of a trainer's methods, looked at before any process is started for them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..trainer import BAD_PARAMS, TrainerFault
from .dataset import read_messages
from .recipe import Recipe, read_recipe

MAX_TOKENS = 1_048_576


def read_train(params: dict[str, Any]) -> tuple[Recipe, Path]:
    """Recipe and `out`, which is made. Raises TrainerFault (`bad-params`, `bad-recipe`)."""
    _paths("train", params, ("dataset", "base", "out", "cache"))
    recipe = read_recipe(params.get("recipe"))
    out = Path(params["out"])
    out.mkdir(parents=True, exist_ok=True)
    return recipe, out


def read_generate(params: dict[str, Any]) -> None:
    """Raises TrainerFault (`bad-params`, `bad-prompts`)."""
    _paths("generate", params, ("base", "cache"))
    if params.get("adapter") is not None:
        _paths("generate", params, ("adapter",))
    count = params.get("maxTokens")
    if type(count) is not int or not 1 <= count <= MAX_TOKENS:
        raise _bad(f"generate: maxTokens must be a whole number from 1 to {MAX_TOKENS}")
    if not isinstance(params.get("prompts"), list):
        raise _bad("generate: prompts must be a list of conversations")
    for index, prompt in enumerate(params["prompts"]):
        read_messages(prompt, f"prompts[{index}]")


def read_merge(params: dict[str, Any]) -> None:
    """Raises TrainerFault (`bad-params`)."""
    _paths("merge", params, ("base", "adapter", "out"))


def _paths(method: str, params: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if not isinstance(params.get(name), str) or not os.path.isabs(params[name]):
            raise _bad(f"{method}: {name} must be an absolute path")


def _bad(message: str) -> TrainerFault:
    return TrainerFault("bad-params", message, BAD_PARAMS)
