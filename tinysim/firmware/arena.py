"""The smallest memory in which a model runs, found by letting the board start with less."""

import json
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path

from ..engines.builtin import BuiltinEngine
from ..errors import AssetError, EngineError
from ..image import Image, Segment, load_image
from ..models.check import Check, peak
from ..models.estimate import STACK, scratch_bytes
from ..models.lowering import Lowered
from ..models.prepare import Prepared
from ..platform import Board, load_board
from ..timeouts import TIMEOUTS
from .bare import Bare, Sizes
from .images import Order, build_image

_STEP = 16
"""Bytes that arenas are aligned to."""
_SEARCHED = 1 << 15
"""The planner's own needs over what it says to have used, in bytes, are less than this."""


def fitted(
    order: Order, code: Bare, lowered: Lowered, input_bytes: int, board: Board | None = None
) -> Order:
    """The same order with the smallest arena, and scratch memory, that its model starts in.

    `code` is what `find_code` gives for the order. `input_bytes` are set aside for what the host
    sends. What was found is kept beside the image of the trial, which has as much memory as there
    is.

    Raises:
        RefusedError: the firmware refuses the model even so.

    """
    state = lowered.state
    board = board or load_board()
    exact = scratch_bytes(lowered.graph)
    refusal: RefusedError | None = None
    # What is quick comes first, what takes least last.
    for scratch, packs in product(
        (_rounded(exact * 5 // 4 + 1024), _rounded(exact)), (True, False)
    ):
        trial = Sizes(
            arena=0,
            scratch=scratch,
            input=input_bytes,
            outputs=lowered.outputs,
            states=state.count,
            state=state.initial,
            packs=packs,
        )
        most = code.largest_arena(trial) // _STEP * _STEP
        if most <= 0:
            refusal = refusal or RefusedError(f"RAM overflows by {-most} bytes without an arena")
            continue
        trial = replace(trial, arena=most)
        try:
            return replace(order, sizes=_fit(replace(order, sizes=trial), code, trial, board))
        except RefusedError as error:
            refusal = refusal or error
    assert refusal is not None
    raise refusal


def _rounded(size: int) -> int:
    return -(-size // _STEP) * _STEP


class RefusedError(AssetError):
    """The firmware does not take a model; the text is what it says."""


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


def _fit(order: Order, code: Bare, trial: Sizes, board: Board) -> Sizes:
    path = build_image(order, code)
    kept = path.parent / "sizes.json"
    with suppress(OSError, ValueError, KeyError):
        found = json.loads(kept.read_text())
        return replace(trial, arena=int(found["arena"]), scratch=int(found["scratch"]))
    image = load_image(path)
    first = _start(image, board)
    if first.refusal:
        raise RefusedError(f"the firmware refuses the model: {first.refusal}")

    def starts(steps: int) -> bool:
        return not _start(_with_arena(image, steps * _STEP), board).refusal

    # Less than was used cannot do; the trial's own size does.
    used, most = first.arena // _STEP, trial.arena // _STEP
    low, high = used - 1, used + 1
    if not starts(high):
        low, high = high, min(used + _SEARCHED // _STEP, most)
        if not starts(high):
            low, high = high, most
    while high - low > 1:
        middle = (low + high) // 2
        if starts(middle):
            high = middle
        else:
            low = middle
    sizes = replace(trial, arena=high * _STEP, scratch=_rounded(max(first.scratch, 1)))
    _keep(kept, sizes)
    return sizes


def _keep(path: Path, sizes: Sizes) -> None:
    with suppress(OSError):  # found again next time
        path.write_text(json.dumps({"arena": sizes.arena, "scratch": sizes.scratch}))


class _Start:
    """How the firmware started: a refusal, or the bytes that it has used."""

    def __init__(self, refusal: str, arena: int = 0, scratch: int = 0) -> None:
        self.refusal = refusal
        self.arena = arena
        self.scratch = scratch


def _start(image: Image, board: Board) -> _Start:
    engine = BuiltinEngine(board, image, {"tier": "T0"})
    engine.boot()
    said = ""
    try:
        while True:
            line = engine.read_line(TIMEOUTS.packing).text
            if "e-[" in line:
                refusal = line.partition("e-[")[2].rstrip("]")
                return _Start(" ".join(part for part in (said, refusal) if part.strip()))
            if "m-ready" in line:
                break
            if not line.startswith("m-"):
                said = line
    except EngineError as error:
        return _Start(str(error))
    finally:
        engine.close()

    def word(name: str) -> int:
        if name not in image.symbols:
            return 0  # the linker has left out what no kernel asks for
        return int.from_bytes(engine.read_memory(image.symbols[name], 4), "little")

    return _Start("", word("tinysim_arena_used_bytes"), word("tinysim_scratch_used_bytes"))


def _with_arena(image: Image, size: int) -> Image:
    """The same image, its arena smaller: the size is a word in flash."""
    address = image.symbols["tinysim_arena_bytes"]
    segments = []
    for segment in image.segments:
        at = address - segment.address
        if 0 <= at < len(segment.data):
            data = segment.data[:at] + size.to_bytes(4, "little") + segment.data[at + 4 :]
            segment = Segment(segment.address, data)
        segments.append(segment)
    return replace(image, segments=tuple(segments))
