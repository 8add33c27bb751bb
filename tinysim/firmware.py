"""Builds the reference firmware with a benchmark's model in it."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .benchmarks import Benchmark
from .errors import ToolError
from .models import Model, find_model

VARIANTS = ("dsp", "reference")
"""Our own kernels for the DSP extension, and TFLM's plain ones."""


@dataclass(frozen=True)
class Tool:
    """A program that a build needs, and the Debian 12 package that has it."""

    program: str
    package: str


TOOLS = (
    Tool("arm-none-eabi-g++", "gcc-arm-none-eabi"),
    Tool("cmake", "cmake"),
    Tool("ninja", "ninja-build"),
    Tool("cargo", "cargo-web"),
)


@dataclass(frozen=True)
class Build:
    """A firmware image with its model. `note` is a line for the user, or empty."""

    image: Path
    model: Model
    note: str


def sources() -> Path:
    """The folder with the firmware's sources.

    Raises:
        ToolError: tinysim was installed without them.

    """
    folder = Path(__file__).resolve().parent.parent / "firmware"
    if not (folder / "CMakeLists.txt").is_file():
        raise ToolError(
            "the firmware's sources are not beside this installation: work in a checkout of "
            "tinysim, or give an image by --image"
        )
    return folder


def missing_tools() -> list[Tool]:
    """The tools of a build that are not on PATH."""
    return [tool for tool in TOOLS if shutil.which(tool.program) is None]


def build(
    benchmarks: Sequence[Benchmark],
    variant: str = "dsp",
    model: Path | None = None,
    *,
    energy: bool = False,
) -> list[Build]:
    """Build one image for each benchmark; quick where nothing has changed.

    `model` replaces the model (of one benchmark); `energy` asks for the images of energy mode.

    Raises:
        ToolError: a tool is missing or failed.
        AssetError: the model given is none.

    """
    folder = sources()
    if missing := missing_tools():
        packages = " ".join(tool.package for tool in missing)
        raise ToolError(
            f"{missing[0].program} is missing: on Debian 12, apt-get install {packages}"
        )
    found = [(benchmark, *find_model(benchmark, model)) for benchmark in benchmarks]
    out = folder.parent / "build" / "firmware"
    models = [f"-DTINYSIM_MODEL_{b.name.upper()}={m.path}" for b, m, _ in found]
    if not _is_configured(out, models):
        _run(["cmake", "-S", str(folder), "-B", str(out), "-G", "Ninja", *models])
    suffix = f"{variant}_energy.elf" if energy else f"{variant}.elf"
    _run(["ninja", "-C", str(out), *(f"{b.name}_{suffix}" for b, _, _ in found)])
    return [Build(out / f"{b.name}_{suffix}", m, note) for b, m, note in found]


def _is_configured(out: Path, models: Sequence[str]) -> bool:
    cache = out / "CMakeCache.txt"
    if not cache.is_file() or not (out / "build.ninja").is_file():
        return False
    lines = set(cache.read_text().splitlines())
    return all(model[2:].replace("=", ":FILEPATH=", 1) in lines for model in models)


def _run(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        output = (result.stdout + result.stderr).strip().splitlines()
        errors = [line for line in output if "error" in line.lower()] or output[-1:]
        raise ToolError(f"{command[0]} failed: {errors[0].strip() if errors else 'no output'}")
