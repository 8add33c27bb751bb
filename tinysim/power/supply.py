"""Where a board's power comes from."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..errors import TinySimError

LEAST_V, MOST_V = 1.71, 3.6
"""VDD of an STM32L4R5 (DS12023, general operating conditions)."""
MONITOR_V = (1.8, 3.3)
"""What an LPM01A supplies: `volt` of its commands."""

_TEXT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*V?\s*(?:,\s*([a-z]+))?\s*", re.IGNORECASE)

Regulator = Literal["ldo", "smps"]


class Supply(BaseModel):
    """Volts at VDD, and what makes the core's voltage of them: the chip's own linear regulator
    (`ldo`), or a switched one beside the chip (`smps`, on a NUCLEO-L4R5ZI-P).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    volts: Annotated[float, Field(ge=LEAST_V, le=MOST_V)]
    regulator: Regulator = "ldo"

    def __str__(self) -> str:
        return f"{self.volts:g} V, {'LDO' if self.regulator == 'ldo' else 'external SMPS'}"


def parse_supply(text: str) -> Supply:
    """`1.8V` or `3V,smps`.

    Raises:
        TinySimError: it is neither, or no voltage that the chip takes.

    """
    match = _TEXT.fullmatch(text)
    regulator = (match[2] or "ldo").lower() if match else ""
    if match is None or regulator not in ("ldo", "smps"):
        raise TinySimError(
            f"--supply {text[:40]}: volts were expected, and a regulator where it is not the "
            "chip's own: 1.8V or 3V,smps"
        )
    volts = float(match[1])
    if not LEAST_V <= volts <= MOST_V:
        raise TinySimError(f"--supply {text[:40]}: the chip takes {LEAST_V:g} to {MOST_V:g} V")
    return Supply(volts=volts, regulator="smps" if regulator == "smps" else "ldo")
