"""What a build needs: the firmware's sources, and programs."""

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..errors import ToolError
from ..firmware_sources import sources


@dataclass(frozen=True)
class Tool:
    """A program that a build needs, and the Debian 12 package that has it."""

    program: str
    package: str


COMPILER = "arm-none-eabi-g++"
TOOLS = (
    Tool(COMPILER, "gcc-arm-none-eabi"),
    Tool("cmake", "cmake"),
    Tool("ninja", "ninja-build"),
    Tool("cargo", "cargo-web"),
)

_CODE = (".cc", ".c", ".h", ".S")
_NOT_IN_IMAGES = ("kernels/tests/", "README.md")


def missing_tools() -> list[Tool]:
    """The tools of a build that are not on PATH."""
    return [tool for tool in TOOLS if shutil.which(tool.program) is None]


def require_tools() -> None:
    """Make sure that all of them are there.

    Raises:
        ToolError: one is missing; the text has the command that mends it.

    """
    if missing := missing_tools():
        packages = " ".join(tool.package for tool in missing)
        raise ToolError(
            f"{missing[0].program} is missing: on Debian 12, apt-get install {packages}"
        )


def sources_sha256() -> str:
    """Over the names and contents of all files that an image is made from."""
    folder = sources()
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(_NOT_IN_IMAGES):
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


@cache
def todays_sha256(folder: Path) -> str:
    """Over the library built in a checkout of today's TFLM, or else its sources and headers."""
    built = sorted(folder.glob("gen/cortex_m_generic_cortex-m4+fp_*/lib/*.a"))
    code = (path for path in (folder / "tensorflow").rglob("*") if path.suffix in _CODE)
    digest = hashlib.sha256()
    for path in built or sorted(code):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@cache
def compiler_version() -> str:
    """What the compiler says it is."""
    done = subprocess.run(
        [COMPILER, "--version"], capture_output=True, text=True, check=False, errors="replace"
    )
    return done.stdout.partition("\n")[0]
