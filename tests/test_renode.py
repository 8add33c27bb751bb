"""The Renode engine against a stand-in, and the files that Renode reads."""

import signal
import subprocess
import sys
import time
import types
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tinysim.benchmarks import BENCHMARKS
from tinysim.datasets import find_dataset
from tinysim.engines.renode import RenodeEngine, find_renode, find_scripts
from tinysim.errors import EngineError, PlatformError
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.platform.repl import Entry, parse
from tinysim.platform.strict import check
from tinysim.protocol import Dut
from tinysim.runs import Setup, run_performance

from .acceptance.test_cli import tinysim


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program `renode` that is the stand-in."""
    program = tmp_path / "renode"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tests.fake_renode "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("RENODE", str(program))
    monkeypatch.chdir(ROOT)
    return program


def _running(program: Path) -> list[int]:
    """Processes that were started with the program's folder in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (folder / "cmdline").read_bytes()
            if (
                b"fake_renode" in command
                and str(program).encode() in (folder / "environ").read_bytes()
            ):
                found.append(int(folder.name))
    return found


def _setup(image: Path, **changes: object) -> Setup:
    benchmark = BENCHMARKS["kws"]
    setup = Setup(
        benchmark=benchmark,
        board=load_board(),
        image=load_image(image),
        dataset=find_dataset(benchmark, 2),
        engine="renode",
        options={"tier": "T0"},
    )
    return replace(setup, **changes)  # type: ignore[arg-type]


def test_a_run_on_renode_gives_the_same_outputs_and_instructions(
    firmware: Path, fake: Path
) -> None:
    there = run_performance(_setup(firmware / "kws_dsp.elf"))
    here = run_performance(_setup(firmware / "kws_dsp.elf", engine="builtin"))
    assert there.outputs == here.outputs
    assert there.instructions == pytest.approx(here.instructions, rel=1e-5)
    assert there.engine == "renode"


def test_what_the_board_says_comes_whole(firmware: Path, fake: Path) -> None:
    setup = _setup(firmware / "kws_dsp.elf")
    engine = RenodeEngine(setup.board, setup.image, {})
    engine.boot()
    dut = Dut(engine)
    dut.wait_ready()
    told = [line.text for line in dut.command("help")]
    engine.close()
    assert told[1] == ""
    assert any("byte(s) until" in line for line in told)


