"""The smallest memory in which a model runs, found by letting the board start with less."""

from dataclasses import dataclass, replace
from pathlib import Path

from ..image import Image, Segment, read_image
from ..models.lowering import Lowered
from ..placement import Units
from ..platform import Board
from .bare import STEP, Bare, Sizes, rounded
from .placing import placed, provisional, with_optional
from .start import RefusedError, start

_SEARCHED = 1 << 15
"""The planner's own needs over what it says to have used, in bytes, are less than this."""
_ROUNDS = 4
"""In which what has room is chosen anew."""


@dataclass(frozen=True)
class Search:
    """The search for a model's sizes. `trial` has as much memory as there is."""

    model: bytes
    code: Bare
    trial: Sizes
    lowered: Lowered
    board: Board

    def find(self) -> Sizes:
        """The sizes, laid out.

        Raises:
            RefusedError: the firmware refuses the model with as much memory as there is.

        """
        first = start(self._image(self.trial), self.board)
        if first.refusal:
            raise RefusedError(f"the firmware refuses the model: {first.refusal}")
        begin, end = self.code.room
        units = Units(
            begin=begin,
            end=end,
            arena=0,
            scratch=rounded(max(first.scratch, 1)),
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
        units = replace(units, arena=0)
        if units.free <= 0:
            return None
        layout = provisional(units, self.board)
        image = self._image(replace(self.trial, scratch=units.scratch, layout=layout))
        first = start(image, self.board)
        if first.refusal:
            return None
        return replace(units, arena=self._smallest(image, units.free, first.arena))

    def _smallest(self, image: Image, most_bytes: int, used_bytes: int) -> int:
        """Bytes of the smallest arena in which it starts; some `used_bytes` are needed for sure."""

        def starts(steps: int) -> bool:
            return not start(_with_arena(image, steps * STEP), self.board).refusal

        # Less than was used cannot do; the trial's own size does.
        used, most = used_bytes // STEP, most_bytes // STEP
        low, high = used - 1, used + 1
        if not starts(high):
            low, high = high, min(used + _SEARCHED // STEP, most)
            if not starts(high):
                low, high = high, most
        while high - low > 1:
            middle = (low + high) // 2
            if starts(middle):
                high = middle
            else:
                low = middle
        return high * STEP

    def _image(self, sizes: Sizes) -> Image:
        return read_image(Path("trial.elf"), self.code.with_model(self.model, sizes))


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
