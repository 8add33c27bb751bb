"""Keyword spotting and the streaming wake word: Speech Commands, version 0.02."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from ..benchmarks import KWS, SWW
from ..datasets.wav import RATE, read_wav
from ..errors import AssetError
from ..features import kws
from ..features.frames import require_transforms
from .job import Job
from .raw import visible
from .stream import MOST_OTHERS, MOST_WORDS, SOUND, TRUTH, make_stream

_ARCHIVES = ("speech_commands_v0.02.tar.gz", "speech_commands_v0.02.tar")
_TEST_ARCHIVES = (
    "speech_commands_test_set_v0.02.tar.gz",
    "speech_commands_test_set_v0.02.tar",
)
_NOISE = "_background_noise_"
_HELD_BACK = "running_tap.wav"
"""The one background noise that is for validation."""
_SILENCE, _UNKNOWN = 10, 11
_WORDS = {name.lower(): label for label, name in enumerate(KWS.classes[:_SILENCE])}
_FOLDERS = {**_WORDS, "_silence_": _SILENCE, "_unknown_": _UNKNOWN}
_MARVIN, _QUIET, _OTHER = 0, 1, 2
_CALIBRATION = 100
"""Inputs for quantization, out of the validation split."""
_OFFICIAL = "calibration_samples.npz"
"""The inputs that the official streaming model was calibrated with."""
_INPUT = (30, 1, 40)
_MUSAN = "musan/noise"
_MUSAN_ARCHIVES = ("musan.tar.gz", "musan.tar")
_MOST_NOISE = 60 * 60 * RATE


def prepare_kws(job: Job) -> None:
    """Words, silence and unknown words: clips for training, coefficients for evaluation.

    Raises:
        AssetError: an archive is missing or damaged, or a sound is of another kind.

    """
    _training(job, _WORDS, _UNKNOWN, _SILENCE)
    archive = job.raw.find(*_TEST_ARCHIVES)
    if archive is None:
        raise AssetError(f"{job.raw.folder}: has no {_TEST_ARCHIVES[0]}, the evaluation's sounds")
    sounds: list[tuple[str, int, NDArray[np.int16]]] = []
    for name, content in job.members(archive, "evaluation"):
        path = PurePosixPath(name)
        if path.suffix == ".wav" and path.parent.name in _FOLDERS:
            clip = read_wav(content, name, RATE)
            label = _FOLDERS[path.parent.name]
            sounds.append((f"{path.parent.name}/{path.name}", label, clip))
            job.stage.add("test", _whole(clip), label)
    sounds.sort(key=lambda sound: hashlib.sha256(sound[0].encode()).digest())
    chosen = sounds[: KWS.files]
    made = job.shared(_start, [clip for _, _, clip in chosen])
    inputs = job.watched(made, "coefficients", len(chosen))
    for number, ((_, label, _), content) in enumerate(zip(chosen, inputs, strict=True)):
        file = f"tst_{number:06d}_{KWS.classes[label]}_{label}.bin"
        job.write_input(KWS.model_id, file, content, f"{file},{len(KWS.classes)},{label}", label)


def prepare_sww(job: Job) -> None:
    """The wake word, silence and all other words, with MUSAN's noise where it is there; and a long
    sound of those that are for testing.

    Raises:
        AssetError: the archive is missing or damaged, or a sound is of another kind.

    """
    official = job.raw.find(_OFFICIAL)
    words: list[NDArray[np.int16]] = []
    others: list[NDArray[np.int16]] = []

    def keep(clip: NDArray[np.int16], label: int) -> None:
        kept, most = (words, MOST_WORDS) if label == _MARVIN else (others, MOST_OTHERS)
        if len(kept) < most:
            kept.append(clip)

    _training(job, {"marvin": _MARVIN}, _OTHER, _QUIET, tested=keep, own=official is None)
    if official is not None:
        inputs = job.raw.array(official, "specs")
        if inputs.shape[1:] != _INPUT:
            raise AssetError(f"{official}: inputs of {list(_INPUT)} were expected")
        job.stage.extend("calibration", inputs.astype(np.float32))
    count = 0
    noise: list[NDArray[np.int16]] = []
    for name, content in _musan(job):
        sound = read_wav(content, name)
        if (count := count + len(sound)) <= _MOST_NOISE:
            job.stage.array("noise", "<i2", ()).add(sound)
            noise.append(sound)
    if words:
        heard = np.concatenate(noise) if noise else np.zeros(0, np.int16)
        wav, truth = make_stream(words, others, heard)
        job.stage.write_file(SWW.model_id, SOUND, wav)
        job.stage.write_file(SWW.model_id, TRUTH, truth.encode())


def _musan(job: Job) -> Iterator[tuple[str, bytes]]:
    folder = job.raw.folder / _MUSAN
    if folder.is_dir():
        for path in visible(folder.rglob("*.wav")):
            yield str(path), job.raw.content(path)
    elif archive := job.raw.find(*_MUSAN_ARCHIVES):
        yield from job.members(
            archive, "noise", lambda name: name.startswith(f"{_MUSAN}/") and name.endswith(".wav")
        )


def _start() -> Callable[[NDArray[np.int16]], bytes]:
    require_transforms()
    return lambda clip: kws.as_input(kws.mfcc(clip)).tobytes()


def _training(
    job: Job,
    words: dict[str, int],
    unknown: int,
    silence: int,
    *,
    tested: Callable[[NDArray[np.int16], int], None] | None = None,
    own: bool = True,
) -> None:
    """Clips by the archive's own lists, which may come after its folders; `own` takes some of them
    for calibration. Those for testing are left out unless somebody wants to know of them.
    """
    archive = job.raw.need(*_ARCHIVES)
    listed = _lists(job, archive)
    calibrated = 0
    for name, content in job.members(archive, "training"):
        path = PurePosixPath(name)
        if path.suffix != ".wav" or not path.parent.name:
            continue
        if path.parent.name == _NOISE:
            _add_noise(job, path.name, read_wav(content, name), silence)
            continue
        split = listed.get(f"{path.parent.name}/{path.name}", "train")
        if split == "test" and not tested:
            continue
        clip = _whole(read_wav(content, name, RATE))
        label = words.get(path.parent.name, unknown)
        job.stage.add(split, clip, label)
        if split == "test" and tested:
            tested(clip, label)
        if own and split == "validation" and calibrated < _CALIBRATION:
            job.stage.extend("calibration", clip[None])
            calibrated += 1


def _lists(job: Job, archive: Path) -> dict[str, str]:
    """The split of each file that is not for training."""
    found: dict[str, str] = {}
    left = {"validation_list.txt": "validation", "testing_list.txt": "test"}
    for name, content in job.raw.members(archive):
        if split := left.pop(PurePosixPath(name).name, ""):
            found |= dict.fromkeys(content.decode("utf-8", "replace").split(), split)
        if not left:
            return found
    raise AssetError(f"{archive}: has no {' and no '.join(sorted(left))}")


def _add_noise(job: Job, name: str, sound: NDArray[np.int16], silence: int) -> None:
    """Noise for augmentation, and every half second of it a clip of silence."""
    split = "validation" if name == _HELD_BACK else "train"
    for start in range(0, len(sound) - RATE, RATE // 2):
        job.stage.add(split, sound[start : start + RATE], silence)
    if split == "train":
        job.stage.array("noise", "<i2", ()).add(sound)


def _whole(clip: NDArray[np.int16]) -> NDArray[np.int16]:
    """Filled up with silence to a second."""
    return np.pad(clip, (0, RATE - len(clip)))
