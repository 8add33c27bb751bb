"""How far latencies are off silicon, by class of firmware, as `tinysim validate` measured it."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from .schema import ErrorBand
from .traits import Traits


class Measured(BaseModel):
    """Errors of a tier over a set, as fractions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    worst: float
    mean: float
    bias: float


class BandSet(BaseModel):
    """A set of programs that silicon measured. `most` has the largest share of each trait among
    them, half as much again added for programs that nobody has seen.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    programs: int
    measured_on: date
    most: Traits
    T0: Measured | None = None
    T1: Measured | None = None
    T2: Measured | None = None
    T3: Measured | None = None

    def measured(self, tier: str) -> Measured | None:
        """The errors of a tier."""
        found = getattr(self, tier, None)
        return found if isinstance(found, Measured) else None


@cache
def sets() -> tuple[BandSet, ...]:
    """Every set, that which most firmware resembles first."""
    table = tomllib.loads((Path(__file__).parent / "bands.toml").read_text(encoding="utf-8"))
    return tuple(BandSet.model_validate(entry) for entry in table["set"])


def band(tier: str, traits: Traits | None = None) -> ErrorBand | None:
    """The band of a tier for firmware with those traits; None where it was not measured.

    Firmware that resembles no set gets the widest band, marked as not validated. Without traits
    (an engine that counts no stalls) it is that of the first set, at tiers below T3 alone.
    """
    known = [(one, found) for one in sets() if (found := one.measured(tier)) is not None]
    if not known:
        return None
    if traits is None:
        chosen, validated = known[0], tier != "T3"
    else:
        alike = [pair for pair in known if traits.within(pair[0].most)]
        widest = max(known, key=lambda pair: pair[1].worst)
        chosen, validated = (alike[0], True) if alike else (widest, False)
    one, errors = chosen
    return ErrorBand(
        worst=errors.worst,
        mean=errors.mean,
        images=one.programs,
        set=one.name,
        validated=validated,
    )
