"""What a run found out: the one thing that reports read."""

from .bands import band
from .fingerprint import fingerprint
from .schema import (
    SCHEMA_VERSION,
    Accuracy,
    Asset,
    Cost,
    Energy,
    ErrorBand,
    Estimate,
    HostCheck,
    InputResult,
    Memory,
    Plan,
    PlannedTensor,
    Profile,
    Recording,
    Result,
    Section,
    Streaming,
    WindowResult,
    load_results,
)

__all__ = [
    "SCHEMA_VERSION",
    "Accuracy",
    "Asset",
    "Cost",
    "Energy",
    "ErrorBand",
    "Estimate",
    "HostCheck",
    "InputResult",
    "Memory",
    "Plan",
    "PlannedTensor",
    "Profile",
    "Recording",
    "Result",
    "Section",
    "Streaming",
    "WindowResult",
    "band",
    "fingerprint",
    "load_results",
]
