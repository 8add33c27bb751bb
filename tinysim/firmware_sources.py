"""Where the firmware's sources are."""

from pathlib import Path

from .errors import ToolError


def sources() -> Path:
    """The folder with the firmware's sources.

    Raises:
        ToolError: tinysim was installed without them.

    """
    here = Path(__file__).resolve().parent
    for folder in (here / "sources" / "firmware", here.parent / "firmware"):
        if (folder / "CMakeLists.txt").is_file():
            return folder
    raise ToolError("the firmware's sources are missing: install tinysim again")
