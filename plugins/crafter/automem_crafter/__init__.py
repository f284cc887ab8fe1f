"""Crafter for automem: the survival game by Danijar Hafner (package crafter, MIT), played through text."""

from .game import Crafter

__all__ = ["Crafter"]
