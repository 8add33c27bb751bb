"""Data sets out of raw archives; the features need SciPy."""

import hashlib
import json
import pickle
import re
import tarfile
from pathlib import Path

import numpy as np
import pytest

from tests.data import archives as raw
from tests.robustness.command import refused, tinysim
from tests.training.synthetic import RATE
from tinysim.benchmarks import BENCHMARKS
from tinysim.data import PREPARATIONS, prepare
from tinysim.datasets import find_dataset, read_dataset
from tinysim.features import ad, kws
from tinysim.training import find_recipe
from tinysim.training.calibration import load_calibration
from tinysim.training.sets import open_split

pytest.importorskip("scipy", reason="the extra `data` is not installed")

MAKE = {
    "kws": raw.speech,
    "sww": raw.speech,
    "ic": raw.cifar,
    "ad": raw.toycar,
    "vww": raw.persons,
}
COUNTS = {
    "kws": {"train": 12 - 4 + 3, "validation": 2 + 1, "calibration": 2, "test": 6, "kws01": 6},
    "sww": {"train": 12 - 4 + 3, "validation": 2 + 1, "calibration": 2, "test": 2},
    "ic": {"train": 40, "validation": 10, "calibration": 5, "test": 300, "ic01": 200},
    "ad": {"train": 9 * 196, "validation": 196, "calibration": 2 * 40, "ad01": 3},
    "vww": {"train": 16, "validation": 2, "calibration": 1, "test": 6, "vww01": 6},
}


@pytest.mark.parametrize("name", PREPARATIONS)
def test_a_set_is_what_runs_and_trainings_read(name: str, tmp_path: Path) -> None:
    """Counts, the manifest's hashes, the runner's layout, and arrays that the recipe takes."""
    source, out = tmp_path / "raw", tmp_path / "out"
    MAKE[name](source)
    made = prepare(name, source, out, jobs=1)
    assert made.counts | COUNTS[name] == made.counts
    listed = json.loads(made.manifest.read_text())
    for part, folder in (("read", source), ("written", out)):
        assert listed[part]
        for entry in listed[part]:
            content = (folder / entry["path"]).read_bytes()
            assert (len(content), hashlib.sha256(content).hexdigest()) == (
                entry["bytes"],
                entry["sha256"],
            )
    recipe = find_recipe(name)
    for split in ("train", "validation"):
        assert len(open_split(out, recipe, split).examples) == made.counts[split]
    if benchmark := BENCHMARKS.get(name):
        folder = out / "datasets" / benchmark.model_id
        found = read_dataset(benchmark, folder, "given")
        assert not found.missing
        if benchmark.dialogue.listens:
            assert [len(sample.windows) for sample in found.samples] == [1]  # the one for testing
        else:
            assert len(found.samples) == COUNTS[name][benchmark.model_id]
    assert not list(out.glob(".tinysim-*"))
    again = prepare(name, source, tmp_path / "again", jobs=1)
    assert again.manifest.read_text() == made.manifest.read_text()
    refused(
        tinysim("data", "prepare", name, "--raw", str(source), "--out", str(out)),
        "exists already",
    )


def test_keyword_inputs_are_the_features_of_their_sounds(tmp_path: Path) -> None:
    raw.speech(tmp_path)
    prepare("kws", tmp_path, tmp_path / "out")
    samples = read_dataset(
        BENCHMARKS["kws"], tmp_path / "out" / "datasets" / "kws01", "given"
    ).samples
    expected = {kws.as_input(kws.mfcc(raw.clip(20 + n))).tobytes() for n in range(2)}
    assert {sample.inputs[0] for sample in samples} == expected
    assert sorted(sample.label for sample in samples) == [9, 9, 10, 10, 11, 11]
    first = samples[0]
    assert first.file == f"tst_000000_{BENCHMARKS['kws'].classes[first.label]}_{first.label}.bin"
    split = open_split(tmp_path / "out", find_recipe("kws"), "train")
    assert split.labels is not None
    assert sorted(map(int, split.labels)) == [3, 3, 9, 9, 10, 10, 10, *[11] * 4]


def test_a_machines_file_is_its_energies(tmp_path: Path) -> None:
    raw.toycar(tmp_path)
    prepare("ad", tmp_path, tmp_path / "out", jobs=2)
    folder = tmp_path / "out" / "datasets" / "ad01"
    energies = ad.log_mel(raw.clip(100, 8 * RATE + 8000))
    stored = folder / "normal_id_01_00000000_hist_librosa.bin"
    assert stored.read_bytes() == energies.tobytes()
    row = "anomaly_id_01_00000000_hist_librosa.bin,2,1,2560,512"
    assert row in (folder / "y_labels.csv").read_text().splitlines()
    windows = open_split(tmp_path / "out", find_recipe("ad"), "train").examples
    assert np.array_equal(windows[3], energies[3:8].ravel())


