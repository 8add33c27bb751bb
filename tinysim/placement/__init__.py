"""Which memory of the board each part of a model lies in: decided by what its reads would wait."""

from .layout import Layout, Place, Request, Units, lay_out
from .measure import Measured, measure
from .memories import Memory, memories_of
from .report import make_report
from .search import search
from .waits import Flow, Part, Traffic

__all__ = [
    "Flow",
    "Layout",
    "Measured",
    "Memory",
    "Part",
    "Place",
    "Request",
    "Traffic",
    "Units",
    "lay_out",
    "make_report",
    "measure",
    "memories_of",
    "search",
]
