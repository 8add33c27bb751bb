"""Flags of the compiler that a user adds to the firmware's own."""

import re

from ..errors import ToolError

_FLAG = re.compile(r"-[\w=.,+:/@-]+")
"""Nothing that a shell or CMake would take apart."""


def require_flags(text: str) -> None:
    """Refuse what is no list of flags.

    Raises:
        ToolError: the text names the word.

    """
    for word in text.split():
        if not _FLAG.fullmatch(word):
            raise ToolError(f"flags '{text}': '{word}' is no flag of a compiler")


def as_definitions(text: str) -> tuple[str, ...]:
    """What CMake is told; nothing where there are none.

    Raises:
        ToolError: see `require_flags`.

    """
    require_flags(text)
    return (f"-DTINYSIM_FLAGS={' '.join(text.split())}",) if text.split() else ()
