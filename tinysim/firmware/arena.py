"""The smallest memory in which a model runs, found by letting the board start with less."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ..engines.builtin import BuiltinEngine
from ..errors import AssetError, EngineError, StorageError
from ..image import Image, Segment, read_image
from ..models.check import Check, peak
from ..models.estimate import STACK, scratch_bytes
from ..models.locate import cache_folder
from ..models.lowering import Lowered
from ..models.prepare import Prepared
from ..placement import Layout, Request, Units
from ..platform import Board, load_board
from ..storage import make_folder, write_text
from ..timeouts import TIMEOUTS
from .bare import Bare, Sizes
from .images import Order

_STEP = 16
"""Bytes that arenas are aligned to."""
_SEARCHED = 1 << 15
"""The planner's own needs over what it says to have used, in bytes, are less than this."""
_ROUNDS = 4
"""In which what has room is chosen anew."""
_REQUEST = "tinysim_place"
_WORKING = "_ZN7kernels18has_working_memoryEj"
"""The functions by which kernels ask for memory (`firmware/tflm/places.cpp`, `inference.cpp`)."""


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
    for scratch in (_rounded(exact * 5 // 4 + 1024), _rounded(exact)):
        trial = Sizes(
            arena=0,
            scratch=scratch,
            input=input_bytes,
            outputs=lowered.outputs,
            states=state.count,
            state=state.initial,
            packs=False,
        )
        most = code.largest_arena(trial) // _STEP * _STEP
        if most <= 0:
            refusal = refusal or RefusedError(f"RAM overflows by {-most} bytes without an arena")
            continue
        trial = replace(trial, arena=most)
        try:
            return replace(order, sizes=_Fitting(order.model, code, trial, lowered, board).sizes())
        except RefusedError as error:
            refusal = refusal or error
    assert refusal is not None
    raise refusal


@cache
def _method() -> str:
    """Over the sources that decide what is found."""
    rooms = Path(__file__).parent, Path(__file__).parent.parent / "placement"
    digest = hashlib.sha256()
    for path in sorted(path for room in rooms for path in room.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


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


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)

    arena: int
    scratch: int
    layout: Layout
    note: str


@dataclass(frozen=True)
class _Fitting:
    """The search for a model's sizes. `trial` has as much memory as there is."""

    model: bytes
    code: Bare
    trial: Sizes
    lowered: Lowered
    board: Board

    def sizes(self) -> Sizes:
        """Those that were found, now or before."""
        path = self._path
        try:
            kept = _Kept.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            found = self._find()
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
            self.trial,
            arena=kept.arena,
            scratch=kept.scratch,
            layout=kept.layout,
            note=kept.note.encode(),
        )

    @property
    def _path(self) -> Path:
        digest = hashlib.sha256()
        how = self.board.fingerprint + _method()
        for part in (self.code.content, self.model, repr(self.trial).encode(), how.encode()):
            digest.update(len(part).to_bytes(8, "little") + part)
        return cache_folder() / "sizes" / f"{digest.hexdigest()[:32]}.json"

    def _find(self) -> Sizes:
        from .placing import placed  # which what is in the cache needs no more

        first = self._start(self._image(self.trial))
        if first.refusal:
            raise RefusedError(f"the firmware refuses the model: {first.refusal}")
        begin, end = self.code.room
        units = Units(
            begin=begin,
            end=end,
            arena=0,
            scratch=_rounded(max(first.scratch, 1)),
            input=self.trial.input if self.code.takes_input else 0,
            state=len(self.trial.state),
            requests=first.requests,
        )
        units = self._with_requests(units)
        sizes = replace(self.trial, scratch=units.scratch, arena=units.arena)
        return placed(self.code, self.model, sizes, units, self.lowered.graph, self.board)

    def _with_requests(self, units: Units) -> Units:
        """With an arena, and all that kernels ask for; with as much of it as there is room for
        where that is too much.
        """
        everything = self._with_arena(replace(units, placed=tuple(range(len(units.requests)))))
        if everything:
            return everything
        from .placing import with_optional

        needed = tuple(number for number, each in enumerate(units.requests) if not each.optional)
        least = self._with_arena(replace(units, placed=needed))
        if least is None:
            raise RefusedError("RAM has no room for what its kernels need")
        # A kernel that gets what it asks for may do with less of the arena, which leaves more room.
        found = least
        for _ in range(_ROUNDS):
            more = with_optional(replace(found, placed=needed))
            if more.placed == found.placed:
                break
            found = self._with_arena(more) or least
        return found

    def _with_arena(self, units: Units) -> Units | None:
        """With the smallest arena; None where there is no room for any."""
        from .placing import provisional

        units = replace(units, arena=0)
        if units.free <= 0:
            return None
        layout = provisional(units, self.board)
        image = self._image(replace(self.trial, scratch=units.scratch, layout=layout))
        first = self._start(image)
        if first.refusal:
            return None
        return replace(units, arena=self._smallest(image, units.free, first.arena))

    def _smallest(self, image: Image, most_bytes: int, used_bytes: int) -> int:
        """Bytes of the smallest arena in which it starts; some `used_bytes` are needed for sure."""

        def starts(steps: int) -> bool:
            return not self._start(_with_arena(image, steps * _STEP)).refusal

        # Less than was used cannot do; the trial's own size does.
        used, most = used_bytes // _STEP, most_bytes // _STEP
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
        return high * _STEP

    def _image(self, sizes: Sizes) -> Image:
        return read_image(Path("trial.elf"), self.code.with_model(self.model, sizes))

    def _start(self, image: Image) -> "_Start":
        engine = BuiltinEngine(self.board, image, {"tier": "T0"})
        requests: list[Request] = []

        def note() -> None:
            requests.append(Request(engine.register("r0"), engine.register("r1")))

        def note_working() -> None:
            # The kernel asks for it when it has its weights.
            if requests and requests[-1].working == 0:
                requests[-1] = replace(requests[-1], working=engine.register("r0"))

        for name, handler in ((_REQUEST, note), (_WORKING, note_working)):
            if name in image.symbols:
                engine.watch(image.symbols[name], handler)
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

        arena, scratch = word("tinysim_arena_used_bytes"), word("tinysim_scratch_used_bytes")
        return _Start("", arena, scratch, tuple(requests))


@dataclass(frozen=True)
class _Start:
    """How the firmware started: a refusal, or the bytes that it has used."""

    refusal: str
    arena: int = 0
    scratch: int = 0
    requests: tuple[Request, ...] = ()


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
