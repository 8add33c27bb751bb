"""What an installation of tinysim has, and how to get what it lacks."""

from .assets import find_assets
from .part import Part
from .parts import find_parts

__all__ = ["Part", "find_assets", "find_parts"]
