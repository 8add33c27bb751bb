"""From the model that a converter wrote to the one that is flashed: same bytes out, less to do."""

from .lower import Lowered, lower

__all__ = ["Lowered", "lower"]
