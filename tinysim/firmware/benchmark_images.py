"""Images of the benchmarks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..benchmarks import Benchmark
from ..models import Model, find_model
from ..models.belongs import other_scale, require_belongs
from ..models.check import require_runnable
from ..models.network import Network
from ..models.prepare import Prepared, prepare
from ..platform import Board, load_board
from .bare import Bare
from .code import find_code
from .fitting import fitted, refused
from .images import Order, build_image
from .start import RefusedError

_INPUT = 27_648
"""The buffer for inputs is the same in all benchmarks, as large as their largest, where there is
room for it.
"""


@dataclass(frozen=True)
class Build:
    """A firmware image with its model, and lines for the user.

    `network` is what is flashed, `flashed` its file where that is not the model's own.
    """

    image: Path
    model: Model
    network: Network
    flashed: Model | None = None
    notes: tuple[str, ...] = ()


def build(
    benchmarks: Sequence[Benchmark],
    variant: str = "dsp",
    model: Path | None = None,
    *,
    energy: bool = False,
    folding: bool = True,
) -> list[Build]:
    """One image for each benchmark; quick where it was built before.

    `model` replaces the model (of one benchmark). Each gets as much memory as it needs. `energy`
    asks for the images of energy mode. Without `folding` what cannot matter is flashed too.

    Raises:
        ToolError: a tool is missing or failed.
        AssetError: the model given is none, or none for the benchmark.

    """
    board = load_board()
    memory = board.settings.memory
    builds = []
    for benchmark in benchmarks:
        found, note = find_model(benchmark, model)
        prepared = prepare(found.path, int8_ends=True, folding=folding)
        require_belongs(prepared, benchmark)
        checked = require_runnable(prepared, memory.flash_bytes, memory.ram_bytes, variant)
        order = Order(benchmark.name, prepared.flashed, variant, energy)
        code = find_code(order.code)
        try:
            order = _fitted(order, code, prepared, benchmark, board)
        except RefusedError as error:
            raise refused(prepared, checked, error, memory.ram_bytes) from None
        scale = other_scale(prepared, benchmark)
        notes = (
            note,
            f"{benchmark.name}: {code.note}" if code.note else "",
            f"{found.path.name}: {scale}: its answers are to other inputs" if scale else "",
        )
        builds.append(
            Build(
                build_image(order, code),
                found,
                prepared.lowered.network,
                prepared.flashed_asset if prepared.lowered.passes else None,
                tuple(filter(None, notes)),
            )
        )
    return builds


def _fitted(
    order: Order, code: Bare, prepared: Prepared, benchmark: Benchmark, board: Board
) -> Order:
    try:
        found = fitted(order, code, prepared.lowered, _INPUT, board)
    except RefusedError:
        found = order
    layout = found.sizes.layout if found.sizes else None
    if layout and all(place.address for place in layout.places):
        return found
    # The rest of the buffer may be what a kernel lacks.
    return fitted(order, code, prepared.lowered, benchmark.input_bytes, board)
