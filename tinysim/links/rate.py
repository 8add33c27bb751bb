"""What a serial line carries between two rates."""

_TOLERANCE = 0.03
"""What a receiver that samples in the middle of a bit bears over a frame of ten."""


def heard(data: bytes, here: int, there: int) -> bytes:
    """What comes out at the other end: noise where the rates, in baud, differ; 0 is any rate."""
    if not here or not there or abs(here / there - 1) <= _TOLERANCE:
        return data
    # Frames that are too long or too short: mostly 0x00 or 0xFF with a framing error.
    return bytes(0xFF if byte & 1 else 0x00 for byte in data)
