"""Images with a model of one's own in them."""

from dataclasses import dataclass
from pathlib import Path

from ..models.check import require_runnable
from ..models.prepare import Prepared
from ..platform import Board, load_board
from .code import find_code
from .fitting import fitted, refused
from .flags import as_definitions
from .images import Order, build_image
from .start import RefusedError

_LEAST_INPUT = 16


@dataclass(frozen=True)
class ModelImage:
    """A firmware image with a model in it, and lines for the user."""

    image: Path
    notes: tuple[str, ...] = ()


def build_model(
    prepared: Prepared,
    variant: str = "dsp",
    *,
    energy: bool = False,
    flags: str = "",
    board: Board | None = None,
) -> ModelImage:
    """The image of the firmware for any model with this one in it, its memory as small as may be.

    Raises:
        AssetError: the model does not run on the board.
        ToolError: a tool is missing or failed, or `flags` are none of the compiler's.

    """
    board = board or load_board()
    memory = board.settings.memory
    found = require_runnable(prepared, memory.flash_bytes, memory.ram_bytes, variant)
    order = Order("model", prepared.flashed, variant, energy, flags=as_definitions(flags))
    code = find_code(order.code)
    size = max(prepared.input_bytes, _LEAST_INPUT)
    try:
        image = build_image(fitted(order, code, prepared.lowered, size, board), code)
    except RefusedError as error:
        raise refused(prepared, found, error, memory.ram_bytes) from None
    return ModelImage(image, (code.note,) if code.note else ())
