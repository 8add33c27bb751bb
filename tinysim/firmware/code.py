"""The code of an image: built once for its operations, or found among those that tinysim brings."""

import hashlib
from dataclasses import dataclass

from ..models.locate import cache_folder
from ..storage import make_folder, write_bytes
from ..variant import Variant, parse_variant
from .bare import Bare
from .prebuilt import find_prebuilt
from .tools import compiler_version, missing_tools, require_tools, sources_sha256, todays_sha256
from .tree import open_tree


@dataclass(frozen=True)
class Code:
    """All that decides an image's code, but for sources and compiler.

    `operations` are those that there are kernels for; `reference` has all of its own.
    """

    benchmark: str
    variant: str
    energy: bool
    operations: tuple[str, ...]
    flags: tuple[str, ...] = ()

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
    def sha256(self) -> str:
        """Over everything that decides it."""
        folder = self.kind.folder
        todays = todays_sha256(folder) if folder else ""
        parts = (self.name, *self.all_flags, sources_sha256(), todays, compiler_version(), "")
        text = "\0".join((*parts, *self.operations))
        return hashlib.sha256(text.encode()).hexdigest()


def find_code(code: Code) -> Bare:
    """An image with this code, without a model.

    One that tinysim brings is taken before one that is built, so that an installation gives the
    same images on every machine; where there is no compiler, one with more operations will do.

    Raises:
        ToolError: a tool is missing or failed.

    """
    prebuilt = None if code.all_flags else find_prebuilt(sources_sha256())
    if prebuilt and (found := prebuilt.exact(code.name, code.operations)):
        return found
    if prebuilt and missing_tools() and (found := prebuilt.ample(code.name, code.operations)):
        return found
    require_tools()
    kept = cache_folder() / "code" / code.sha256[:32] / f"{code.name}.elf"
    if not kept.is_file():
        with open_tree(code.all_flags) as tree:
            if not kept.is_file():  # else somebody has built it while we waited
                content = tree.make(code.name, code.operations)
                make_folder(kept.parent)
                write_bytes(kept, content)
    return Bare(kept.read_bytes())
