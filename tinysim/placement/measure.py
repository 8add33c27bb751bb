"""What an inference reads, as the emulated board does it."""

from dataclasses import dataclass, field

from ..engines.builtin import BuiltinEngine
from ..errors import EngineError
from ..execution.calls import operation_calls
from ..image import Image
from ..models.plan import Plan
from ..platform import Board
from ..timeouts import TIMEOUTS
from .layout import ARENA, Layout
from .waits import NOWHERE, REST, WORKING, Flow, Part, Traffic

_INFERENCE = "_ZN9inference6invokeEv"
_THUMB = 0x0100_0000
"""xPSR with nothing but T (DDI0403 B1.4.2)."""
_LONGEST_S = 10.0
"""Of the board's time, for one inference; the host needs ten times that while reads are counted."""


@dataclass(frozen=True)
class Measured:
    """The reads of one inference, and what it took."""

    traffic: Traffic
    cycles: int


def measure(image: Image, board: Board, layout: Layout, plan: Plan) -> Measured | None:
    """Run one inference, its inputs whatever is there; None where the image has none.

    Raises:
        EngineError: it does not come to an end.

    """
    if _INFERENCE not in image.symbols or not operation_calls(image):
        return None
    engine = BuiltinEngine(board, image, {"tier": "T3"})
    try:
        return _Inference(engine, image, layout, plan).run()
    finally:
        engine.close()


@dataclass
class _Inference:
    engine: BuiltinEngine
    image: Image
    layout: Layout
    plan: Plan
    parts: list[Part] = field(default_factory=list)
    numbers: dict[Part, int] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    operation: int = 0
    watched: list[int] = field(default_factory=list)
    is_done: bool = False

    def run(self) -> Measured:
        for part in (Part(NOWHERE, 0, 0, "all else"), Part(NOWHERE, 0, 0, "working memory")):
            self.parts.append(part)
        engine, machine = self.engine, self.engine.machine
        engine.boot()
        while "m-init-done" not in engine.read_line(TIMEOUTS.packing).text:
            pass
        # As if the firmware called it just now, as it is about to say that it is ready.
        home = engine.register("pc")
        machine.set_register("xpsr", _THUMB)
        machine.set_register("lr", home | 1)
        machine.set_register("pc", self.image.symbols[_INFERENCE] & ~1)
        engine.watch(home, self._end)
        for site in operation_calls(self.image):
            engine.watch(site, self._enter)
            engine.watch(site + 2, self._leave)
        begun, limit = machine.cycles, engine.time_s() + _LONGEST_S
        while not self.is_done:
            engine.run_for(1.0)
            if engine.time_s() > limit:
                raise EngineError(f"an inference takes more than {_LONGEST_S:g} s")
        traffic = Traffic(tuple(self.parts), tuple(self.flows), self._owners())
        return Measured(traffic, machine.cycles - begun)

    def _end(self) -> None:
        self.is_done = True

    def _enter(self) -> None:
        """Count what this operation reads: live tensors, weights, the interpreter's own."""
        arena = self.layout.address("arena")
        live = [
            (arena + part.offset, Part(ARENA, part.offset, part.bytes, part.name))
            for part in self.plan.allocations
            if part.first <= self.operation <= part.last and part.bytes
        ]
        end = next(span.bytes for span in self.layout.spans if span.name == "arena")
        own = Part(ARENA, self.plan.bytes, end - self.plan.bytes, "interpreter")
        live.append((arena + own.offset, own))
        for number, place in enumerate(self.layout.places):
            if place.address:
                live.append((place.address, Part(number, 0, place.bytes)))
        working = self.layout.working[0]
        ranges = [(working.address, working.bytes)] if working.bytes else []
        self.watched = [WORKING] * len(ranges)
        for address, part in live:
            if part.bytes > 0:
                ranges.append((address, part.bytes))
                self.watched.append(self._number(part))
        self.engine.machine.count_traffic(ranges)

    def _number(self, part: Part) -> int:
        if part not in self.numbers:
            self.numbers[part] = len(self.parts)
            self.parts.append(part)
        return self.numbers[part]

    def _leave(self) -> None:
        names = [REST, *self.watched]
        for before, part, follows, count in self.engine.machine.traffic():
            self.flows.append(Flow(self.operation, names[before], names[part], follows, count))
        self.engine.machine.count_traffic([])
        self.operation += 1

    def _owners(self) -> dict[int, tuple[int, ...]]:
        """The requests that each operation reads."""
        found: dict[int, set[int]] = {}
        for flow in self.flows:
            unit = self.parts[flow.part].unit
            if unit >= 0:
                found.setdefault(flow.operation, set()).add(unit)
        return {operation: tuple(sorted(units)) for operation, units in found.items()}
