"""Finds a benchmark's model, or makes a twin of it."""

from .locate import Model, find_model

__all__ = ["Model", "find_model"]
