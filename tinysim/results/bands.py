"""How far each tier's latency is off silicon, as `tinysim validate` measured it."""

import tomllib
from functools import cache
from pathlib import Path

from .schema import ErrorBand


@cache
def _bands() -> dict[str, ErrorBand]:
    table = tomllib.loads((Path(__file__).parent / "bands.toml").read_text())
    return {tier: ErrorBand.model_validate(values) for tier, values in table.items()}


def band(tier: str) -> ErrorBand | None:
    """The band of a tier; None where it was not measured."""
    return _bands().get(tier)
