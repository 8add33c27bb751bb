"""Data sets: labels as the official runner's csv reader takes them, and ones that cannot be."""

import math
import struct
from pathlib import Path

import pytest

from tests.robustness.command import refused, tinysim
from tinysim.benchmarks import BENCHMARKS
from tinysim.datasets import find_dataset
from tinysim.errors import AssetError, TinySimError

KWS = BENCHMARKS["kws"]

RIGHT = {
    "plain": b"a.bin,12,7\nb.bin,12,0\n",
    "no end of line": b"a.bin,12,7\nb.bin,12,0",
    "CRLF": b"a.bin,12,7\r\nb.bin,12,0\r\n",
    "a byte order mark": b"\xef\xbb\xbfa.bin,12,7\nb.bin,12,0\n",
    "quotes": b'"a.bin","12","7"\n"b.bin",12,0\n',
    "blank lines": b"\n\na.bin,12,7\n\n   \nb.bin,12,0\n\n",
    "blanks": b" a.bin , 12 , 7 \nb.bin,12,0\n",
    "fields more": b"a.bin,12,7,2560,512\nb.bin,12,0,x\n",
    "leading zeroes": b"a.bin,012,07\nb.bin,12,00\n",
}

WRONG = {
    "empty": (b"", "none of the files"),
    "blank": (b"\n\n", "none of the files"),
    "nothing there": (b"x.bin,12,1\n", "none of the files"),
    "one field": (b"a.bin\n", ":1: 'file,classes,class'"),
    "two fields": (b"a.bin,12\n", ":1: 'file,classes,class'"),
    "a second line": (b"a.bin,12,7\nb.bin,12\n", ":2: 'file,classes,class'"),
    "no name": (b",12,7\n", ":1: ''"),
    "no label": (b"a.bin,12,\n", ":1: 'file,classes,class'"),
    "a word": (b"a.bin,12,cat\n", ":1: 'file,classes,class'"),
    "a negative label": (b"a.bin,12,-1\n", ":1: 'file,classes,class'"),
    "a fraction": (b"a.bin,12,1.0\n", ":1: 'file,classes,class'"),
    "a huge label": (b"a.bin,12," + b"9" * 5000 + b"\n", ":1: 'file,classes,class'"),
    "another script's digit": ("a.bin,12,\u0663\n".encode(), ":1: 'file,classes,class'"),
    "a superscript": ("a.bin,12,\u00b2\n".encode(), ":1: 'file,classes,class'"),
    "a label too large": (b"a.bin,12,12\n", "label 12 is none of the 12"),
    "far too large": (b"a.bin,12,999999\n", "label 999999 is none of the 12"),
    "other classes": (b"a.bin,10,7\n", "10 classes, kws01 has 12"),
    "no class": (b"a.bin,0,0\n", "0 classes, kws01 has 12"),
    "twice": (b"a.bin,12,7\na.bin,12,7\n", ":2: 'a.bin' is listed twice"),
    "twice with another label": (b"a.bin,12,7\nb.bin,12,1\na.bin,12,6\n", ":3: 'a.bin' is listed"),
    "up": (b"../a.bin,12,7\n", "not the name of a file in this folder"),
    "far up": (b"../../../../etc/passwd,12,7\n", "not the name of a file in this folder"),
    "absolute": (b"/etc/passwd,12,7\n", "not the name of a file in this folder"),
    "below": (b"x/a.bin,12,7\n", "not the name of a file in this folder"),
    "backslashes": (b"..\\a.bin,12,7\n", "not the name of a file in this folder"),
    "the folder": (b".,12,7\n", "not the name|is a folder"),
    "the folder above": (b"..,12,7\n", "is a folder"),
    "a null": (b"a\0.bin,12,7\n", "not the name of a file|NUL"),
    "a folder below": (b"folder,12,7\n", "cannot be read"),
    "a short file": (b"short.bin,12,7\n", "inputs of 490 bytes"),
    "a long file": (b"long.bin,12,7\n", "inputs of 490 bytes"),
    "an empty file": (b"empty.bin,12,7\n", "inputs of 490 bytes"),
    "an open quote": (b'"a.bin,12,7\n', "y_labels.csv:"),
    "UTF-16": ("a.bin,12,7\n".encode("utf-16"), "not UTF-8"),
    "UTF-32": ("a.bin,12,7\n".encode("utf-32"), "not UTF-8"),
    "Latin-1": ("\u00e9.bin,12,7\n".encode("latin-1"), "not UTF-8"),
    "noise": (bytes(range(256)), "not UTF-8|expected"),
    "an escape": (b"\x1b[2J.bin,12,x\n", "expected"),
    "JSON": (b'{"a.bin": 7}\n', "expected"),
    "semicolons": (b"a.bin;12;7\n", "expected"),
    "tabs": (b"a.bin\t12\t7\n", "expected"),
    "a heading": (b"file,classes,class\na.bin,12,7\n", "like 'a.bin,12,0', and no heading"),
    "counted from 1": (b"a.bin,12,12\n", "which are 0 to 11"),
    "sounds": (b"sound.wav,12,1\n", "32,044 bytes; .* 490 bytes were expected: int8, 49 frames of"),
}


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "datasets" / "kws01"
    (folder / "folder").mkdir(parents=True)
    sizes = {"a": 490, "b": 490, "short": 489, "long": 491, "empty": 0, "sound": 32044}
    for name, size in sizes.items():
        (folder / f"{name}.bin").write_bytes(bytes(size))
    (folder / "sound.bin").rename(folder / "sound.wav")
    monkeypatch.setenv("TINYSIM_ASSETS", str(tmp_path))
    return folder


