"""Estimates against silicon: published images with the latency that was measured with them."""

from .catalog import Published, find_images, published
from .check import Check, Rule, Validation, check_image

__all__ = [
    "Check",
    "Published",
    "Rule",
    "Validation",
    "check_image",
    "find_images",
    "published",
]
