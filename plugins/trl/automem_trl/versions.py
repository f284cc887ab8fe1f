"""Versions of the packages that decide a result."""

from __future__ import annotations

from importlib.metadata import version

NAMES = ("torch", "transformers", "peft", "trl", "accelerate", "datasets", "safetensors", "gguf", "tokenizers", "numpy")


def packages() -> dict[str, str]:
    """By name; read from what is installed, without importing it."""
    return {name: version(name) for name in NAMES}
