"""The divisions' rules for models, as code. docs/rules.md quotes them by section."""

from .closed import Deviation, Verdict, check_closed
from .open import check_open
from .reference import REFERENCES, Reference, find_reference

__all__ = [
    "REFERENCES",
    "Deviation",
    "Reference",
    "Verdict",
    "check_closed",
    "check_open",
    "find_reference",
]
