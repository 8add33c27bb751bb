"""One thing that an installation has or lacks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One thing that an installation has or lacks."""

    name: str
    found: str
    """Its version and where it is; empty where it is missing."""
    lack: str = ""
    """What cannot be done without it, or what happens instead."""
    remedy: str = ""
    """The command that installs it."""
    is_needed: bool = False
    """Whether tinysim can run nothing without it."""

    @property
    def is_fatal(self) -> bool:
        """Whether nothing works."""
        return self.is_needed and not self.found
