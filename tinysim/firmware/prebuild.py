"""Builds the images that a wheel brings: `python -m tinysim.firmware.prebuild FOLDER`.

Of each benchmark, and of the firmware for any model, one with the operations of its reference model
and one with every operation, in both variants and modes.
"""

import subprocess
import sys
from pathlib import Path

from ..models.support import kernels, operations_of
from ..models.twin import write_twin
from .code import Code
from .prebuilt import INDEX, Entry, Index
from .tools import compiler_version, require_tools, sources_sha256
from .tree import BENCHMARKS, open_tree

_ANY = "model"
_STRIP = "arm-none-eabi-strip"


def every_operation() -> tuple[str, ...]:
    """All that our variant has kernels for, those of unusual convolutions included."""
    named = {
        f"{row.operation}:{kind.lower()}"
        for rows in kernels().values()
        for row in rows
        for kind in row.types
    }
    return tuple(sorted({*named, "CONV_2D:int8:general"}))


def wanted() -> list[tuple[Code, str]]:
    """Every image, and the name of its file."""
    found = []
    for benchmark in BENCHMARKS:
        for energy in (False, True):
            reference = Code(benchmark, "reference", energy, ())
            found.append((reference, f"{reference.name}.elf"))
            ample = Code(benchmark, "dsp", energy, every_operation())
            found.append((ample, f"{ample.name}.any.elf"))
            if benchmark != _ANY:
                own = Code(benchmark, "dsp", energy, tuple(operations_of(write_twin(benchmark))))
                found.append((own, f"{own.name}.elf"))
    return found


def prebuild(folder: Path) -> None:
    """Build them all into a folder.

    Raises:
        ToolError: a tool is missing or failed.

    """
    require_tools()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.elf"):
        old.unlink()
    entries = []
    with open_tree() as tree:
        for code, file in wanted():
            (folder / file).write_bytes(tree.make(code.name, code.operations))
            subprocess.run([_STRIP, "--strip-debug", str(folder / file)], check=True)
            entries.append(Entry(name=code.name, operations=code.operations, file=file))
            print(f"{file}: {(folder / file).stat().st_size:,} bytes", flush=True)
    index = Index(
        sources_sha256=sources_sha256(), compiler=compiler_version(), images=tuple(entries)
    )
    (folder / INDEX).write_text(index.model_dump_json(indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    prebuild(Path(sys.argv[1]))
