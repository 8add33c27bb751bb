"""Data sets from the archives that people download."""

from .prepare import PREPARATIONS, Prepared, prepare

__all__ = ["PREPARATIONS", "Prepared", "prepare"]
