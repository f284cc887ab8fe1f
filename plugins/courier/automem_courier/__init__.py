"""Courier: a small game in plain Python in which memory decides the score."""

from .game import Courier

__all__ = ["Courier"]
