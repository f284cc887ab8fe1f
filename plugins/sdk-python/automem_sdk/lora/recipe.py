"""The recipe of a training as the protocol sends it: every field there, nothing else, all in range."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from ..trainer import BAD_PARAMS, TrainerFault

ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")


@dataclass(frozen=True)
class Recipe:
    """Field names and ranges are those of docs/protocol.md, kind `trainer`."""

    rank: int
    alpha: float
    dropout: float
    learningRate: float
    epochs: int
    maxSteps: int | None
    batchSize: int
    gradientAccumulation: int
    cutoffTokens: int
    schedule: str
    warmupShare: float
    weightDecay: float
    maxGradientNorm: float
    saveSteps: int
    devices: int
    targets: str
    precision: str
    gradientCheckpointing: bool
    seed: int


_WHOLE = {
    "rank": (1, 1024),
    "epochs": (1, 100),
    "batchSize": (1, 1024),
    "gradientAccumulation": (1, 1024),
    "cutoffTokens": (16, 1_048_576),
    "saveSteps": (1, 1_000_000),
    "devices": (1, 64),
    "seed": (0, 2**31 - 1),
}
_NUMBERS = {
    "alpha": (1e-6, 1e6),
    "dropout": (0.0, 0.9),
    "learningRate": (1e-8, 1e6),
    "warmupShare": (0.0, 0.9),
    "weightDecay": (0.0, 1.0),
    "maxGradientNorm": (1e-6, 1e6),
}
_WORDS = {
    "schedule": ("constant", "linear", "cosine"),
    "targets": ("attention", "all"),
    "precision": ("fp32", "bf16"),
}


def read_recipe(value: Any) -> Recipe:
    """Check what was sent; raises TrainerFault (`bad-recipe`) that names the field, its value and what it may be."""
    if not isinstance(value, dict):
        raise _bad("recipe", value, "an object")
    names = {field.name for field in fields(Recipe)}
    for name in sorted(names ^ set(value)):
        raise _bad(
            name, value.get(name, "missing"), "a field of the recipe, once" if name in names else "no such field"
        )
    for name, (low, high) in _WHOLE.items():
        if type(value[name]) is not int or not low <= value[name] <= high:
            raise _bad(name, value[name], f"a whole number from {low} to {high}")
    if value["maxSteps"] is not None and (type(value["maxSteps"]) is not int or value["maxSteps"] < 1):
        raise _bad("maxSteps", value["maxSteps"], "null or a whole number of at least 1")
    for name, (low, high) in _NUMBERS.items():
        if type(value[name]) not in (int, float) or not low <= value[name] <= high:
            raise _bad(name, value[name], f"a number from {low} to {high}")
    for name, words in _WORDS.items():
        if value[name] not in words:
            raise _bad(name, value[name], f"one of {', '.join(words)}")
    if not isinstance(value["gradientCheckpointing"], bool):
        raise _bad("gradientCheckpointing", value["gradientCheckpointing"], "true or false")
    return Recipe(**value)


def _bad(name: str, value: object, wanted: str) -> TrainerFault:
    return TrainerFault("bad-recipe", f"recipe: {name} is {value!r}; it must be {wanted}", BAD_PARAMS)
