"""Keywords for Robot Framework: a board, and what its user does with it."""

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from robot.api import logger
from robot.api.deco import keyword, library

from . import firmware
from .benchmarks import BENCHMARKS, Benchmark
from .datasets import Dataset, find_dataset, read_given
from .engines import open_engine
from .engines.base import Engine, Line, Streaming
from .engines.kinds import kind_of
from .errors import ProtocolError, SilenceError, TinySimError
from .image import Image, load_image, unknown_image
from .links.rate import heard
from .platform import load_board
from .protocol import Dut, LossyDut, Window
from .results import Result
from .results.baseline import compare, load_baseline
from .runs import Setup, files_for, run_benchmark
from .timeouts import TIMEOUTS


@library(scope="SUITE", version="1", auto_keywords=False)
class TinySimLibrary:
    """A board of the suite's engine, one at a time. Time-outs are in the board's own time.

    | Library | tinysim.robot.TinySimLibrary | engine=builtin | tier=T3 |
    """

    def __init__(self, engine: str = "builtin", tier: str = "", port: str = "") -> None:
        """What runs the board: `engine` is builtin, renode, or serial for a real board at `port`.
        `tier` says how an emulated board counts time: T0 to T3, by default T3 or what the engine
        has.
        """
        self._engine_name = engine
        self._kind = kind_of(engine)
        if self._kind.is_silicon and tier:
            raise TinySimError(f"engine {engine}: a real board keeps its own time, without a tier")
        if port and not self._kind.is_silicon:
            raise TinySimError(f"engine {engine} has no port; serial is the engine that has")
        self._tier = tier or self._kind.tier("T3")
        self._port = port
        self._engine: Engine | None = None
        self._dut: Dut | None = None

    def _options(self, tier: str = "") -> dict[str, int | str | bool]:
        if self._kind.is_silicon:
            return {"port": self._port} if self._port else {}
        return {"tier": tier or self._tier}

    def _built(
        self, benchmark: Benchmark, image: str, mode: str
    ) -> tuple[Image, firmware.Build | None]:
        if image:
            return load_image(Path(image)), None
        if self._kind.is_silicon:
            return unknown_image(), None
        build = firmware.build([benchmark], energy=mode == "energy")[0]
        return load_image(build.image), build

    @keyword
    def boot_board(
        self, benchmark: str, image: str = "", mode: str = "performance", baud: int = 0
    ) -> list[str]:
        """Start a board with a benchmark's firmware, or an image; the lines that it says.

        `mode` chooses among tinysim's own images: performance, accuracy or energy. `baud` is the
        rate at which the host listens, the board's own without one.
        """
        self.close_board()
        chosen = _benchmark(benchmark)
        chosen.require_mode(mode)
        if baud < 0:
            raise TinySimError(f"no link has {baud} Bd")
        loaded, _ = self._built(chosen, image, mode)
        engine = open_engine(self._engine_name, load_board(), loaded, self._options())
        self._engine = engine
        link = _AtRate(engine, baud) if baud else engine
        self._dut = LossyDut(engine) if engine.lossy else Dut(link)
        engine.boot()
        return self._told(self._dut.wait_ready(TIMEOUTS.boot))

    @keyword
    def close_board(self) -> None:
        """End the board, if there is one."""
        if self._engine is not None:
            self._engine.close()
        self._engine = self._dut = None

    def _board(self) -> tuple[Engine, Dut]:
        if self._engine is None or self._dut is None:
            raise TinySimError("no board is booted: use `Boot Board`")
        return self._engine, self._dut

    def _told(self, lines: list[Line]) -> list[str]:
        for line in lines:
            logger.info(f"{line.time_ns / 1e9:12.6f} s  {line.text}")
        return [line.text for line in lines]

    @keyword
    def send_command(self, command: str) -> list[str]:
        """Send a command, without its `%`; the lines that come before `m-ready`."""
        return self._told(self._board()[1].command(command))

    @keyword
    def command_should_answer(self, command: str, *lines: str) -> None:
        """The answer must be these lines, and `m-ready`."""
        answer = self.send_command(command)
        if answer != list(lines):
            raise AssertionError(f"'{command}' was answered by {answer}, not by {list(lines)}")

    @keyword
    def command_should_fail(self, command: str, error: str) -> None:
        """The answer must be the error `e-[...]`, and `m-ready`."""
        try:
            answer = self.send_command(command)
        except ProtocolError as failure:
            if f"'e-[{error}]'" not in str(failure):
                raise AssertionError(f"{failure}, not by 'e-[{error}]'") from None
        else:
            raise AssertionError(f"'{command}' was answered by {answer}, not by 'e-[{error}]'")

    @keyword
    def load_input(self, benchmark: str, number: int = 0) -> str:
        """Fill the board's buffer with an input of the data set, counted from 0; its file's name.

        Of a file that is cut into several inputs it is the first.
        """
        chosen = _benchmark(benchmark)
        samples = find_dataset(chosen).samples
        if number not in range(len(samples)):
            raise TinySimError(
                f"{chosen.data_id}: no input {number}; there are {len(samples)}, from 0 on"
            )
        sample = samples[number]
        self._board()[1].load(sample.inputs[0])
        return sample.file

    @keyword
    def infer(self, inferences: int = 1, warmups: int = 0) -> dict[str, object]:
        """Run inferences: `elapsed_us`, `results`, `instructions` and `cycles` of the window."""
        window: Window = self._board()[1].infer(inferences, warmups)
        logger.info(str(window))
        return asdict(window)

    @keyword
    def infer_without_timestamps(self, inferences: int = 1, warmups: int = 0) -> str:
        """Run inferences on an image that prints no timestamps, as in energy mode; the results."""
        return self._board()[1].perform(inferences, warmups).results

    @keyword
    def falling_edges(self) -> list[int]:
        """Take the times of the timestamp pin's falling edges, in nanoseconds since reset.

        Its other edges since the last time are forgotten.
        """
        return [edge.time_ns for edge in self._board()[0].edges() if not edge.rising]

    @keyword
    def timestamp(self) -> int:
        """The board's clock in microseconds, modulo 2^32."""
        return self._board()[1].timestamp_us()

    @keyword
    def let_time_pass(self, seconds: timedelta) -> None:
        """Let the board be, for so much of its time (`0.5`, `20 ms`, `1 minute`); it must say
        nothing.
        """
        if seconds < timedelta():
            raise TinySimError(f"{seconds.total_seconds():g} s cannot pass")
        try:
            line = self._board()[0].read_line(seconds.total_seconds())
        except SilenceError:
            return
        raise AssertionError(f"the board said '{line.text}' unasked")

    @keyword
    def reset_within_command(self, part: str) -> list[str]:
        """Send a part of a command, then reset the board; what it says as it boots."""
        engine, dut = self._board()
        engine.write(part.encode())
        engine.boot()
        return self._told(dut.wait_ready(TIMEOUTS.boot))

    @keyword
    def run_benchmark(
        self,
        benchmark: str,
        mode: str = "performance",
        limit: int = 5,
        image: str = "",
        tier: str = "",
        wav: str = "",
        windows: str = "",
    ) -> Result:
        """A whole run, as ``tinysim run`` does it; its result, with attributes such as
        ``latency_us``, ``accuracy`` and ``outputs``. A target that is missed fails nothing here.

        `limit` is how many files of the data set are taken, the first ones. `tier`: else the
        library's. `wav` and `windows` are one's own sound, for a benchmark that listens.
        """
        self.close_board()
        chosen = _benchmark(benchmark)
        if wav and not chosen.dialogue.listens:
            raise TinySimError(f"{benchmark} does not listen: wav is not for it")
        if windows and not wav:
            raise TinySimError("windows are those of a wav")
        loaded, built = self._built(chosen, image, mode)
        dataset: Dataset = find_dataset(chosen, files_for(mode, limit))
        if wav:
            dataset = read_given(Path(wav), Path(windows) if windows else None)
        setup = Setup(
            benchmark=chosen,
            board=load_board(),
            image=loaded,
            dataset=dataset,
            engine=self._engine_name,
            options=self._options(tier),
            model=built.model if built else None,
            network=built.network if built else None,
            flashed=built.flashed if built else None,
        )
        result = run_benchmark(setup, mode)
        logger.info(json.dumps(result.model_dump(exclude={"profile"}), indent=2))
        return result

    @keyword
    def results_should_be_the_same(self, first: Result, second: Result) -> None:
        """Two runs must have the same fingerprint and agree in all but the host's time."""
        _check_results(first, second)
        if first.without_wall_clock() != second.without_wall_clock():
            raise AssertionError(f"{first.fingerprint} and {second.fingerprint} differ")

    @keyword
    def result_should_be_within_baseline(self, result: Result, baseline: str) -> None:
        """No metric may be worse than the baseline allows."""
        _check_results(result)
        failing = [c for c in compare(load_baseline(Path(baseline)), result) if c.fails]
        if failing:
            raise AssertionError(
                "; ".join(f"{c.metric} was {c.before} and is {c.now}" for c in failing)
            )