def test_archives_are_read_as_they_come(tmp_path: Path) -> None:
    """ToyCar's two zip archives and MUSAN's tar make what their folders make."""
    pytest.importorskip("scipy")
    plain, packed = tmp_path / "plain", tmp_path / "packed"
    raw.toycar(plain)
    packed.mkdir()
    files = {path.relative_to(plain).as_posix(): path.read_bytes() for path in plain.rglob("*.wav")}
    later = {name: data for name, data in files.items() if "train/normal_id_01_00000009" in name}
    for name, part in (
        ("dev_data_ToyCar.zip", {n: d for n, d in files.items() if n not in later}),
        ("eval_data_train_ToyCar.zip", {**later, "ToyCar/readme.txt": b"text"}),
    ):
        raw.zipped(packed / name, part)
    made = [prepare("ad", source, tmp_path / f"{source.name}-out") for source in (plain, packed)]
    written = [json.loads(one.manifest.read_text())["written"] for one in made]
    assert written[0] == written[1]
    read = json.loads(made[1].manifest.read_text())["read"]
    assert [entry["path"] for entry in read] == [
        "dev_data_ToyCar.zip",
        "eval_data_train_ToyCar.zip",
    ]
    dev = packed / "dev_data_ToyCar.zip"
    content = dev.read_bytes()
    for spoiled in (content[:-40], content[:500] + bytes(40) + content[540:]):
        dev.write_bytes(spoiled)
        out = tmp_path / "bad"
        arguments = ("data", "prepare", "ad", "--raw", str(packed), "--out", str(out))
        refused(tinysim(*arguments), "damaged")
        assert not list(out.iterdir())
    raw.speech(plain)
    noise = {f"musan/noise/free-sound/n{n}.wav": raw.wav(raw.clip(n, 3000)) for n in range(2)}
    raw.tar(plain / "musan.tar.gz", {**noise, "musan/music/m.wav": b"never read"})
    prepare("sww", plain, tmp_path / "sww")
    stored = np.load(tmp_path / "sww" / "training" / "sww" / "noise.npy")
    assert np.array_equal(stored[-6000:], np.concatenate([raw.clip(n, 3000) for n in range(2)]))


def test_official_calibration_inputs_are_taken_where_they_are(tmp_path: Path) -> None:
    raw.cifar(tmp_path)
    raw.speech(tmp_path)
    np.save(tmp_path / "calibration_samples_idxs.npy", np.array([299, 7, 8]))
    specs = np.random.default_rng(0).uniform(0, 1, (5, 30, 1, 40))
    np.savez_compressed(tmp_path / "calibration_samples.npz", specs=specs, labels=np.zeros(5))
    for name in ("ic", "sww"):
        prepare(name, tmp_path, tmp_path / "out")
    test = open_split(tmp_path / "out", find_recipe("ic"), "test").examples
    folder = tmp_path / "out" / "training"
    assert np.array_equal(np.load(folder / "ic" / "calibration-x.npy"), test[[299, 7, 8]])
    path = folder / "sww" / "calibration-x.npy"
    recipe = find_recipe("sww")
    loaded = load_calibration([path], recipe.input_shape, recipe)
    assert np.array_equal(loaded, specs.astype(np.float32))
    for name, file, content, said in (
        ("ic", "calibration_samples_idxs.npy", np.array([300]), "image 300 of 300"),
        ("ic", "calibration_samples_idxs.npy", np.array([0.5]), "whole numbers"),
    ):
        np.save(tmp_path / file, content)
        arguments = ("data", "prepare", name, "--raw", str(tmp_path), "--out", str(tmp_path / "b"))
        refused(tinysim(*arguments), said)
    (tmp_path / "calibration_samples.npz").write_bytes(b"PK")
    arguments = ("data", "prepare", "sww", "--raw", str(tmp_path), "--out", str(tmp_path / "b"))
    refused(tinysim(*arguments), "not an array file of numpy")


def test_images_keep_their_pixels(tmp_path: Path) -> None:
    raw.cifar(tmp_path)
    prepare("ic", tmp_path, tmp_path / "out")
    batch = pickle.loads(raw.cifar_batch(0, 300), encoding="bytes")
    image = batch[b"data"][7].reshape(3, 32, 32)
    test = open_split(tmp_path / "out", find_recipe("ic"), "test")
    assert np.array_equal(test.examples[7], np.moveaxis(image, 0, 2))


