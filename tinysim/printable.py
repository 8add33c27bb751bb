"""Text that does to a terminal, or to a reader of lines, what it says and nothing else."""

import re

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters, ESC and the 8-bit CSI among them
    "\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"  # line ends and directions of Unicode
    "\ud800-\udfff\ufffe\uffff]"  # no characters: undecodable bytes of a file name
)


def printable(text: str, most: int = 4000) -> str:
    """The text in one line of at most `most` characters, unsafe ones as escapes."""
    if len(text) > most:
        text = f"{text[:most]}..."
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def first_line(error: Exception) -> str:
    """What an error of a library says, without what follows on further lines."""
    return str(error).strip().splitlines()[0]
