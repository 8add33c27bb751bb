"""Boards: what sits where on them (`.repl`) and how they are built (`.toml`)."""

from .board import Board, find_platforms, load_board

__all__ = ["Board", "find_platforms", "load_board"]
