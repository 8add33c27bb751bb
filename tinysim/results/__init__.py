"""What a run found out: the one thing that reports read."""

from .fingerprint import fingerprint
from .schema import (
    SCHEMA_VERSION,
    Accuracy,
    Asset,
    InputResult,
    Memory,
    Result,
    WindowResult,
    load_results,
)

__all__ = [
    "SCHEMA_VERSION",
    "Accuracy",
    "Asset",
    "InputResult",
    "Memory",
    "Result",
    "WindowResult",
    "fingerprint",
    "load_results",
]
