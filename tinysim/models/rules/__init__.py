"""What TFLite defines of each operation: how many inputs, which types and shapes."""

from .check import RULES, problem_of

__all__ = ["RULES", "problem_of"]
