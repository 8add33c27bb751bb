"""Which memory of the board each part of a model lies in: decided by what its reads would wait."""

from .layout import Layout, Place, Request, Units, lay_out

__all__ = ["Layout", "Place", "Request", "Units", "lay_out"]
