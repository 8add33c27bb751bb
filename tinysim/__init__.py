"""MLPerf Tiny without the board."""

from importlib import import_module
from typing import TYPE_CHECKING

from .version import __version__

if TYPE_CHECKING:
    from .api.board import Board, Inference, Watch
    from .api.measuring import compare, load_results, run, run_model

__all__ = [
    "Board",
    "Inference",
    "Watch",
    "__version__",
    "compare",
    "load_results",
    "run",
    "run_model",
]

_HOMES = {
    **dict.fromkeys(("Board", "Inference", "Watch"), "api.board"),
    **dict.fromkeys(("compare", "load_results", "run", "run_model"), "api.measuring"),
}


def __getattr__(name: str) -> object:
    # Only who asks for the board pays for importing it.
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module 'tinysim' has no attribute '{name}'")
