"""Visual wake words: images of 96x96 from COCO 2014, sorted by whether a person is in them."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..benchmarks import VWW
from ..errors import AssetError, ToolError
from .job import Job
from .raw import visible

_ARCHIVES = ("vw_coco2014_96.tar.gz", "vw_coco2014_96.tar", "vw_coco2014_96")
_CLASSES = {"non_person": 0, "person": 1}
_NUMBER = re.compile(r"COCO_(train|val)2014_(\d{12})")
_SIDE = 96
_VALIDATION = 10
"""Every tenth image is for validation."""
_CALIBRATION = frozenset(
    (
        113212,
        205523,
        249435,
        263440,
        279895,
        333756,
        370727,
        416860,
        432502,
        467821,
        531803,
    )
)
"""COCO's numbers of the eleven images that the official model was calibrated with."""
_OF_A_CLASS = 500
"""Images in the evaluation set."""


def prepare(job: Job) -> None:
    """Images out of the archive or its folder; the evaluation set is out of COCO's val2014.

    Raises:
        AssetError: the archive is damaged, or an image is none or of another size.
        ToolError: Pillow is missing.

    """
    counts = [0, 0]
    kept: dict[str, tuple[int, bytes]] = {}
    images = job.shared(_start, _images(job))
    for number, (name, label, image) in enumerate(images):
        split = "validation" if number % _VALIDATION == _VALIDATION - 1 else "train"
        found = _NUMBER.search(name)
        file = f"{found[2]}.bin" if found else f"{PurePosixPath(name).stem}.bin"
        evaluated = (
            file in job.wanted
            if job.wanted is not None
            else (found is not None and found[1] == "val" and counts[label] < _OF_A_CLASS)
        )
        if found and int(found[2]) in _CALIBRATION:
            job.stage.extend("calibration", image[None])
        if evaluated:
            counts[label] += 1
            kept[file] = (label, image.tobytes())
        else:
            job.stage.add(split, image, label)
    for file in kept if job.wanted is None else [f for f in job.wanted if f in kept]:
        label, pixels = kept[file]
        row = f"{file},{len(VWW.classes)},{label}"
        job.write_input(VWW.model_id, file, pixels, row, label)
        job.stage.add("test", np.frombuffer(pixels, np.uint8).reshape(_SIDE, _SIDE, 3), label)


def _images(job: Job) -> Iterator[tuple[str, int, bytes]]:
    source = job.raw.need(*_ARCHIVES)
    if source.is_dir():
        for folder, label in _CLASSES.items():
            if not (source / folder).is_dir():
                raise AssetError(f"{source}: has no folder {folder}")
            for path in visible((source / folder).iterdir()):
                yield str(path), label, job.raw.content(path)
        return
    for name, content in job.members(source, "images"):
        folder = PurePosixPath(name).parent.name
        if folder in _CLASSES:
            yield name, _CLASSES[folder], content


def _start() -> Callable[[tuple[str, int, bytes]], tuple[str, int, NDArray[np.uint8]]]:
    _load_pillow()
    return lambda image: (image[0], image[1], _decode(image[2], image[0]))


def _load_pillow() -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise ToolError("Pillow is missing: pip install 'tinysim[data]'") from None
    return Image


def _decode(content: bytes, name: str) -> NDArray[np.uint8]:
    Image = _load_pillow()  # noqa: N806 - Pillow's name
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.size != (_SIDE, _SIDE):
                width, height = image.size
                raise AssetError(f"{name}: {width}x{height} where 96x96 was expected")
            return np.asarray(image.convert("RGB"), np.uint8)
    except Image.UnidentifiedImageError:
        raise AssetError(f"{name}: not an image") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise AssetError(f"{name}: not an image: {error}") from None