class _AtRate:
    """A link whose host listens and talks at a rate of its own."""

    def __init__(self, engine: Engine, rate: int) -> None:
        if not isinstance(engine, Streaming):
            raise TinySimError(f"engine {engine.name} has no rate that could be wrong")
        self._engine = engine
        self._rate = rate
        self._buffer = b""

    def write(self, data: bytes) -> None:
        self._engine.write(heard(data, self._rate, self._engine.baud()))

    def read_line(self, timeout_s: float) -> Line:
        slice_s, passed = 0.05, 0.0
        while b"\n" not in self._buffer:
            if passed >= timeout_s:
                raise SilenceError(
                    f"no line at {self._rate} Bd, only {len(self._buffer)} bytes of noise"
                )
            self._buffer += heard(self._engine.run_for(slice_s), self._engine.baud(), self._rate)
            passed += slice_s
        raw, _, self._buffer = self._buffer.partition(b"\n")
        return Line(raw.rstrip(b"\r").decode("latin-1"), 0)


def _check_results(*results: object) -> None:
    for result in results:
        if not isinstance(result, Result):
            raise TinySimError(f"'{result}' is no result of `Run Benchmark`")


def _benchmark(name: str) -> Benchmark:
    if name not in BENCHMARKS:
        raise TinySimError(f"no benchmark '{name}'; there are: {', '.join(BENCHMARKS)}")
    return BENCHMARKS[name]
