"""A board that has started, and runs inferences."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ..answer import parse_outputs, parse_vector
from ..benchmarks import Benchmark
from ..engines import Engine, Line, open_engine
from ..engines.base import Counters, Inspectable
from ..errors import ProtocolError, SilenceError, TinySimError
from ..protocol import Dut, LossyDut, Window
from ..results import Profile
from ..results.traits import Traits
from ..timeouts import TIMEOUTS
from .setup import Setup

_SLOWEST = 150
"""How many times as slow as the engine's clock the board's own may be: an image that was built for
120 MHz and is run at the lowest `clock`, 1 MHz, tells 1 us for each 120 that pass."""


@dataclass(frozen=True)
class Booted:
    """A board that has said `m-ready` and is the one for the benchmark."""

    engine: Engine
    dut: Dut
    benchmark: Benchmark
    ready: Counters
    """What had been counted when it was ready."""

    def traits(self, profile: Profile | None) -> Traits | None:
        """What its estimate rests on: over one inference where that was looked into, else over
        all since it was ready. None where the engine does not count it.
        """
        engine = self.engine
        if not isinstance(engine, Inspectable):
            return None
        if profile is not None:
            return Traits.of(profile.counters, profile.cycles, engine.flash_wait_states())
        now = engine.counters()
        since = {
            name: max(0, count - self.ready.detail.get(name, 0))
            for name, count in now.detail.items()
        }
        return Traits.of(since, now.cycles - self.ready.cycles, engine.flash_wait_states())

    def infer(self, inferences: int, warmups: int) -> Window:
        """A window as the board times it, or the cycles in it where its clock does not know.

        Raises:
            ProtocolError: nothing was measured, or the answer is not one of the benchmark's.

        """
        window = self.dut.infer(inferences, warmups)
        if not self.engine.keeps_time or window.cycles:
            counted_us = round(window.cycles * 1e6 / self.engine.clock_hz())
            if not self.engine.keeps_time:
                window = replace(window, elapsed_us=counted_us)
            elif window.elapsed_us * _SLOWEST < counted_us:
                raise ProtocolError(
                    f"timestamps {window.elapsed_us} us apart, in {counted_us} us: this clock "
                    "is none"
                )
        return self.checked(window)

    def checked(self, window: Window) -> Window:
        """The window, if its answer has as many numbers as the benchmark's have, or is the bytes
        of a model's outputs.

        Raises:
            ProtocolError: it is not.

        """
        try:
            if not self.benchmark.outputs:
                parse_outputs(window.results)
                return window
            found = len(parse_vector(window.results))
        except ValueError as error:
            raise ProtocolError(f"m-results-[{window.results[:60]}]: {error}") from None
        if found != self.benchmark.outputs:
            raise ProtocolError(
                f"m-results-[{window.results[:60]}]: {found} numbers, an answer of "
                f"{self.benchmark.model_id} has {self.benchmark.outputs}"
            )
        return window


@contextmanager
def boot(setup: Setup, *, energy: bool = False, any_mode: bool = False) -> Iterator[Booted]:
    """Start the board, check that its firmware is for the benchmark, and end it afterwards.

    `energy` asks for an image for energy mode, whose timestamps are edges of a pin; `any_mode` for
    either, as it is timed otherwise.

    Raises:
        SilenceError: it says nothing.
        ProtocolError: it is for another benchmark or mode.

    """
    engine = open_engine(setup.engine, setup.board, setup.image, setup.options)
    try:
        dut = LossyDut(engine) if engine.lossy else Dut(engine)
        engine.boot()
        try:
            said = dut.wait_ready(TIMEOUTS.boot)
        except SilenceError as error:
            raise SilenceError(f"{setup.image.path}: never said m-ready: {error}") from None
        if not any_mode:
            _check_mode(setup, said, energy=energy)
        model_id = dut.model()
        if model_id != setup.benchmark.model_id:
            raise ProtocolError(
                f"{setup.image.path}: is for {model_id}, not for {setup.benchmark.model_id}"
            )
        yield Booted(engine, dut, setup.benchmark, engine.counters())
    except TinySimError as error:
        error.details = (*error.details, *engine.warnings())
        raise
    finally:
        engine.close()


def _check_mode(setup: Setup, said: Sequence[Line], *, energy: bool) -> None:
    """What the firmware says of its mode as it boots; a board that was running says nothing."""
    wanted, other = ("energy", "performance") if energy else ("performance", "energy")
    if any(line.text.strip() == f"m-timestamp-mode-{other}" for line in said):
        raise ProtocolError(
            f"{setup.image.path}: an image for {other} mode, which cannot be timed as one for "
            f"{wanted} mode" + ("" if energy else ": run it with --mode energy")
        )
