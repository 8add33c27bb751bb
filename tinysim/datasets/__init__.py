"""Evaluation inputs, in the official runner's own layout, or seeded ones."""

from .dataset import Dataset
from .find import find_dataset, find_folder, read_dataset
from .labelled import read_labels
from .sounds import read_given, read_sound

__all__ = [
    "Dataset",
    "find_dataset",
    "find_folder",
    "read_dataset",
    "read_given",
    "read_labels",
    "read_sound",
]
