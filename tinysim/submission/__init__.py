"""The tree of a submission to MLPerf Tiny: written from stored results, and checked."""

from .check import Rules, check_tree
from .scores import Finding
from .tree import Division, Runner, Submission, write_tree

__all__ = ["Division", "Finding", "Rules", "Runner", "Submission", "check_tree", "write_tree"]