def test_official_labels_choose_the_files_and_are_verified(tmp_path: Path) -> None:
    raw.cifar(tmp_path)
    labels = tmp_path / "y_labels.csv"
    labels.write_text("thing_s_000003.bin,10,3\nthing_s_000001.bin,10,1\n")
    command = ("data", "prepare", "ic", "--raw", str(tmp_path), "--verify", str(labels), "--out")
    ran = tinysim(*command, str(tmp_path / "a"))
    assert ran.code == 0 and "every file was found, with the same label" in ran.out
    written = tmp_path / "a" / "datasets" / "ic01" / "y_labels.csv"
    assert written.read_text() == labels.read_text()
    labels.write_text("thing_s_000003.bin,10,4\nother_s_000001.bin,10,1\n")
    ran = tinysim(*command, str(tmp_path / "b"))
    assert ran.code == 1
    assert "thing_s_000003.bin: class 3 where the official label is 4" in ran.err
    assert "other_s_000001.bin: is missing" in ran.err


def _spoiled(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(64) + content[middle + 64 :]


def _with_format(number: int) -> bytes:
    """A sound whose header says that its samples are of another format."""
    content = raw.wav(raw.clip(0, 100))
    return content[:20] + number.to_bytes(2, "little") + content[22:]


def test_what_macos_adds_is_no_data(tmp_path: Path) -> None:
    raw.toycar(tmp_path)
    raw.persons(tmp_path)
    with tarfile.open(tmp_path / "vw_coco2014_96.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    (tmp_path / "vw_coco2014_96.tar.gz").unlink()
    (tmp_path / "vw_coco2014_96" / "person" / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (tmp_path / "ToyCar" / "test" / "._normal_id_01_00000000.wav").write_bytes(b"\0\5\x16\7")
    for name in ("vww", "ad"):
        counts = prepare(name, tmp_path, tmp_path / "out", jobs=1).counts
        left = {*COUNTS[name]} - ({"train", "validation"} if name == "vww" else set())
        assert {part: counts[part] for part in left} == {part: COUNTS[name][part] for part in left}
    speech = {
        "speech_commands_v0.02.tar": {
            "validation_list.txt": b"", "testing_list.txt": b"",
            "yes/a.wav": raw.wav(raw.clip(0)), "yes/._a.wav": b"\0\5\x16\7",
        },
        "speech_commands_test_set_v0.02.tar": {"yes/b.wav": raw.wav(raw.clip(1))},
    }  # fmt: skip
    for archive_name, files in speech.items():
        raw.tar(tmp_path / archive_name, files)
    assert prepare("kws", tmp_path, tmp_path / "out", jobs=1).counts["train"] == 1


def test_an_evaluation_set_that_came_out_empty_is_told(tmp_path: Path) -> None:
    """Images of one's own have no numbers of COCO, by which the evaluation set is chosen."""
    from PIL import Image

    for folder in ("person", "non_person"):
        place = tmp_path / "vw_coco2014_96" / folder
        place.mkdir(parents=True)
        Image.new("RGB", (96, 96)).save(place / "mine.png")
    arguments = ("data", "prepare", "vww", "--raw", str(tmp_path), "--out")
    ran = tinysim(*arguments, str(tmp_path / "out"))
    assert ran.code == 0
    assert f"vww01: nothing in {tmp_path} is for the evaluation set" in ran.err
    raw.persons(tmp_path / "whole")
    ran = tinysim(*arguments[:4], str(tmp_path / "whole"), "--out", str(tmp_path / "full"))
    assert (ran.code, ran.err) == (0, "")


def test_bad_raw_data_are_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    good = tmp_path / "good"
    raw.speech(good)
    raw.cifar(good)
    main, tested = "speech_commands_v0.02.tar.gz", "speech_commands_test_set_v0.02.tar.gz"
    lists = {"validation_list.txt": b"", "testing_list.txt": b""}
    whole = (good / main).read_bytes()
    batches = {f"data_batch_{n}": raw.cifar_batch(n) for n in range(1, 6)}

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return print, ("run",)

    def sounds(content: bytes, **more: bytes) -> bytes:
        return raw.tar(tmp_path / "t.tar", {**lists, **more, "yes/a.wav": content}).read_bytes()

    def images(**more: bytes) -> bytes:
        return raw.tar(tmp_path / "t.tar", {**batches, **more}).read_bytes()

    long, one = raw.clip(0, RATE + 1), raw.clip(0, 100)
    cases: list[tuple[str, str, bytes, str]] = [
        ("kws", main, whole[:-200], "damaged or not a tar archive"),
        ("kws", main, _spoiled(whole), "damaged or not a tar archive"),
        ("kws", main, b"", "damaged or not a tar archive|has no"),
        ("kws", main, sounds(raw.wav(one, rate=8000)), "yes/a.wav: 8000 Hz, 16 bits, 1 channels"),
        ("kws", main, sounds(raw.wav(one, channels=2)), "2 channels; 16000 Hz"),
        ("kws", main, sounds(raw.wav(one, width=1)), "16000 Hz, 8 bits"),
        ("kws", main, sounds(raw.wav(long)), "16001 samples where 16000"),
        ("kws", main, sounds(raw.wav(one)[:-9]), "samples are there"),
        ("kws", main, sounds(b"RIFF"), "not a wav file: it ends too early"),
        ("kws", main, sounds(_with_format(3)), "another kind than PCM, 16 bits: unknown format: 3"),
        (
            "kws",
            main,
            raw.tar(tmp_path / "t.tar", {"yes/a.wav": raw.wav(one)}).read_bytes(),
            "has no testing_list.txt and no validation_list.txt",
        ),
        ("ic", "cifar-10-python.tar", images(), "CIFAR-10 without test_batch"),
        ("ic", "cifar-10-python.tar", images(test_batch=b"no"), "test_batch: damaged"),
        ("ic", "cifar-10-python.tar", images(test_batch=pickle.dumps(Evil())), "builtins.print"),
        (
            "ic",
            "cifar-10-python.tar",
            images(test_batch=raw.cifar_batch(0, 3, labels=[1, 2, 10])),
            "class 10 is none of CIFAR-10's ten",
        ),
        (
            "ic",
            "cifar-10-python.tar",
            images(test_batch=raw.cifar_batch(0, 3, labels=[1, 2])),
            "not a batch of CIFAR-10",
        ),
    ]
    for number, (name, file, content, said) in enumerate(cases):
        source, out = tmp_path / f"raw{number}", tmp_path / f"out{number}"
        source.mkdir()
        (source / file).write_bytes(content)
        (source / tested).write_bytes((good / tested).read_bytes())
        refused(tinysim("data", "prepare", name, "--raw", str(source), "--out", str(out)), said)
        assert not out.exists() or not list(out.iterdir()), (file, said)
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    for name in PREPARATIONS:
        arguments = ("data", "prepare", name, "--raw", str(nothing), "--out", str(tmp_path / "o"))
        refused(tinysim(*arguments), "has no")
    refused(
        tinysim("data", "prepare", "kws", "--raw", str(tmp_path / "absent"), "--out", str(nothing)),
        "there is no such folder",
    )


def test_bad_sounds_and_images_in_folders_are_one_line(tmp_path: Path) -> None:
    raw.toycar(tmp_path)
    sound = tmp_path / "ToyCar" / "train" / "normal_id_01_00000003.wav"
    good = sound.read_bytes()
    for content, said in (
        (raw.wav(raw.clip(0, 4000)), "4000 samples where 128000"),
        (raw.wav(raw.clip(0, 9 * RATE), rate=44_100), "44100 Hz"),
        (b"", "not a wav file"),
    ):
        sound.write_bytes(content)
        out = tmp_path / "out"
        arguments = ("data", "prepare", "ad", "--raw", str(tmp_path), "--out", str(out))
        refused(tinysim(*arguments), said)
        assert not list(out.iterdir())
    sound.write_bytes(good)
    sound.rename(sound.with_name("car.wav"))
    refused(tinysim(*arguments), "its name does not say")
    images = {"vw_coco2014_96/person/COCO_val2014_000000000001.jpg": b"no image"}
    raw.tar(tmp_path / "vw_coco2014_96.tar", images)
    arguments = ("data", "prepare", "vww", "--raw", str(tmp_path), "--out", str(out))
    refused(tinysim(*arguments), "not an image")


def test_without_out_the_cache_has_the_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw.cifar(tmp_path / "raw")
    monkeypatch.setenv("TINYSIM_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("TINYSIM_ASSETS", raising=False)
    ran = tinysim("data", "prepare", "ic", "--raw", str(tmp_path / "raw"))
    assert ran.code == 0, ran
    found = find_dataset(BENCHMARKS["ic"])
    assert (len(found.samples), found.origin) == (200, "cache")


def test_status_names_what_is_there_and_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw.cifar(tmp_path / "raw")
    prepare("ic", tmp_path / "raw", tmp_path / "out")
    monkeypatch.setenv("TINYSIM_ASSETS", str(tmp_path / "out"))
    monkeypatch.setenv("TINYSIM_CACHE", str(tmp_path / "cache"))
    ran = tinysim("data", "status")
    assert ran.code == 0
    assert re.search(r"ic, ic01 +│ 200 of 200 files +│ TINYSIM_ASSETS", ran.out)
    assert re.search(r"ic, training +│ calibration, test, train, validation ", ran.out)
    assert "all 1000 files" in ran.out and "needed to compare with" in ran.out
