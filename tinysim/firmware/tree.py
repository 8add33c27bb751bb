"""The folder in which images are built: objects are kept, so that other operations cost a link."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .. import benchmarks
from ..errors import ToolError
from ..firmware_sources import sources
from ..models.locate import cache_folder
from .tools import compiler_version

BENCHMARKS = (*benchmarks.BENCHMARKS, "model")
"""What there are images for in `firmware/CMakeLists.txt`."""

_GIVEN = "TINYSIM_OPERATIONS"
_DEFINITIONS = (f"-DTINYSIM_BENCHMARKS={';'.join(BENCHMARKS)}",)
_CAUSE = re.compile(r"(?i)\berror\b|overflowed|undefined reference|multiple definition|fatal")
_NO_CAUSE = re.compile(
    r"ld returned|build stopped|Configuring incomplete|^-- |^FAILED|CMakeError\.log"
)


class Tree:
    """A build folder that one process at a time may use; see `open_tree`."""

    def __init__(self, folder: Path, flags: Sequence[str]) -> None:
        self._build = folder / "build"
        self._operations = folder / "operations"
        self._unfinished = folder / "unfinished"
        self._log = folder / "build.log"
        self._flags = flags

    @property
    def folder(self) -> Path:
        """Where ninja runs."""
        return self._build

    def make(self, name: str, operations: Sequence[str]) -> bytes:
        """The ELF file of the image `name`, without a model, with kernels for these operations.

        Raises:
            ToolError: a program failed; the text has the cause.

        """
        if self._unfinished.exists():
            # Whoever was here was killed: half an object looks to ninja like a whole one.
            shutil.rmtree(self._build, ignore_errors=True)
        self._operations.mkdir(parents=True, exist_ok=True)
        self._unfinished.touch()
        try:
            wanted = self._operations / f"{name}.operations"
            wanted.write_text("".join(f"{operation}\n" for operation in operations))
            if not (self._build / "build.ninja").is_file():
                self._configure()
            self._run(["ninja", "-C", str(self._build), f"{name}.elf"])
            content = (self._build / f"{name}.elf").read_bytes()
        except Exception:
            # A program that failed by itself has left nothing half done; one that a signal to us
            # has ended may have.
            self._unfinished.unlink(missing_ok=True)
            raise
        self._unfinished.unlink()
        return content

    def _configure(self) -> None:
        self._run(
            [
                *("cmake", "-S", str(sources()), "-B", str(self._build), "-G", "Ninja"),
                f"-D{_GIVEN}={self._operations}",
                *_DEFINITIONS,
                *self._flags,
            ]
        )

    def _run(self, command: Sequence[str]) -> None:
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,
        ) as process:
            try:
                output, _ = process.communicate()
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)  # and the compilers that it has started
                raise
        if process.returncode == 0:
            return
        self._log.write_text(output, "utf-8")
        raise ToolError(
            f"the firmware cannot be built: {failure_cause(output)} (all that {command[0]} said "
            f"is in {self._log})"
        )


def failure_cause(output: str) -> str:
    """The line of a build's output that says why it failed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if _NO_CAUSE.search(line) or not _CAUSE.search(line):
            continue
        if line.startswith("CMake Error") and number + 1 < len(lines):
            return lines[number + 1]
        return line
    return lines[-1] if lines else "it said nothing"


@contextmanager
def open_tree(flags: Sequence[str] = ()) -> Iterator[Tree]:
    """The build folder of these sources and flags; waits until nobody else uses it.

    Raises:
        ToolError: it cannot be made.

    """
    from filelock import FileLock

    # All that the folder was configured with: a build by another tinysim is none of ours.
    identity = "\n".join((str(sources()), compiler_version(), _GIVEN, *_DEFINITIONS, *flags))
    folder = cache_folder() / "firmware" / hashlib.sha256(identity.encode()).hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock")
        with lock:
            yield Tree(folder, flags)
    except OSError as error:
        where = os.fspath(error.filename) if error.filename else str(folder)
        raise ToolError(
            f"{where}: {error.strerror}; TINYSIM_CACHE names another folder to build in"
        ) from None
