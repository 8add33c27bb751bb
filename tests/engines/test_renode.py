"""The Renode engine against a stand-in, and the files that Renode reads."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
import types
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.test_cli import tinysim
from tests.conftest import ROOT
from tinysim.benchmarks import BENCHMARKS
from tinysim.datasets import find_dataset
from tinysim.engines import renode as renode_engine
from tinysim.engines.renode import RenodeEngine
from tinysim.engines.renode_found import find_renode, require_version
from tinysim.errors import EngineError, PlatformError, ProtocolError
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.platform.repl import parse
from tinysim.platform.strict import check
from tinysim.protocol import Dut
from tinysim.runs import Setup, run_performance


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program `renode` that is the stand-in."""
    program = tmp_path / "renode"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tests.engines.fake_renode "$@"\n')
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
    monkeypatch.setenv("HOME", "/nowhere")
    with pytest.raises(EngineError, match=r"renode-run download.*renode\.io"):
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
    assert "equal" in run.stdout


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
    """Renode's surroundings of a Python peripheral: the whole script runs at every access."""

    def __init__(self, name: str) -> None:
        self.names: dict[str, object] = {}
        self.timers: dict[str, types.SimpleNamespace] = {}
        script = parse(ROOT / "platforms" / "stm32l4r5.repl").entries[name].properties["script"]
        self.code = compile(str(script), name, "exec")
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
    rcc = _Peripheral("rcc")
    rcc.write(0x00, 0x01000100)
    assert rcc.read(0x00) & (1 << 25 | 1 << 10) == 1 << 25 | 1 << 10
    rcc.write(0x08, 0x3 | 4 << 8)  # PLL, APB1 at half of HCLK
    assert rcc.read(0x08) & 0xC == 0xC
    assert rcc.timers["sysbus.tim5"].Frequency == 120_000_000
    rcc.write(0x08, 0x3 | 5 << 8)
    assert rcc.timers["sysbus.tim5"].Frequency == 60_000_000


def test_the_flash_interface_keeps_what_it_is_told() -> None:
    flash = _Peripheral("flashInterface")
    flash.write(0x00, 0x705)
    assert flash.read(0x00) & 0xF == 5
    assert flash.read(0x20) >> 22 & 1 == 1  # DBANK, as it leaves the factory


def test_the_regulators_flag_clears_at_once() -> None:
    pwr = _Peripheral("pwr")
    assert pwr.read(0x00) == 0x200
    assert pwr.read(0x14) & 1 << 10 == 0


def test_our_scripts_name_files_that_are_there() -> None:
    text = (ROOT / "platforms" / "nucleo_l4r5zi.resc").read_text()
    assert "$ORIGIN/nucleo_l4r5zi.repl" in text
    smoke = (ROOT / "robot" / "renode" / "smoke.robot").read_text()
    assert "${CURDIR}/../../platforms/nucleo_l4r5zi.resc" in smoke
    old = (ROOT / "sim" / "renode" / "nucleo_l4r5zi.resc").read_text()
    assert "include $ORIGIN/../../platforms/nucleo_l4r5zi.resc" in old


def test_the_platforms_folder_stands_by_itself() -> None:
    """No path depends on where Renode was started, and none leads out of the folder."""
    platforms = ROOT / "platforms"
    for path in platforms.glob("*.resc"):
        text = path.read_text()
        assert "SetCurrentDirectory" not in text
        named = re.findall(r"^(?![#:]).*?(\S+\.(?:repl|resc|py))\b", text, re.MULTILINE)
        for name in named:
            _, origin, file = name.partition("$ORIGIN/")
            assert origin, name
            assert (platforms / file).resolve().parent == platforms
            assert (platforms / file).is_file()
    for path in platforms.glob("*.repl"):
        for used in re.findall(r'^using "(.*)"', path.read_text(), re.MULTILINE):
            assert used.startswith("./")
            assert (platforms / used).resolve().parent == platforms
        assert "filename:" not in path.read_text()


