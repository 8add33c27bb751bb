"""A graph for each operation and type, with a shape, parameters and scales of a seed's choice."""

from .registry import CASES

__all__ = ["CASES"]

from . import binary, joins, layers, more, reductions, slices, unary  # noqa: F401  (they register themselves)
