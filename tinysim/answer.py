"""The numbers of an `m-results` line."""

import math
import re

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")


def parse_vector(text: str) -> tuple[float, ...]:
    """The numbers between the brackets; the reference's vww ends them with a comma.

    Raises:
        ValueError: there is none, or one of them is missing, not a number or not finite.

    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 1 and not parts[-1]:
        parts.pop()
    values = []
    for part in parts:
        if len(part) > 64 or not _NUMBER.fullmatch(part):
            raise ValueError(f"'{part[:40]}' where a number was expected")
        values.append(float(part))
        if not math.isfinite(values[-1]):
            raise ValueError(f"'{part}' is beyond what a number can be")
    return tuple(values)