@pytest.fixture
def energies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data set of ad: two files of two windows."""
    folder = tmp_path / "datasets" / "ad01"
    folder.mkdir(parents=True)
    for name, level in (("a", -20.0), ("b", 3.0)):
        (folder / f"{name}.bin").write_bytes(struct.pack("<f", level) * (640 + 128))
    monkeypatch.setenv("TINYSIM_ASSETS", str(tmp_path))
    return folder


@pytest.mark.parametrize("name", RIGHT)
def test_labels_are_read_as_csv(assets: Path, name: str) -> None:
    (assets / "y_labels.csv").write_bytes(RIGHT[name])
    found = find_dataset(KWS)
    assert [(sample.file, sample.label) for sample in found.samples] == [("a.bin", 7), ("b.bin", 0)]
    assert not found.missing


@pytest.mark.parametrize("mode", ["performance", "accuracy"])
@pytest.mark.parametrize("name", WRONG)
def test_labels_that_cannot_be(assets: Path, firmware: Path, name: str, mode: str) -> None:
    content, pattern = WRONG[name]
    (assets / "y_labels.csv").write_bytes(content)
    image = str(firmware / "kws_dsp.elf")
    refused(tinysim("run", "kws", "--image", image, "--mode", mode), pattern)


def test_a_missing_file_is_named(assets: Path, firmware: Path) -> None:
    (assets / "y_labels.csv").write_text("a.bin,12,7\ngone.bin,12,1\nb.bin,12,0\n")
    assert find_dataset(KWS).missing == ("gone.bin",)
    image = str(firmware / "kws_dsp.elf")
    ran = tinysim("run", "kws", "--image", image, "--mode", "accuracy")
    refused(ran, r"1 files of y_labels\.csv are missing, 'gone\.bin' among them")


def test_a_part_of_the_files_is_not_evaluated_on_the_host(assets: Path) -> None:
    from tinysim.training.evaluate import _official
    from tinysim.training.recipes import find_recipe

    (assets / "y_labels.csv").write_text("a.bin,12,7\nb.bin,12,1\n")
    assert [label for _, label in _official(find_recipe("kws"), KWS, assets)] == [7, 1]
    (assets / "y_labels.csv").write_text("a.bin,12,7\ngone.bin,12,1\n")
    with pytest.raises(AssetError, match=r"'gone\.bin' among them"):
        list(_official(find_recipe("kws"), KWS, assets))


def test_a_data_set_without_labels_is_no_data_set(assets: Path, firmware: Path) -> None:
    image = str(firmware / "kws_dsp.elf")
    for mode in ("performance", "accuracy"):
        ran = tinysim("run", "kws", "--image", image, "--mode", mode)
        refused(ran, r"there is no y_labels\.csv")


@pytest.mark.parametrize(
    ("rest", "pattern"),
    [
        (
            ",2560,2560",
            "inputs of 2560 bytes, every 2560; the firmware for ad01 takes 2560 ",
        ),
        (",640,512", "inputs of 640 bytes"),
        (",2560", "inputs of 2560; "),
        (",wide,512", "inputs of wide bytes"),
    ],
)
def test_other_windows_than_the_firmware_takes_are_refused(
    energies: Path, rest: str, pattern: str
) -> None:
    (energies / "y_labels.csv").write_text(f"a.bin,2,0{rest}\nb.bin,2,1{rest}\n")
    with pytest.raises(AssetError, match=f":1: {pattern}"):
        find_dataset(BENCHMARKS["ad"])
    for good in (",2560,512", ",02560,0512", ""):
        (energies / "y_labels.csv").write_text(f"a.bin,2,0{good}\n")
        assert len(find_dataset(BENCHMARKS["ad"]).samples[0].inputs) == 2


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_an_energy_is_a_number(energies: Path, value: float) -> None:
    (energies / "y_labels.csv").write_text("a.bin,2,0\n")
    content = (energies / "a.bin").read_bytes()
    (energies / "a.bin").write_bytes(content[:-4] + struct.pack("<f", value))
    with pytest.raises(AssetError, match=r"a\.bin: number 767 is "):
        find_dataset(BENCHMARKS["ad"])


def test_files_of_one_class_have_no_auc_and_this_is_said(energies: Path, firmware: Path) -> None:
    arguments = ("run", "ad", "--image", str(firmware / "ad_dsp.elf"), "--mode", "accuracy")
    (energies / "y_labels.csv").write_text("a.bin,2,0\nb.bin,2,0\n")
    ran = tinysim(*arguments)
    assert ran.code == 0
    assert "ad: every file is 'normal': an AUC is over files of both classes" in ran.out
    (energies / "y_labels.csv").write_text("a.bin,2,0\nb.bin,2,1\n")
    assert "every file is" not in tinysim(*arguments).out


@pytest.mark.parametrize("value", ["/nowhere", "/dev/null", "\x1b[2J", "a" * 5000])
def test_assets_that_are_not_there(
    firmware: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("TINYSIM_ASSETS", value)
    image = str(firmware / "kws_dsp.elf")
    for mode in ("performance", "accuracy"):
        ran = tinysim("run", "kws", "--image", image, "--mode", mode)
        refused(ran, r"TINYSIM_ASSETS=.*: there is no such folder")


def test_seeded_inputs_are_no_accuracy_and_this_is_said(
    firmware: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TINYSIM_ASSETS", str(tmp_path))
    monkeypatch.setattr("tinysim.datasets.find.cache_folder", lambda: tmp_path)
    image = str(firmware / "kws_dsp.elf")
    ran = tinysim("run", "kws", "--image", image, "--mode", "accuracy", "--limit", "1")
    assert ran.code == 0
    assert "accuracy is not reported" in ran.out
    assert f"They were looked for in {tmp_path}/{{models,datasets}} and " in ran.out


def test_a_label_file_that_is_no_file(assets: Path) -> None:
    (assets / "y_labels.csv").mkdir()
    with pytest.raises(TinySimError, match="cannot be read"):
        find_dataset(KWS)
