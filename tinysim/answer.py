"""What an `m-results` line holds: numbers, or the bytes of a model's outputs."""

import math
import re

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")

_BYTES = re.compile(r"(?:[0-9a-f]{2})+")


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


def parse_outputs(text: str) -> tuple[bytes, ...]:
    """The bytes of each output of a model, in hexadecimal between semicolons.

    Raises:
        ValueError: there is none, or something else stands there.

    """
    parts = text.split(";")
    for part in parts:
        if not _BYTES.fullmatch(part):
            raise ValueError(f"'{part[:40]}' where bytes were expected")
    return tuple(bytes.fromhex(part) for part in parts)


def check_answer(text: str) -> None:
    """Accept numbers, or the bytes of outputs.

    Raises:
        ValueError: it is neither.

    """
    try:
        parse_outputs(text)
    except ValueError:
        parse_vector(text)
