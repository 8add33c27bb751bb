"""MLPerf Tiny without the board."""

from typing import TYPE_CHECKING

from .version import __version__

if TYPE_CHECKING:
    from .api import Board, Inference, Watch, run_model

__all__ = ["Board", "Inference", "Watch", "__version__", "run_model"]


def __getattr__(name: str) -> object:
    # Only who asks for the board pays for importing it.
    if name in ("Board", "Inference", "Watch", "run_model"):
        from . import api

        return getattr(api, name)
    raise AttributeError(f"module 'tinysim' has no attribute '{name}'")
