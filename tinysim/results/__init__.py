"""What a run found out: the one thing that reports read."""

from .answers import Accuracy, HostCheck, InputResult, WindowResult
from .bands import band
from .energy import Energy, EnergyError, PowerActivity
from .fingerprint import fingerprint
from .memory import (
    Estimate,
    Memory,
    PlacedPart,
    Placement,
    Plan,
    PlannedTensor,
    Section,
    parse_placement,
)
from .profile import Cost, Profile
from .schema import SCHEMA_VERSION, Asset, ErrorBand, Result
from .stored import load_results
from .streaming import Recording, Streaming

__all__ = [
    "SCHEMA_VERSION",
    "Accuracy",
    "Asset",
    "Cost",
    "Energy",
    "EnergyError",
    "ErrorBand",
    "Estimate",
    "HostCheck",
    "InputResult",
    "Memory",
    "PlacedPart",
    "Placement",
    "Plan",
    "PlannedTensor",
    "PowerActivity",
    "Profile",
    "Recording",
    "Result",
    "Section",
    "Streaming",
    "WindowResult",
    "band",
    "fingerprint",
    "load_results",
    "parse_placement",
]