def _monitor(folder: Path, *commands: str) -> str:
    """What a stranger's monitor says, started in his own folder."""
    (folder / "monitor.py").write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.engines.fake_renode import Fake\n"
        "fake = Fake()\n"
        "for command in sys.argv[1:]:\n"
        "    print(*fake.run(command), sep=chr(10))\n"
    )
    return subprocess.run(
        [sys.executable, "monitor.py", *commands],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_board_can_be_included_from_another_folder(firmware: Path, tmp_path: Path) -> None:
    there = tmp_path / "some where"
    shutil.copytree(ROOT / "platforms", there)
    escaped = str(there).replace(" ", "\\ ")
    told = _monitor(
        tmp_path,
        f"$image=@{firmware / 'kws_dsp.elf'}",
        f"include @{escaped}/nucleo_l4r5zi.resc",
        'dut "" 5',
        'dut "name%" 5',
    )
    assert "error" not in told
    assert "m-name-dut-[unspecified]" in told


def test_the_script_of_old_leads_there(firmware: Path, tmp_path: Path) -> None:
    told = _monitor(
        tmp_path,
        f"$image=@{firmware / 'kws_dsp.elf'}",
        f"include @{ROOT}/sim/renode/nucleo_l4r5zi.resc",
        'dut "" 5',
    )
    assert "m-ready" in told


def test_a_platform_that_names_a_file_is_refused_by_the_stand_in(
    firmware: Path, tmp_path: Path
) -> None:
    """Or the test above would not fail where Renode does."""
    platforms = tmp_path / "a"
    shutil.copytree(ROOT / "platforms", platforms)
    platform = platforms / "stm32l4r5.repl"
    text = re.sub("script: '''(.|\\n)*?'''", 'filename: "rcc.py"', platform.read_text(), count=1)
    platform.write_text(text)
    (platforms / "rcc.py").write_text("request.Value = 0\n")
    told = _monitor(
        tmp_path,
        f"$image=@{firmware / 'kws_dsp.elf'}",
        f"include @{tmp_path}/a/nucleo_l4r5zi.resc",
    )
    assert "Error E38" in told


def _commands_of_a_load(
    size: int, options: dict[str, str], image: Path, log: Path
) -> tuple[int, bytes]:
    log.unlink(missing_ok=True)
    engine = RenodeEngine(load_board(), load_image(image), options)
    engine.boot()
    dut = Dut(engine)
    dut.wait_ready()
    before = len(log.read_text().splitlines())
    data = bytes(number % 251 for number in range(size))
    dut.load(data)
    count = len(log.read_text().splitlines()) - before
    digits = "".join(line.text[9:] for line in dut.command("db print"))
    engine.close()
    return count, bytes.fromhex(digits.replace("-", ""))[:size]


def test_an_input_is_loaded_in_one_command(
    firmware: Path, fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    monkeypatch.setenv("FAKE_RENODE_LOG", str(log))
    image = firmware / "vww_dsp.elf"
    together = _commands_of_a_load(27_648, {}, image, log)
    assert together == (1, bytes(number % 251 for number in range(27_648)))
    singly = _commands_of_a_load(3100, {"loading": "singly"}, image, log)
    assert singly == (101, together[1][:3100])


def test_an_error_among_many_commands_is_that_of_its_own(firmware: Path, fake: Path) -> None:
    engine = RenodeEngine(load_board(), load_image(firmware / "kws_dsp.elf"), {})
    engine.boot()
    dut = Dut(engine)
    dut.wait_ready()
    engine.write(b"name%" + b"profile%" * 200 + b"bogus%" + b"name%")
    for _ in range(201):
        dut.wait_ready()
    with pytest.raises(ProtocolError, match="Unknown command: bogus"):
        dut.wait_ready()
    assert dut.wait_ready()[0].text == "m-name-dut-[unspecified]"
    engine.close()


@pytest.mark.parametrize(
    "told",
    [
        "Renode, version 1.15.0.1234 (abc-202403)",
        "Renode, version 1.16.1.0 (fake)",
        "Renode, version 2.0",
        "Renode v1.100.3",
    ],
)
def test_a_version_that_is_new_enough_is_taken(told: str) -> None:
    require_version(told)


@pytest.mark.parametrize("told", ["Renode, version 1.14.9 (x)", "Renode, version 1.2.0", "0.16.1"])
def test_a_version_is_compared_number_by_number(told: str) -> None:
    with pytest.raises(EngineError, match=r"too old: 1\.15 or newer"):
        require_version(told)


def test_a_renode_without_a_version_is_refused() -> None:
    with pytest.raises(EngineError, match="does not say its version"):
        require_version("Hello")


def test_an_old_renode_ends_in_one_line(
    firmware: Path, fake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_RENODE", "1.9.0")
    with pytest.raises(EngineError, match=r"Renode 1\.9\.0\.0 is too old"):
        run_performance(_setup(firmware / "kws_dsp.elf"))
    assert not _running(fake)


@pytest.mark.parametrize(
    ("character", "message"), [("silent", "silent after"), ("deaf", "did not come up within")]
)
def test_a_renode_that_says_nothing_is_told_apart(
    firmware: Path, fake: Path, monkeypatch: pytest.MonkeyPatch, character: str, message: str
) -> None:
    assert renode_engine._START_S <= 20
    monkeypatch.setattr(renode_engine, "_START_S", 3.0)
    monkeypatch.setenv("FAKE_RENODE", character)
    with pytest.raises(EngineError, match=message):
        run_performance(_setup(firmware / "kws_dsp.elf"))


def _install(home: Path, *versions: str, default: str | None = None) -> dict[str, Path]:
    """renode-run's layout: a folder a version, and its list of them."""
    settings = home / ".config" / "renode"
    settings.mkdir(parents=True)
    folders = {}
    for version in versions:
        folder = settings / "renode-run.download" / "dotnet-portable" / f"renode-{version}"
        folder.mkdir(parents=True)
        (folder / "renode").write_text("#!/bin/sh\n")
        (folder / "renode").chmod(0o755)
        folders[version] = folder
    content = {
        "version": "2.0",
        "installations": {
            str(folder): {"version": version, "variant": "dotnet-portable"}
            for version, folder in folders.items()
        },
        "default": {"dotnet-portable": str(folders[default])} if default else {},
    }
    (settings / "renode-run.json").write_text(json.dumps(content))
    return folders


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a Renode, and none on PATH."""
    monkeypatch.delenv("RENODE", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_what_renode_run_has_installed_is_found(home: Path) -> None:
    folders = _install(home, "1.15.3", "1.16.1", default="1.16.1")
    assert find_renode() == [str(folders["1.16.1"] / "renode")]


def test_without_a_default_any_installation_that_is_there_is_taken(home: Path) -> None:
    folders = _install(home, "1.15.3", "1.16.1")
    shutil.rmtree(folders["1.15.3"])
    assert find_renode() == [str(folders["1.16.1"] / "renode")]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"default": 3}', '{"installations": [1]}'])
def test_a_list_of_installations_that_says_nothing_is_none(home: Path, content: str) -> None:
    _install(home)
    (home / ".config" / "renode" / "renode-run.json").write_text(content)
    with pytest.raises(EngineError, match="renode-run download"):
        find_renode()
