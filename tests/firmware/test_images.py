"""Images are what they were made from, whoever builds what beside them."""

import os
import shlex
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.robustness.command import refused, tinysim
from tinysim import firmware
from tinysim.benchmarks import BENCHMARKS
from tinysim.errors import ToolError
from tinysim.firmware import Order, build_image
from tinysim.firmware.code import find_code
from tinysim.firmware.tree import failure_cause, open_tree
from tinysim.firmware_sources import sources
from tinysim.image import load_image
from tinysim.models.twin import write_twin
from tinysim.platform import load_board

if shutil.which("arm-none-eabi-g++") is None:
    pytest.skip("the firmware's toolchain is missing", allow_module_level=True)


def _twin(name: str) -> bytes:
    """A model of its own that the kws firmware runs: other bytes of the same length."""
    content = bytearray(write_twin("kws"))
    at = content.index(b"tinysim")
    content[at : at + 7] = f"{name:.7}".ljust(7).encode()
    return bytes(content)


def _build(model: Path) -> subprocess.Popen[str]:
    main = "from tinysim.cli import main; main()"
    command = [sys.executable, "-c", main, "build", "kws", "--model", str(model)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_builds_at_once_each_have_their_own_model(tmp_path: Path) -> None:
    models = [tmp_path / "a.tflite", tmp_path / "b.tflite"]
    for path in models:
        path.write_bytes(_twin(os.urandom(3).hex()))  # never built before
    builds = [_build(path) for path in models]
    images = [Path(build.communicate()[0].strip()).read_bytes() for build in builds]
    for number in (0, 1):
        assert models[number].read_bytes() in images[number]
        assert models[1 - number].read_bytes() not in images[number]


@pytest.mark.parametrize("launcher", ["", "ccache"])
def test_an_object_is_the_same_wherever_it_is_built(tmp_path: Path, launcher: str) -> None:
    """In folders with blanks too, and where a compiler cache makes paths relative."""
    if launcher and shutil.which(launcher) is None:
        pytest.skip("ccache is missing")
    environment = {
        **os.environ, "CMAKE_CXX_COMPILER_LAUNCHER": launcher, "CCACHE_BASEDIR": "/",
        "CCACHE_DIR": str(tmp_path / "ccache"), "CCACHE_NOHASHDIR": "1",
    }  # fmt: skip
    built = []
    for place in ("one", "an other/f\u00f6lder"):
        source, build = tmp_path / place / "firmware", tmp_path / place / "a build"
        shutil.copytree(sources(), source)
        target = "CMakeFiles/kernels_tflm.dir/tflm/convolution.cpp.obj"
        for command in (
            ("cmake", "-S", str(source), "-B", str(build), "-G", "Ninja"),
            ("ninja", "-C", str(build), target),
        ):
            ran = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False
            )
            assert ran.returncode == 0, ran.stdout + ran.stderr
        built.append((build / target).read_bytes())
    assert built[0] == built[1]
    assert b"./tflm/convolution.cpp" in built[0] and str(tmp_path).encode() not in built[0]


def test_an_image_that_was_built_is_never_written_again() -> None:
    first = build_image(Order("kws", _twin("1")))
    before = first.read_bytes()
    second = build_image(Order("kws", _twin("2")))
    assert first != second
    assert first.read_bytes() == before


@pytest.fixture
def slow_ninja(tmp_path: Path) -> Callable[[str], str]:
    """PATH with a ninja that does something else."""

    def make(script: str) -> str:
        folder = tmp_path / "tools"
        folder.mkdir(exist_ok=True)
        program = folder / "ninja"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return f"{folder}{os.pathsep}{os.environ['PATH']}"

    return make


def test_a_build_that_was_killed_leaves_nothing_that_counts(
    tmp_path: Path, slow_ninja: Callable[[str], str]
) -> None:
    model = tmp_path / "killed.tflite"
    model.write_bytes(_twin("7"))
    started = tmp_path / "started"
    path = slow_ninja(f"touch {started}; exec sleep 60")
    build = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from tinysim.firmware import Order, build_image;"
            "build_image(Order('kws', Path(sys.argv[1]).read_bytes(),"
            "flags=('-DTINYSIM_FLAGS=-O1',)))",  # which nobody has built before
            str(model),
        ],
        env={**os.environ, "PATH": path, "TINYSIM_CACHE": str(tmp_path / "cache")},
        start_new_session=True,
    )
    while not started.exists():
        assert build.poll() is None
        time.sleep(0.02)
    os.killpg(build.pid, 9)
    build.wait()
    assert not list((tmp_path / "cache").glob("images/*"))
    assert not list((tmp_path / "cache").glob("code/*"))
    assert list((tmp_path / "cache" / "firmware").glob("*/unfinished"))


