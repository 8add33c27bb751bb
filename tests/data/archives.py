"""Raw archives in miniature, in the formats of the real ones."""

import io
import pickle
import tarfile
import wave
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.training.synthetic import RATE


def wav(samples: NDArray[np.int16], rate: int = RATE, channels: int = 1, width: int = 2) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return content.getvalue()


def tar(path: Path, files: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    path.write_bytes(content.getvalue())
    return path


def clip(seed: int, length: int = RATE) -> NDArray[np.int16]:
    return np.random.default_rng(seed).normal(0, 3000, length).astype(np.int16)


def speech(raw: Path) -> None:
    """Speech Commands: four words, two noises, the lists, and the evaluation's archive."""
    files = {
        f"./{w}/a_nohash_{n}.wav": wav(clip(n, RATE - 100 * n))
        for w in ("yes", "no", "marvin", "bed")
        for n in range(3)
    }
    files["./_background_noise_/white_noise.wav"] = wav(clip(9, 2 * RATE + 1))
    files["./_background_noise_/running_tap.wav"] = wav(clip(8, RATE + 1))
    files["./validation_list.txt"] = b"yes/a_nohash_1.wav\nbed/a_nohash_1.wav\n"
    files["./testing_list.txt"] = b"no/a_nohash_2.wav\nmarvin/a_nohash_2.wav\n"
    files["./README.md"] = b"text"
    tar(raw / "speech_commands_v0.02.tar.gz", files)
    tested = {
        f"./{w}/b_{n}.wav": wav(clip(20 + n))
        for w in ("yes", "_silence_", "_unknown_")
        for n in range(2)
    }
    tar(raw / "speech_commands_test_set_v0.02.tar.gz", tested)


def cifar_batch(number: int, count: int = 10, **changes: object) -> bytes:
    random = np.random.default_rng(number)
    return pickle.dumps(
        {
            b"batch_label": b"a batch",
            b"data": random.integers(0, 256, (count, 3072), dtype=np.uint8),
            b"labels": [place % 10 for place in range(count)],
            b"filenames": [
                f"thing_s_{number:03d}{place:03d}.png".encode() for place in range(count)
            ],
            **{key.encode(): value for key, value in changes.items()},
        },
        protocol=2,
    )


def cifar(raw: Path) -> None:
    batches = {f"data_batch_{n}": cifar_batch(n) for n in range(1, 6)}
    batches["test_batch"] = cifar_batch(0, 300)
    files = {f"cifar-10-batches-py/{name}": content for name, content in batches.items()}
    tar(raw / "cifar-10-python.tar.gz", files)


def toycar(raw: Path) -> None:
    for folder, kind, count in (
        ("train", "normal", 10),
        ("test", "normal", 2),
        ("test", "anomaly", 1),
    ):
        place = raw / "ToyCar" / folder
        place.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            sound = clip(100 + number, 8 * RATE + 8000)
            (place / f"{kind}_id_01_{number:08d}.wav").write_bytes(wav(sound))


def persons(raw: Path) -> None:
    from PIL import Image

    files = {}
    for folder in ("person", "non_person"):
        for number in range(12):
            pixels = np.random.default_rng(number).integers(0, 256, (96, 96, 3), dtype=np.uint8)
            content = io.BytesIO()
            Image.fromarray(pixels).save(content, "JPEG")
            part = "val" if number < 3 else "train"
            label = 100 * (folder == "person") + number
            if (folder, number) == ("person", 11):
                label = 113_212  # which the official model was calibrated with
            files[f"vw_coco2014_96/{folder}/COCO_{part}2014_{label:012d}.jpg"] = content.getvalue()
    tar(raw / "vw_coco2014_96.tar.gz", files)
