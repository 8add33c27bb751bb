"""Where the firmware's sources are."""

from pathlib import Path

from .errors import ToolError


def sources() -> Path:
    """The folder with the firmware's sources.

    Raises:
        ToolError: tinysim was installed without them.

    """
    folder = Path(__file__).resolve().parent.parent / "firmware"
    if not (folder / "CMakeLists.txt").is_file():
        raise ToolError(
            "the firmware's sources are not beside this installation: work in a checkout of "
            "tinysim, or give an image by --image"
        )
    return folder
