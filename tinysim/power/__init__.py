"""What a board draws: an estimate from what the emulator counts, and how far it is off silicon."""

from .activity import Activity
from .model import PowerModel
from .supply import Supply, parse_supply

__all__ = ["Activity", "PowerModel", "Supply", "parse_supply"]
