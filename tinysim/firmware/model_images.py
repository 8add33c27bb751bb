"""Images with a model of one's own in them."""

from pathlib import Path

from ..errors import AssetError
from ..models.check import Check, peak, require_runnable
from ..models.estimate import STACK
from ..models.prepare import Prepared
from ..platform import Board, load_board
from .arena import RefusedError, fitted
from .flags import as_definitions
from .images import Order, build_image

_LEAST_INPUT = 16


def build_model(
    prepared: Prepared,
    variant: str = "dsp",
    *,
    energy: bool = False,
    flags: str = "",
    board: Board | None = None,
) -> Path:
    """The image of the firmware for any model with this one in it, its memory as small as may be.

    Raises:
        AssetError: the model does not run on the board.
        ToolError: a tool is missing or failed, or `flags` are none of the compiler's.

    """
    board = board or load_board()
    memory = board.settings.memory
    found = require_runnable(prepared, memory.flash_bytes, memory.ram_bytes, variant)
    order = Order("model", prepared.flashed, variant, energy, flags=as_definitions(flags))
    size = max(prepared.input_bytes, _LEAST_INPUT)
    try:
        return build_image(fitted(order, prepared.lowered, size, board))
    except RefusedError as error:
        raise AssetError(_why(prepared, found, str(error), memory.ram_bytes)) from None


def _why(prepared: Prepared, found: Check, refusal: str, ram: int) -> str:
    """By how much a model is too large, or else what the firmware says."""
    needed = found.estimate.ram + STACK
    over = needed - ram
    if over > 0:
        refusal = (
            f"needs some {needed:,} bytes of RAM where there are {ram:,}: {over:,} too "
            f"many. {peak(prepared.lowered.graph, found.estimate)}"
        )
    return f"{prepared.path}: {refusal}"
