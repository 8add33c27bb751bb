"""Whose kernels an image has: `dsp` ours, `reference` the plain ones of the TFLM that it is built
with, `tflm=DIR` those of the user's own checkout of today's.
"""

from dataclasses import dataclass
from pathlib import Path

from .errors import ToolError

VARIANTS = ("dsp", "reference", "tflm")
RESOLVER = Path("tensorflow/lite/micro/micro_mutable_op_resolver.h")
"""In a checkout: says which operations there are."""


@dataclass(frozen=True)
class Variant:
    """One of `VARIANTS`; `folder` is the checkout of `tflm`."""

    name: str
    folder: Path | None = None


def parse_variant(text: str) -> Variant:
    """A variant as the command line and Python name it.

    Raises:
        ToolError: there is none of this name, or its folder is no checkout.

    """
    name, _, folder = text.partition("=")
    if name not in VARIANTS or (folder and name != "tflm"):
        raise ToolError(f"no variant '{text}'; there are: dsp, reference and tflm=DIR")
    if name != "tflm":
        return Variant(name)
    if not folder:
        raise ToolError("the variant tflm is of a checkout of today's TFLM: --tflm DIR")
    path = Path(folder).resolve()
    if not (path / RESOLVER).is_file():
        raise ToolError(f"{path} is no checkout of today's TensorFlow Lite for Microcontrollers")
    return Variant(name, path)
