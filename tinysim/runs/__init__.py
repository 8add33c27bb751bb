"""What to ask of a board, and what to keep of its answers."""

from .accuracy import run_accuracy
from .benchmark import files_for, profile_benchmark, run_benchmark
from .energy import run_energy
from .performance import run_performance
from .setup import Progress, Setup

__all__ = [
    "Progress",
    "Setup",
    "files_for",
    "profile_benchmark",
    "run_accuracy",
    "run_benchmark",
    "run_energy",
    "run_performance",
]
