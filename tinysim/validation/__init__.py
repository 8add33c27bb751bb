"""Estimates against silicon: published images with the latency that was measured with them."""

from .catalog import Published, find_images, published
from .check import Candidate, Rule, check_image

__all__ = [
    "Candidate",
    "Published",
    "Rule",
    "check_image",
    "find_images",
    "published",
]