def test_a_missing_tool_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tinysim.firmware.code.find_prebuilt", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    refused(tinysim("build", "kws"), r"^tinysim: arm-none-eabi-g\+\+ is missing: .*apt-get install")


def test_by_how_much_a_model_is_too_large_is_said() -> None:
    sizes = firmware.Sizes(arena=1 << 20, scratch=16, input=16)
    room = find_code(Order("kws", _twin("3")).code).largest_arena(sizes)
    with pytest.raises(ToolError, match=f"region RAM overflowed by {(1 << 20) - room} bytes"):
        build_image(Order("kws", _twin("3"), sizes=sizes))
    with pytest.raises(ToolError, match=r"region FLASH overflowed by \d+ bytes"):
        build_image(Order("kws", _twin("3") + bytes(2 << 20)))
    largest = firmware.Sizes(arena=room, scratch=16, input=16)
    assert build_image(Order("kws", _twin("3"), sizes=largest)).is_file()


def test_a_model_put_in_by_the_host_is_one_put_in_by_the_linker(tmp_path: Path) -> None:
    """The commands that made the image without a model, with one."""
    order = Order("kws", _twin("5"))
    (tmp_path / "model.tflite").write_bytes(order.model)
    with open_tree() as tree:
        # What it was made with last may have been other operations.
        tree.make(order.code.name, order.code.operations)
        lines = subprocess.run(
            ["ninja", "-C", tree.folder, "-t", "commands", "kws_dsp.elf"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        assemble = next(line for line in lines if line.endswith("model.S"))
        link = lines[-1].partition(" && ")[2].partition(" && ")[0]  # without its objcopy
        given = [f"-Wa,-I,{tmp_path}", '-DMODEL_FILE="model.tflite"']
        within, elf = tmp_path / "model.o", tmp_path / "kws.elf"
        for command, old, new, more in (
            (assemble, "CMakeFiles/kws_dsp.dir/kws_dsp/model.S.obj", str(within), given),
            (
                link.replace("CMakeFiles/kws_dsp.dir/kws_dsp/model.S.obj", str(within)),
                "kws_dsp.elf",
                str(elf),
                [],
            ),
        ):
            words = [new if word == old else word for word in shlex.split(command)]
            subprocess.run([*words, *more], cwd=tree.folder, check=True)
    linked, filled = load_image(elf), load_image(build_image(order))
    assert order.model in elf.read_bytes()
    assert filled.segments == linked.segments
    assert filled.sections == linked.sections
    assert filled.symbols == linked.symbols


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        (
            "[1/2] Linking\nFAILED: x.elf\n/usr/bin/ld: region `FLASH' overflowed by 12 bytes\n"
            "collect2: error: ld returned 1 exit status\nninja: build stopped: subcommand failed.",
            "/usr/bin/ld: region `FLASH' overflowed by 12 bytes",
        ),
        (
            "-- The C compiler\nCMake Error at CMakeLists.txt:3 (message):\n"
            "  cargo could not fetch\n"
            "-- Configuring incomplete, errors occurred!",
            "cargo could not fetch",
        ),
        ("ninja: error: loading 'build.ninja'", "ninja: error: loading 'build.ninja'"),
        ("a.cpp:3:1: error: 'x' was not declared", "a.cpp:3:1: error: 'x' was not declared"),
        ("Killed", "Killed"),
        ("", "it said nothing"),
    ],
)
def test_the_cause_is_found_in_what_a_program_said(output: str, cause: str) -> None:
    assert failure_cause(output) == cause


def test_a_cache_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TINYSIM_CACHE", str(tmp_path / "file"))
    with pytest.raises(ToolError, match="TINYSIM_CACHE names another folder"):
        build_image(Order("kws", _twin("4")))


def test_a_model_that_fills_the_memory_has_room_for_its_own_input_alone(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(write_twin("ic2"))
    (built,) = firmware.build([BENCHMARKS["ic2"]], model=path)
    image = load_image(built.image)
    assert image.ram_bytes <= load_board().settings.memory.ram_bytes
    at = image.symbols["tinysim_input_bytes"]
    (segment,) = (part for part in image.segments if 0 <= at - part.address < len(part.data))
    size = segment.data[at - segment.address :][:4]
    assert int.from_bytes(size, "little") == BENCHMARKS["ic2"].input_bytes
