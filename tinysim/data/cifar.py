"""Image classification: CIFAR-10, in the form made for Python."""

import io
import pickle
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..benchmarks import IC
from ..errors import AssetError
from .job import Job

_ARCHIVES = ("cifar-10-python.tar.gz", "cifar-10-python.tar", "cifar-10-batches-py")
_TRAINING = tuple(f"data_batch_{number}" for number in range(1, 6))
_TEST = "test_batch"
_VALIDATION = 0.2
"""Of the training images, the last ones of each batch."""
_CALIBRATION = 100
"""One training image in so many is for calibration."""
_OFFICIAL = "calibration_samples_idxs.npy"
"""Which test images the official model was calibrated with; ours is too where it is there."""
_SEED, _OF_A_CLASS = 8108, 20
"""How the official evaluation set was drawn."""
_PICKLED = {
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("_codecs", "encode"),
}
"""All that a batch names; nothing else of a pickle is run."""


def prepare(job: Job) -> None:
    """Training images by batch, and the evaluation set out of the test batch.

    Raises:
        AssetError: the archive is damaged, or has other contents.

    """
    seen = set()
    official = job.raw.find(_OFFICIAL)
    for name, content in _batches(job):
        images, labels, files = _read(content, name)
        seen.add(name)
        if name != _TEST:
            first = len(images) - int(len(images) * _VALIDATION)
            _store(job, "train", images[:first], labels[:first])
            _store(job, "validation", images[first:], labels[first:])
            if official is None:
                job.stage.extend("calibration", images[:first:_CALIBRATION])
            continue
        _store(job, "test", images, labels)
        if official is not None:
            job.stage.extend("calibration", images[_places(official, job, len(images))])
        for place in _chosen(job, labels, files):
            label, file = int(labels[place]), files[place]
            row = f"{file},{len(IC.classes)},{label}"
            job.write_input(IC.model_id, file, images[place].tobytes(), row, label)
    if absent := {*_TRAINING, _TEST} - seen:
        raise AssetError(f"{job.raw.folder}: CIFAR-10 without {', '.join(sorted(absent))}")


def _batches(job: Job) -> Iterator[tuple[str, bytes]]:
    source = job.raw.need(*_ARCHIVES)
    wanted = {*_TRAINING, _TEST}
    if source.is_dir():
        for path in sorted(source.iterdir()):
            if path.name in wanted:
                yield path.name, job.raw.content(path)
        return
    for name, content in job.members(source, "batches"):
        if (base := PurePosixPath(name).name) in wanted:
            yield base, content


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _PICKLED:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return super().find_class(module, name)


def _read(content: bytes, name: str) -> tuple[NDArray[np.uint8], NDArray[np.int64], list[str]]:
    try:
        batch = _Unpickler(io.BytesIO(content), encoding="bytes").load()
        data, labels, names = batch[b"data"], batch[b"labels"], batch[b"filenames"]
        images = np.asarray(data)
        classes = np.asarray(labels, np.int64)
        files = [PurePosixPath(file.decode()).stem + ".bin" for file in names]
    except Exception as error:  # a damaged pickle raises anything
        raise AssetError(f"{name}: damaged or not a batch of CIFAR-10: {error}") from None
    count = len(files)
    if images.dtype != np.uint8 or images.shape != (count, 3072) or classes.shape != (count,):
        raise AssetError(f"{name}: not a batch of CIFAR-10: images of shape {list(images.shape)}")
    if count and not 0 <= classes.min() <= classes.max() < len(IC.classes):
        raise AssetError(f"{name}: class {int(classes.max())} is none of CIFAR-10's ten")
    # Red, green and blue behind each other become one pixel after the other.
    return images.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), classes, files


def _places(path: Path, job: Job, count: int) -> NDArray[np.int64]:
    places = job.raw.array(path)
    if places.ndim != 1 or not np.issubdtype(places.dtype, np.integer):
        raise AssetError(f"{path}: whole numbers of one axis were expected")
    if len(places) and not 0 <= places.min() <= places.max() < count:
        raise AssetError(f"{path}: image {int(places.max())} of {count}")
    return places.astype(np.int64)


def _store(job: Job, split: str, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
    job.stage.extend(split, images)
    job.stage.array(f"{split}-y", "<i8", ()).add(labels)


def _chosen(job: Job, labels: NDArray[np.int64], files: list[str]) -> list[int]:
    if job.wanted is not None:
        places = {file: place for place, file in enumerate(files)}
        return [places[file] for file in job.wanted if file in places]
    random = np.random.default_rng(_SEED)
    drawn = []
    for label in range(len(IC.classes)):
        alike = np.flatnonzero(labels == label)
        drawn.append(random.choice(alike, size=min(_OF_A_CLASS, len(alike)), replace=False))
    order = np.concatenate(drawn)
    random.shuffle(order)
    return [int(place) for place in order]
