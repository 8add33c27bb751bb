"""`tinysim doctor`."""

from ..errors import ToolError
from ..installation.part import Part
from ..installation.parts import find_parts
from .console import say


def doctor() -> None:
    """Show what is installed and where, and the command that installs what is missing.

    Lines of parts that are missing begin with `--`, or with `!!` where tinysim cannot run without
    them. Exit code 2 when there is one of these.
    """
    fatal = []
    for part in find_parts():
        _say(part)
        if part.is_fatal:
            fatal.append(part.name)
    if fatal:
        raise ToolError(f"tinysim cannot run without {', '.join(fatal)}")


def _say(part: Part) -> None:
    if part.found:
        say(f"ok  {part.name:<18} {part.found}")
        return
    say(f"{'!!' if part.is_needed else '--'}  {part.name:<18} missing; {part.lack}")
    if part.remedy:
        say(f"    {'':<18} {part.remedy}")
