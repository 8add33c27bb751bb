"""Builds the reference firmware with a model in it."""

from .bare import Sizes
from .benchmark_images import Build, build
from .images import Order, build_image
from .tools import TOOLS, Tool, missing_tools

__all__ = [
    "TOOLS",
    "Build",
    "Order",
    "Sizes",
    "Tool",
    "build",
    "build_image",
    "missing_tools",
]
