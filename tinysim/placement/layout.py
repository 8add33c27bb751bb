"""Addresses of all that depends on the model, from the order in which it is laid out.

RAM is one piece, so that what is larger than the rest of a memory goes on in the next: an order is
enough, nothing is wasted, and what fits in any order fits in all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .memories import Memory

ARENA, INPUT, STATE = -1, -2, -3
"""What is among weights in an order."""
KINDS = {ARENA: "arena", INPUT: "input", STATE: "state"}
_STEP = 16
"""Bytes that all of it is aligned to."""
_RUNS = ("weights", "weights2", "weights3", "weights4", "weights5", "weights6")
_WORKING = ("scratch", "scratch2", "scratch3")
"""Sections of the image (`firmware/board/stm32l4r5.ld`)."""


@dataclass(frozen=True)
class Request:
    """Memory that a kernel asks for when the firmware starts. An inference reads all of it in each
    of `rounds`, where the kernel has another way without; 0 where it has none. It works in
    `working` bytes.
    """

    bytes: int
    rounds: int = 0
    working: int = 0

    @property
    def optional(self) -> bool:
        """Whether the kernel has another way without: weights in flash, for example."""
        return self.rounds > 0


@dataclass(frozen=True)
class Place:
    """What the firmware is told: where a request lies, 0 for nowhere, and which working memory the
    kernel is to use.
    """

    address: int
    bytes: int
    working: int


@dataclass(frozen=True)
class Span:
    """A section of the image."""

    name: str
    address: int
    bytes: int


@dataclass(frozen=True)
class Layout:
    """Where everything lies that depends on the model."""

    spans: tuple[Span, ...]
    places: tuple[Place, ...]

    def address(self, section: str) -> int:
        """Where a section begins."""
        return next(span.address for span in self.spans if span.name == section)

    @property
    def working(self) -> tuple[Span, ...]:
        """The working memories."""
        return tuple(span for span in self.spans if span.name in _WORKING)


@dataclass(frozen=True)
class Units:
    """What is to be laid out, in bytes, from the address `begin` to `end`. Of the `requests`
    `placed` are the numbers of those that are to be in RAM.
    """

    begin: int
    end: int
    arena: int
    scratch: int
    input: int
    state: int
    requests: tuple[Request, ...] = ()
    placed: tuple[int, ...] = ()
    most_beside: int = 1 << 32
    """Of a further working memory."""

    def bytes_of(self, unit: int) -> int:
        """What a unit takes: a request by its number, or what has none."""
        others = {ARENA: self.arena, INPUT: self.input, STATE: self.state}
        return rounded(others[unit] if unit in others else self.requests[unit].bytes)

    @cached_property
    def working(self) -> frozenset[int]:
        """The requests whose kernels may use a further working memory."""
        return frozenset(
            number
            for number in self.placed
            if 0 < self.requests[number].working <= self.most_beside
        )

    @cached_property
    def beside(self) -> int:
        """Of a further working memory: what the kernels that may use it need."""
        return max((self.requests[number].working for number in self.working), default=0)

    @property
    def order(self) -> tuple[int, ...]:
        """All of them."""
        return (ARENA, *self.placed, INPUT, STATE)

    @property
    def free(self) -> int:
        """Bytes that are left, with one working memory."""
        taken = rounded(self.scratch) + sum(map(self.bytes_of, self.order))
        return self.end - rounded(self.begin) - taken


def rounded(size: int) -> int:
    """The next multiple of what parts are aligned to."""
    return -(-size // _STEP) * _STEP


def lay_out(
    units: Units,
    order: Sequence[int],
    memories: Sequence["Memory"],
    copies: Sequence[int] = (0,),
    working: Sequence[int] = (),
) -> Layout | None:
    """The layout of an order, with a working memory at the beginning of each memory in `copies`
    that is reached; further ones have room for kernels with a place of their own. `working` says
    for each request which one its kernel is to use. None where it does not fit.
    """
    now = rounded(units.begin)
    spans: list[tuple[str, int, int, int]] = []
    wanted = sorted(copies)
    made: list[int] = []

    def put(kind: str, size: int, unit: int = ARENA) -> None:
        nonlocal now
        spans.append((kind, now, size, unit))
        now += rounded(size)

    def put_working(*, last: bool = False) -> None:
        while wanted and (now >= memories[wanted[0]].address or (last and not made)):
            wanted.pop(0)
            size = units.beside if made else units.scratch
            made.append(now)
            put("scratch", size)

    for unit in order:
        put_working()
        put(KINDS.get(unit, "weights"), units.bytes_of(unit), unit)
    put_working(last=True)
    if now > units.end:
        return None
    at = {unit: address for kind, address, _, unit in spans if kind == "weights"}
    places = []
    for number, request in enumerate(units.requests):
        own = made[working[number] if working else 0]
        places.append(Place(at.get(number, 0), request.bytes, own))
    return Layout(_sections(spans), tuple(places))


def _sections(spans: Sequence[tuple[str, int, int, int]]) -> tuple[Span, ...]:
    names = {"weights": iter(_RUNS), "scratch": iter(_WORKING)}
    sections = []
    for kind, run in groupby(spans, key=lambda span: span[0]):
        parts = list(run)
        begin, (_, last, size, _) = parts[0][1], parts[-1]
        if kind == "scratch":
            sections += [Span(next(names[kind]), at, bytes_) for _, at, bytes_, _ in parts]
        else:
            name = next(names[kind]) if kind in names else kind
            sections.append(Span(name, begin, last + size - begin))
    return tuple(sections)
