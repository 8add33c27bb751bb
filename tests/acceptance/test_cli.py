"""The command line as a user meets it: results on stdout, one line and exit code 2 for errors."""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tinysim._core import build as engine_build
from tinysim.cli.verbs import VERBS
from tinysim.version import __version__ as tinysim_version

FLASH = 0x08000000


def tinysim(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return subprocess.run(
        [sys.executable, "-c", "from tinysim.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_two_runs_give_the_same_json_but_for_the_wall_clock(firmware: Path) -> None:
    image = str(firmware / "kws_dsp.elf")
    runs = [tinysim("run", "kws", "--image", image, "--json", "-") for _ in range(2)]
    first, second = (json.loads(run.stdout) for run in runs)
    assert first.pop("wall_s") > 0
    second.pop("wall_s")
    assert first == second
    assert first["instructions"] < 7_700_000
    assert first["tier"] == "T3"
    assert first["memory"]["arena"] > 0


def test_the_official_rule_gives_windows_of_ten_seconds(firmware: Path) -> None:
    run = tinysim(
        "run",
        "kws",
        "--official",
        "--tier",
        "T0",
        "--image",
        str(firmware / "kws_dsp.elf"),
        "--json",
        "-",
    )
    result = json.loads(run.stdout)
    assert result["official_rule"]
    assert len(result["windows"]) == 5
    assert all(w["elapsed_us"] >= 10_000_000 and w["inferences"] >= 10 for w in result["windows"])


def _one_line(run: subprocess.CompletedProcess[str], text: str) -> None:
    assert run.returncode == 2, run.stderr
    assert text in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stderr.splitlines()[0].startswith("tinysim: ")


def _image(tmp_path: Path, *halves: int) -> str:
    code = b"".join(struct.pack("<H", half) for half in halves)
    table = struct.pack("<II", 0x20002000, FLASH + 0x41) + struct.pack("<I", FLASH + 0x81) * 14
    path = tmp_path / "image.bin"
    path.write_bytes((table + code).ljust(0x80, b"\0") + b"\xfe\xe7")
    return str(path)


def test_a_truncated_elf(tmp_path: Path, firmware: Path) -> None:
    path = tmp_path / "cut.elf"
    path.write_bytes((firmware / "kws_dsp.elf").read_bytes()[:30000])
    _one_line(tinysim("run", "kws", "--image", str(path)), "truncated ELF")


def test_an_image_for_another_address(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(struct.pack("<II", 0x20002000, 0x00500001) + bytes(64))
    _one_line(tinysim("run", "kws", "--image", str(path)), "no vector table for this board")


def test_an_image_that_never_answers(tmp_path: Path) -> None:
    # wfi; b .-2: sleeps for good
    run = tinysim("run", "kws", "--image", _image(tmp_path, 0xBF30, 0xE7FD))
    _one_line(run, "never said m-ready")


def test_an_image_that_faults_says_where_and_why(tmp_path: Path) -> None:
    # ldr r1, [0x60000000]
    run = tinysim("run", "kws", "--image", _image(tmp_path, 0xF04F, 0x40C0, 0x6801, 0xE7FE))
    _one_line(run, "PRECISERR")
    assert "0x60000000" in run.stderr
    assert "r0 60000000" in run.stderr


def test_an_image_of_another_benchmark(firmware: Path) -> None:
    run = tinysim("run", "ic", "--image", str(firmware / "kws_dsp.elf"))
    _one_line(run, "is for kws01, not for ic01")


def test_a_model_that_is_no_tflite_file(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_text("no model")
    _one_line(tinysim("run", "kws", "--model", str(path)), "not a TFLite model")


def test_a_port_without_its_engine() -> None:
    _one_line(tinysim("run", "kws", "--port", "/dev/ttyACM0"), "go with --engine serial")


def test_an_engine_without_its_port() -> None:
    _one_line(tinysim("run", "kws", "--engine", "serial"), "needs --port")


def test_a_benchmark_that_is_not_there() -> None:
    _one_line(tinysim("run", "sss"), "there are: kws, vww, ic, ic2, ad")


@pytest.mark.parametrize(
    "verb", [(), *((verb.name,) for verb in VERBS), ("data", "prepare"), ("baseline", "write")]
)
def test_help(verb: tuple[str, ...]) -> None:
    done = tinysim(*verb, "--help")
    assert done.returncode == 0
    assert done.stderr == ""
    assert " ".join(("Usage: tinysim", *verb)) in done.stdout
    assert "<bool>" not in done.stdout


def test_a_verbs_purpose_is_its_functions_first_line() -> None:
    for verb in VERBS:
        assert (verb.load().help or "").partition("\n")[0] == verb.purpose


@pytest.mark.parametrize(("command", "word"), [("doctor", "builtin engine"), ("schema", "$defs")])
def test_what_asks_for_nothing(command: str, word: str) -> None:
    done = tinysim(command)
    assert done.returncode == 0
    assert word in done.stdout


def test_the_version_is_the_engines_too() -> None:
    done = tinysim("--version")
    assert done.stdout == f"tinysim {tinysim_version}, engine {engine_build}\n"