def test_renode_is_gone_when_the_engine_is_closed(firmware: Path, fake: Path) -> None:
    setup = _setup(firmware / "kws_dsp.elf")
    engine = RenodeEngine(setup.board, setup.image, {})
    engine.boot()
    assert _running(fake)
    engine.close()
    assert not _running(fake)
    engine.boot()
    assert _running(fake)
    del engine
    assert not _running(fake)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_renode_is_gone_however_we_end(
    firmware: Path, fake: Path, tmp_path: Path, number: int
) -> None:
    script = (
        "import sys, time; from pathlib import Path;"
        "from tinysim.engines.renode import RenodeEngine;"
        "from tinysim.image import load_image; from tinysim.platform import load_board;"
        f"engine = RenodeEngine(load_board(), load_image(Path({str(firmware / 'kws_dsp.elf')!r})), "
        "{}); engine.boot(); print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == b"up\n"
        assert _running(fake)
        owner.send_signal(number)
        owner.wait()
    until = time.monotonic() + 20
    while _running(fake) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _running(fake)


def test_a_renode_that_does_not_start_says_why(
    firmware: Path, fake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.write_text("#!/bin/sh\necho Cannot find Mono >&2\nexit 1\n")
    with pytest.raises(EngineError, match="ended as it started: Cannot find Mono"):
        run_performance(_setup(firmware / "kws_dsp.elf"))


def test_a_failing_script_is_an_error_with_renodes_own_words(
    firmware: Path, tmp_path: Path, fake: Path
) -> None:
    image = tmp_path / "dud.elf"
    image.write_bytes((firmware / "kws_dsp.elf").read_bytes())
    with pytest.raises(EngineError, match="error executing command 'sysbus LoadBinary'"):
        run_performance(_setup(image))


def test_a_renode_that_crashes_is_one_clear_error(firmware: Path, fake: Path) -> None:
    setup = _setup(firmware / "kws_dsp.elf")
    engine = RenodeEngine(setup.board, setup.image, {})
    engine.boot()
    engine.write(b"crash%")
    with pytest.raises(EngineError, match="Renode ended"):
        engine.read_line(1)
    engine.close()


def test_a_missing_renode_is_one_line(firmware: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RENODE", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(EngineError, match=r"renode\.io"):
        find_renode()


def test_renode_counts_no_wait_states(firmware: Path, fake: Path) -> None:
    with pytest.raises(PlatformError, match="it takes T0, T1, T2"):
        run_performance(_setup(firmware / "kws_dsp.elf", options={"tier": "T3"}))


def test_latency_is_that_of_the_cycles_counted(firmware: Path, fake: Path) -> None:
    # The stand-in's own clock runs at an instruction a cycle.
    for tier, cpi in (("T0", 1.0), ("T1", 1.4), ("T2", 1.5)):
        result = run_performance(_setup(firmware / "kws_dsp.elf", options={"tier": tier}))
        assert result.cpi == pytest.approx(cpi, rel=1e-3)
        assert result.latency_us == pytest.approx(result.instructions * cpi / 120, rel=1e-3)


def test_engines_are_compared(firmware: Path, fake: Path) -> None:
    run = tinysim("compare-engines", "kws", "--image", str(firmware / "kws_dsp.elf"))
    assert run.returncode == 0, run.stderr
    assert "files equal" in run.stdout


def test_the_robot_suites_run_on_renode(fake: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [
            *(sys.executable, "-m", "robot", "--variable", "ENGINE:renode"),
            *("--outputdir", str(tmp_path), "--test", "The Firmware Tells What It Is"),
            *("--test", "An Input Is Classified", "--test", "Every Wrong*", "--test", "A Reset*"),
            str(ROOT / "robot" / "kws.robot"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert "4 tests, 4 passed" in run.stdout


def test_our_platform_is_what_renode_expects() -> None:
    check(parse(ROOT / "platforms" / "nucleo_l4r5zi.repl"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: UART.STM32F7_USART @ sysbus 0x0\n", "needs frequency"),
        ("a: Miscellaneous.DWT @ sysbus 0x0\n    frequency: 1\n    speed: 2\n", "has no speed"),
        ("a: GPIOPort.STM32_GPIOPort @ sysbus 0x0\n", "wants"),
        ("a: UART.Bogus @ sysbus 0x0\n", "has not been tried"),
        ("a: Miscellaneous.STM32F4_RNG @ sysbus 0x0\n    -> nvic@3\n", "no 'nvic'"),
        (
            "a: Memory.MappedMemory @ sysbus 0x0\n    size: 0x20\n"
            "b: Memory.MappedMemory @ sysbus 0x10\n    size: 0x20\n",
            "overlap",
        ),
    ],
)
def test_what_renode_would_refuse_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.repl"
    path.write_text(text)
    with pytest.raises(PlatformError, match=message):
        check(parse(path))


class _Peripheral:
    """Renode's surroundings of a Python peripheral: the whole file runs at every access."""

    def __init__(self, name: str) -> None:
        self.names: dict[str, object] = {}
        self.timers: dict[str, types.SimpleNamespace] = {}
        path = ROOT / "platforms" / "peripherals" / f"{name}.py"
        self.code = compile(path.read_text(), str(path), "exec")
        self._access(IsInit=True)

    def _access(self, **what: object) -> int:
        request = types.SimpleNamespace(
            IsInit=False, IsUser=False, IsRead=False, IsWrite=False, Value=0, Offset=0
        )
        request.Length = 4
        vars(request).update(what)
        machine = {f"sysbus.tim{n}": types.SimpleNamespace(Frequency=0) for n in range(2, 8)}
        self.timers.update({k: v for k, v in machine.items() if k not in self.timers})
        itself = types.SimpleNamespace(GetMachine=lambda: self.timers)
        self.names |= {"request": request, "self": itself}
        exec(self.code, self.names)
        for name, value in self.names.items():
            # Renode cannot save functions and modules among the names that live on.
            assert name.startswith("__") or not isinstance(
                value, (types.FunctionType, types.ModuleType)
            )
        return int(request.Value)

    def read(self, offset: int) -> int:
        return self._access(IsRead=True, Offset=offset)

    def write(self, offset: int, value: int) -> None:
        self._access(IsWrite=True, Offset=offset, Value=value)


def test_clocks_are_ready_when_they_are_on() -> None:
    rcc = _Peripheral("stm32l4_rcc")
    rcc.write(0x00, 0x01000100)
    assert rcc.read(0x00) & (1 << 25 | 1 << 10) == 1 << 25 | 1 << 10
    rcc.write(0x08, 0x3 | 4 << 8)  # PLL, APB1 at half of HCLK
    assert rcc.read(0x08) & 0xC == 0xC
    assert rcc.timers["sysbus.tim5"].Frequency == 120_000_000
    rcc.write(0x08, 0x3 | 5 << 8)
    assert rcc.timers["sysbus.tim5"].Frequency == 60_000_000


def test_the_flash_interface_keeps_what_it_is_told() -> None:
    flash = _Peripheral("stm32l4_flash")
    flash.write(0x00, 0x705)
    assert flash.read(0x00) & 0xF == 5
    assert flash.read(0x20) >> 22 & 1 == 1  # DBANK, as it leaves the factory


def test_the_regulators_flag_clears_at_once() -> None:
    pwr = _Peripheral("stm32l4_pwr")
    assert pwr.read(0x00) == 0x200
    assert pwr.read(0x14) & 1 << 10 == 0


def test_the_scripts_name_files_that_are_there() -> None:
    scripts = find_scripts()
    text = (scripts / "nucleo_l4r5zi.resc").read_text()
    assert "$ORIGIN/../../platforms/nucleo_l4r5zi.repl" in text
    assert (scripts / "../../platforms/nucleo_l4r5zi.repl").is_file()
    smoke = (ROOT / "robot" / "renode" / "smoke.robot").read_text()
    assert "${CURDIR}/../../sim/renode/nucleo_l4r5zi.resc" in smoke
    entry: Entry = parse(ROOT / "platforms" / "stm32l4r5.repl").entries["rcc"]
    assert (ROOT / "platforms" / str(entry.properties["filename"])).is_file()
