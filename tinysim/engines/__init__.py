"""What can run a firmware image. See `base.Engine` for what one must offer."""

from .base import Counters, Edge, Engine, Line, open_engine

__all__ = ["Counters", "Edge", "Engine", "Line", "open_engine"]
