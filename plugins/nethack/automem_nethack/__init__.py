"""NetHack for automem: the NetHack Learning Environment's challenge, played through text."""

from .game import NetHack

__all__ = ["NetHack"]
