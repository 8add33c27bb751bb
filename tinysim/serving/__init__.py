"""A board as a device of its host: a serial port, and a power monitor beside it."""

from .monitoring import Monitoring
from .server import Server

__all__ = ["Monitoring", "Server"]
