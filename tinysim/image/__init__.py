"""Firmware images."""

from .image import FLASH_BASE, SRAM1_BASE, Image, Section, Segment, Symbol, unknown_image
from .load import MOST_IMAGE, load_image, read_image
from .names import demangle

__all__ = [
    "FLASH_BASE",
    "MOST_IMAGE",
    "SRAM1_BASE",
    "Image",
    "Section",
    "Segment",
    "Symbol",
    "demangle",
    "load_image",
    "read_image",
    "unknown_image",
]
