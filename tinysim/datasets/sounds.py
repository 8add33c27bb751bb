"""Sounds with the windows in which the wake word is said, or seeded noise."""

from pathlib import Path
from random import Random
from struct import pack

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ..benchmarks import Benchmark, Sample
from ..benchmarks.streaming import OFFICIAL_WINDOWS, RATE_HZ
from ..errors import AssetError
from ..storage import read_bytes, read_json
from .dataset import Dataset

_MOST_SOUND = 1 << 28
"""Bytes of a wav file: over an hour."""
_TRUTHS = ("sww_long_test.json", "sww_med_test.json", "sww_short_test.json")
"""The official runner's lists of sounds, the one that counts first."""
_INVENTED_S = 4
_FRAME = 1024
"""Samples that features are first computed from."""

Window = tuple[float, float]


class _Truth(BaseModel):
    """An entry of a list of sounds, as the official runner reads it."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    wav_file: str = ""
    detection_windows: list[tuple[float, float]] = Field(default_factory=list)


_LIST = TypeAdapter(list[_Truth] | list[Window])


def read_windows(path: Path) -> list[tuple[str, tuple[Window, ...]]]:
    """The sounds of a list and their windows in seconds; a list of windows alone is for no sound
    in particular.

    Raises:
        AssetError: it is neither, or a window ends before it starts.
        StorageError: it cannot be read.

    """
    try:
        found = _LIST.validate_python(read_json(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise AssetError(f"{path}: not a list of sounds or windows: {first['msg']}") from None
    entries: list[tuple[str, list[Window]]] = []
    for item in found:
        if isinstance(item, _Truth):
            entries.append((item.wav_file, item.detection_windows))
        elif entries:
            entries[0][1].append(item)
        else:
            entries.append(("", [item]))
    for _, windows in entries:
        for start, end in windows:
            if not 0 <= start <= end:
                raise AssetError(f"{path}: a window from {start:g} to {end:g} s is none")
    return [(name, tuple(windows)) for name, windows in entries]


def read_sound(path: Path, windows: tuple[Window, ...] = ()) -> Sample:
    """A wav file as the interface board plays it: left and right of 16 bits at 16 kHz; one channel
    goes to both.

    Raises:
        AssetError: it is none, too short for a frame, or over before a window begins.
        StorageError: it cannot be read.

    """
    from .wav import read_stereo

    samples = read_stereo(read_bytes(path, _MOST_SOUND), path.name)
    if len(samples) < _FRAME:
        raise AssetError(f"{path}: {len(samples)} samples; the first frame has {_FRAME}")
    length_s = len(samples) / RATE_HZ
    for start, _ in windows:
        if start >= length_s:
            raise AssetError(
                f"{path}: is {length_s:.2f} s long, and a window begins at {start:g} s"
            )
    return Sample(path.name, 0, (samples.tobytes(),), windows)


def read_given(wav: Path, windows: Path | None) -> Dataset:
    """One's own sound, with its windows where there are any.

    Raises:
        AssetError: a file is not what it should be.

    """
    found: tuple[Window, ...] = ()
    if windows is not None:
        entries = read_windows(windows)
        if not entries:
            raise AssetError(f"{windows}: has no window: without --windows nothing is scored")
        named = [part for name, part in entries if name == wav.name] or [
            part for name, part in entries if not name or len(entries) == 1
        ]
        if not named:
            raise AssetError(f"{windows}: has nothing about {wav.name}")
        found = named[0]
    return Dataset((read_sound(wav, found),), "given", complete=False)


def read_sounds(
    benchmark: Benchmark, folder: Path, origin: str, limit: int | None = None
) -> Dataset:
    """The first `limit` sounds of the first list in a folder whose wav files are there.

    Raises:
        AssetError: there is no such list, or a file is not what it should be.
        StorageError: a file cannot be read.

    """
    del benchmark  # its firmware takes any sound
    others = sorted(path.name for path in folder.glob("*.json"))
    truths = [name for name in (*_TRUTHS, *others) if (folder / name).is_file()]
    for truth in dict.fromkeys(truths):
        entries = [e for e in read_windows(folder / truth) if (folder / e[0]).is_file()]
        if not entries:
            continue
        samples = tuple(read_sound(folder / name, w) for name, w in entries[:limit])
        count = sum(len(sample.windows) for sample in samples)
        return Dataset(samples, origin, complete=count == OFFICIAL_WINDOWS)
    raise AssetError(f"{folder}: has no list of sounds (.json) whose wav file exists")


def seed_noise(benchmark: Benchmark, limit: int | None) -> Dataset:
    """One sound that means nothing, always the same, whatever `limit`."""
    del limit
    generator = Random(f"{benchmark.data_id}/0")
    noise = (int(generator.gauss(0, 2000)) for _ in range(_INVENTED_S * RATE_HZ))
    sound = b"".join(pack("<hh", value, value) for value in noise)
    sample = Sample("seeded_noise.wav", 0, (sound,))
    return Dataset((sample,), "seeded", complete=False, is_seeded=True)
