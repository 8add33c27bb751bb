"""Images by what they are made from: each is made once and found again."""

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..errors import ToolError
from ..image import load_image
from ..models.locate import cache_folder
from ..models.support import operations_of
from .bare import Bare, Sizes
from .code import Code, find_code


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
    def code(self) -> Code:
        """The image without its model."""
        operations = self.operations
        if not operations and self.variant != "reference":
            operations = tuple(operations_of(self.model, self.variant))
        return Code(self.benchmark, self.variant, self.energy, operations, self.flags)


def build_image(order: Order, code: Bare | None = None) -> Path:
    """The ELF of an order, with `.hex` and `.bin` beside it; made where it is not there yet.

    `code` is what `find_code` gives for it, where that was asked already.

    Raises:
        ToolError: a tool is missing or failed, or the model is too large.

    """
    code = code or find_code(order.code)
    digest = hashlib.sha256()
    for part in (code.content, order.model, repr(order.sizes).encode()):
        digest.update(len(part).to_bytes(8, "little") + part)
    images = cache_folder() / "images"
    folder = images / digest.hexdigest()[:32]
    image = folder / f"{order.code.name}.elf"
    if image.is_file():
        return image
    content = code.with_model(order.model, order.sizes)
    try:
        images.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=images) as new:
            made = Path(new) / "image"
            made.mkdir()
            (made / image.name).write_bytes(content)
            _write_forms(made / image.name)
            _put(made, folder)
    except OSError as error:
        raise ToolError(
            f"{error.filename or images}: {error.strerror}; TINYSIM_CACHE names another folder"
        ) from None
    return image


def _write_forms(path: Path) -> None:
    """Intel HEX and raw binary beside an ELF file."""
    from intelhex import IntelHex

    forms = IntelHex()
    forms.padding = 0
    for segment in load_image(path).segments:
        forms.puts(segment.address, segment.data)
    forms.write_hex_file(str(path.with_suffix(".hex")))
    forms.tobinfile(str(path.with_suffix(".bin")))


def _put(made: Path, folder: Path) -> None:
    """Rename, unless somebody else has been quicker."""
    try:
        made.replace(folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(made, ignore_errors=True)
