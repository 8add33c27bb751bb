"""The memory that a model gets on the board, kept once it was found."""

import hashlib
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import AssetError, StorageError
from ..models.check import Check, peak
from ..models.estimate import STACK, scratch_bytes
from ..models.locate import cache_folder
from ..models.lowering import Lowered
from ..models.prepare import Prepared
from ..placement import Layout
from ..platform import Board, load_board
from ..storage import make_folder, write_text
from .bare import STEP, Bare, Sizes, rounded
from .images import Order
from .start import RefusedError


def fitted(
    order: Order, code: Bare, lowered: Lowered, input_bytes: int, board: Board | None = None
) -> Order:
    """The same order with the smallest arena, and scratch memory, that its model starts in, and all
    of it laid out so that an inference waits least.

    `code` is what `find_code` gives for the order. `input_bytes` are set aside for what the host
    sends. What was found is kept in the cache.

    Raises:
        RefusedError: the firmware refuses the model with as much memory as there is.

    """
    state = lowered.state
    board = board or load_board()
    exact = scratch_bytes(lowered.graph)
    refusal: RefusedError | None = None
    for scratch in (rounded(exact * 5 // 4 + 1024), rounded(exact)):
        trial = Sizes(
            arena=0,
            scratch=scratch,
            input=input_bytes,
            outputs=lowered.outputs,
            states=state.count,
            state=state.initial,
            packs=False,
        )
        most = code.largest_arena(trial) // STEP * STEP
        if most <= 0:
            refusal = refusal or RefusedError(f"RAM overflows by {-most} bytes without an arena")
            continue
        trial = replace(trial, arena=most)
        try:
            return replace(order, sizes=_sizes(order.model, code, trial, lowered, board))
        except RefusedError as error:
            refusal = refusal or error
    assert refusal is not None
    raise refusal


def refused(prepared: Prepared, found: Check, refusal: RefusedError, ram: int) -> AssetError:
    """What to tell a user: by how much a model is too large, or else what the firmware says."""
    needed = found.estimate.ram + STACK
    over = needed - ram
    if over <= 0:
        return AssetError(f"{prepared.path}: {refusal}")
    return AssetError(
        f"{prepared.path}: needs some {needed:,} bytes of RAM where there are {ram:,}: {over:,} "
        f"too many. {peak(prepared.lowered.graph, found.estimate)}"
    )


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)

    arena: int
    scratch: int
    layout: Layout
    note: str


def _sizes(model: bytes, code: Bare, trial: Sizes, lowered: Lowered, board: Board) -> Sizes:
    """Those that were found, now or before. `trial` has as much memory as there is."""
    path = _path(model, code, trial, board)
    try:
        kept = _Kept.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        from .arena import Search  # which what is in the cache needs no more

        found = Search(model, code, trial, lowered, board).find()
        assert found.layout is not None
        kept = _Kept(
            arena=found.arena,
            scratch=found.scratch,
            layout=found.layout,
            note=found.note.decode(),
        )
        with suppress(StorageError):  # found again next time
            make_folder(path.parent)
            write_text(path, kept.model_dump_json())
    return replace(
        trial,
        arena=kept.arena,
        scratch=kept.scratch,
        layout=kept.layout,
        note=kept.note.encode(),
    )


def _path(model: bytes, code: Bare, trial: Sizes, board: Board) -> Path:
    digest = hashlib.sha256()
    how = board.fingerprint + _method()
    for part in (code.content, model, repr(trial).encode(), how.encode()):
        digest.update(len(part).to_bytes(8, "little") + part)
    return cache_folder() / "sizes" / f"{digest.hexdigest()[:32]}.json"


@cache
def _method() -> str:
    """Over the sources that decide what is found."""
    rooms = Path(__file__).parent, Path(__file__).parent.parent / "placement"
    digest = hashlib.sha256()
    for path in sorted(path for room in rooms for path in room.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
