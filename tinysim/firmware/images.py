"""Images by what they are made from: each is built once and found again."""

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..errors import ToolError
from ..models.estimate import STACK
from ..models.locate import cache_folder
from ..models.support import operations_of
from ..variant import Variant, parse_variant
from .tools import compiler_version, require_tools, sources_sha256, todays_sha256
from .tree import open_tree


@dataclass(frozen=True)
class Sizes:
    """Memory in bytes that an image gives to its model, and how the model's ends are to be read.

    `state` is what the last `states` inputs are before the first inference.
    """

    arena: int
    scratch: int
    input: int
    outputs: int = 1
    states: int = 0
    state: bytes = b""
    stack: int = STACK

    def header(self, name: str) -> str:
        """For the assembler."""
        values: dict[str, int | str] = {
            "STACK_BYTES": self.stack,
            "ARENA_BYTES": self.arena,
            "SCRATCH_BYTES": self.scratch,
            "INPUT_BYTES": self.input,
            "OUTPUTS": self.outputs,
            "STATES": self.states,
            "STATE_BYTES": len(self.state),
            "STATE_FILE": f'"{name}.state"',
        }
        return "".join(f"#undef {k}\n#define {k} {v}\n" for k, v in values.items())


@dataclass(frozen=True)
class Order:
    """All that decides an image, but for sources and compiler.

    `benchmark` is a benchmark's name or `model`; without `sizes` they are the benchmark's own.
    `operations` are those to have kernels for (see `operations_of`), if not the model's.
    """

    benchmark: str
    model: bytes
    variant: str = "dsp"
    energy: bool = False
    sizes: Sizes | None = None
    flags: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The image's file name, without a suffix."""
        return f"{self.benchmark}_{self.kind.name}{'_energy' if self.energy else ''}"

    @property
    def kind(self) -> Variant:
        """The variant, with the folder that it is of."""
        return parse_variant(self.variant)

    @property
    def all_flags(self) -> tuple[str, ...]:
        """For CMake, with the variant's own."""
        folder = self.kind.folder
        return (*self.flags, f"-DTFLM_DIR={folder}") if folder else self.flags

    @property
    def given(self) -> dict[str, bytes]:
        """The files that the build is given, by suffix."""
        sizes = self.sizes
        operations = self.operations or operations_of(self.model, self.variant)
        return {
            ".tflite": self.model,
            ".operations": "".join(f"{name}\n" for name in operations).encode(),
            ".h": sizes.header(self.name).encode() if sizes else b"",
            ".state": sizes.state if sizes else b"",
        }

    @property
    def sha256(self) -> str:
        """Over everything that decides the image."""
        digest = hashlib.sha256()
        folder = self.kind.folder
        todays = todays_sha256(folder) if folder else ""
        parts = (self.name, *self.all_flags, sources_sha256(), todays, compiler_version())
        for part in parts:
            digest.update(part.encode() + b"\0")
        for suffix, content in self.given.items():
            digest.update(f"{suffix}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()


def build_image(order: Order) -> Path:
    """The ELF of an order, with `.hex` and `.bin` beside it; built where it is not there yet.

    Raises:
        ToolError: a tool is missing or failed.

    """
    require_tools()
    images = cache_folder() / "images"
    folder = images / order.sha256[:32]
    image = folder / f"{order.name}.elf"
    if image.is_file():
        return image
    with open_tree(order.all_flags) as tree:
        if image.is_file():  # somebody else has built it while we waited
            return image
        images.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=images) as new:
            made = Path(new) / "image"
            made.mkdir()
            tree.make(order.name, order.given, made)
            if order.model not in (made / image.name).read_bytes():
                raise ToolError(f"{image.name}: was built, but the model is not in it")
            shutil.rmtree(folder, ignore_errors=True)
            made.replace(folder)
    return image
