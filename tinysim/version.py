"""The version of tinysim, which is part of every result."""

__version__ = "0.1.0"
