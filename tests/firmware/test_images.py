"""Images are what they were made from, whoever builds what beside them."""

import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tinysim import firmware
from tinysim.errors import ToolError
from tinysim.firmware import Order, build_image
from tinysim.firmware.tree import failure_cause
from tinysim.models.locate import cache_folder
from tinysim.models.twin import write_twin

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
    image = cache_folder() / "images" / Order("kws", _twin("7")).sha256[:32]
    shutil.rmtree(image, ignore_errors=True)
    build = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from tinysim.firmware import Order, build_image;"
            "build_image(Order('kws', Path(sys.argv[1]).read_bytes()))",
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
    assert not list((tmp_path / "cache" / "images").glob("[!.]*"))
    assert list((tmp_path / "cache" / "firmware").glob("*/unfinished"))


def test_why_a_build_fails_is_said() -> None:
    sizes = firmware.Sizes(arena=1 << 20, scratch=16, input=16)
    with pytest.raises(ToolError, match=r"region `?'?RAM'? overflowed by \d+ bytes"):
        build_image(Order("kws", _twin("3"), sizes=sizes))


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
