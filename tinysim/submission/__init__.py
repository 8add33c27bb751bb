"""The tree of a submission to MLPerf Tiny: written from stored results, and checked."""

from .check import Finding, check_tree
from .tree import Division, Runner, Submission, write_tree

__all__ = ["Division", "Finding", "Runner", "Submission", "check_tree", "write_tree"]
