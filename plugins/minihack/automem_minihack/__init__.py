"""MiniHack for automem: small levels built on NetHack, played through text."""

from .game import MiniHack

__all__ = ["MiniHack"]
