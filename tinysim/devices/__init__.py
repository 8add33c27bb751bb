"""What sits on the other side of the chip's buses and lines."""

from .audio import AudioPort

__all__ = ["AudioPort"]
