"""Where an inference spends its time: by function, and by operation of the model."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ..engines.base import Counters, Inspectable
from ..errors import AssetError
from ..execution.calls import operation_calls
from ..image import Image, demangle
from ..models.graph import Operation, list_operations, read_operations
from ..results import Cost, Profile
from .booted import Booted
from .setup import Setup

INFERENCE = "th_infer"
"""The submitter's function that is one inference (the benchmark's API)."""


def profile_inference(
    setup: Setup,
    booted: Booted,
    function: str = INFERENCE,
    ask: Callable[[], object] | None = None,
) -> Profile | None:
    """Run one inference more, or `ask`, and count what one call of `function` does.

    None where the engine cannot look in, or the image has no such symbol.
    """
    if not isinstance(booted.engine, Inspectable):
        return None
    asked = ask or (lambda: booted.dut.perform(1, 0))
    profile = profile_call(booted.engine, setup.image, function, asked)
    operations: list[Operation] = []
    if setup.network is not None:
        operations = list_operations(setup.network.main)
    elif setup.model is not None:
        with suppress(AssetError):
            operations = read_operations(setup.model.path)
    return profile and name_layers(profile, operations)


def profile_call(
    engine: Inspectable, image: Image, function: str, ask: Callable[[], object]
) -> Profile | None:
    """Count what the first call of `function` does while the board answers `ask`.

    None where the image has no such symbol, or it was not called.
    """
    address = image.symbols.get(function)
    if address is None:
        return None
    call = _Call(engine, image)
    engine.watch(address, call.begin)
    try:
        ask()
    finally:
        engine.unwatch(address, call.begin)
    return call.profile and call.profile.model_copy(update={"clock_hz": engine.clock_hz()})


def name_layers(profile: Profile, operations: Sequence[Operation]) -> Profile:
    """With the model's names and MACs, where its operations are as many as were called."""
    if len(operations) != len(profile.layers):
        return profile
    layers = tuple(
        layer.model_copy(update={"name": operation.name, "macs": operation.macs})
        for layer, operation in zip(profile.layers, operations, strict=True)
    )
    return profile.model_copy(update={"layers": layers})


@dataclass
class _Call:
    """The first call of a function that is watched, from its entry to its return."""

    engine: Inspectable
    image: Image
    profile: Profile | None = None
    _since: Counters | None = None
    _layers: list[Cost] = field(default_factory=list)
    _sites: list[int] = field(default_factory=list)

    def begin(self) -> None:
        if self._since is not None:
            return
        self.engine.watch(self.engine.register("lr"), self._end)
        for site in operation_calls(self.image):
            self._watch_operation(site)
        self.engine.count_functions()
        self._since = self.engine.counters()

    def _watch_operation(self, site: int) -> None:
        entered: list[tuple[Counters, str, dict[str, tuple[int, int]]]] = []

        def enter() -> None:
            half = int.from_bytes(self.engine.read_memory(site, 2), "little")
            number = half >> 3 & 15
            target = self.engine.register("lr" if number == 14 else f"r{number}")
            symbol = self.image.function_at(target & ~1)
            name = demangle(symbol.name) if symbol else f"0x{target & ~1:08x}"
            entered.append((self.engine.counters(), name, self.engine.functions()))

        def leave() -> None:
            if not entered:
                return
            assert self._since is not None
            first, name, before = entered.pop()
            now = self.engine.counters()
            self._layers.append(
                Cost(
                    name=name,
                    instructions=now.instructions - first.instructions,
                    cycles=now.cycles - first.cycles,
                    start=first.cycles - self._since.cycles,
                    stalls=_stalls(now, first),
                    parts=_costs(self.engine.functions(), before),
                )
            )

        self.engine.watch(site, enter)
        self.engine.watch(site + 2, leave)
        self._sites += [site, site + 2]

    def _end(self) -> None:
        assert self._since is not None
        now = self.engine.counters()
        functions = self.engine.functions()
        for address in [*self._sites, self.engine.register("pc")]:
            self.engine.unwatch(address)
        before = self._since.detail
        self.profile = Profile(
            instructions=now.instructions - self._since.instructions,
            cycles=now.cycles - self._since.cycles,
            layers=tuple(self._layers),
            functions=_costs(functions, {}),
            counters={name: value - before.get(name, 0) for name, value in now.detail.items()},
        )


def _stalls(now: Counters, before: Counters) -> dict[str, int]:
    """Cycles between the two that were waited, by cause; those without any are left out."""
    return {
        name: count - before.detail.get(name, 0)
        for name, count in now.detail.items()
        if name.startswith("stall.") and count > before.detail.get(name, 0)
    }


def _costs(
    functions: dict[str, tuple[int, int]], before: dict[str, tuple[int, int]]
) -> tuple[Cost, ...]:
    """The functions that have run since `before`, the most cycles first."""
    costs = []
    for name, (instructions, cycles) in functions.items():
        first, since = before.get(name, (0, 0))
        if instructions > first:
            costs.append(
                Cost(name=demangle(name), instructions=instructions - first, cycles=cycles - since)
            )
    return tuple(sorted(costs, key=lambda cost: (-cost.cycles, cost.name)))
