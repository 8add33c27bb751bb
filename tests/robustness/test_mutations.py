"""Real files with bytes changed: every command reads them rightly or refuses them in one line.

`TINYSIM_MUTATIONS` is how many of each kind are tried, `TINYSIM_SEED` where they begin.
"""

import json
import os
import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.robustness.command import tinysim
from tests.robustness.memory import growth
from tests.sample_results import make_result
from tinysim.answer import parse_vector
from tinysim.benchmarks import BENCHMARKS
from tinysim.datasets import read_labels
from tinysim.engines.builtin import BuiltinEngine
from tinysim.engines.kinds import kind_of
from tinysim.errors import TinySimError
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.platform.options import options_of
from tinysim.platform.repl import parse
from tinysim.printable import printable
from tinysim.results.baseline import Baseline
from tinysim.submission.system import KEYS

COUNT = int(os.environ.get("TINYSIM_MUTATIONS", "200"))
SEED = int(os.environ.get("TINYSIM_SEED", "0"))

_INTERESTING = (b"", b"\0", b"\xff", b"\xff\xff\xff\xff", b"\x7fELF", b"-", b"9" * 30, b"{", b"[")


def mutated(content: bytes, generator: random.Random) -> bytes:
    """The bytes with a few changes: flipped, overwritten, removed, doubled, cut."""
    data = bytearray(content)
    for _ in range(generator.choice((1, 1, 2, 4, 16))):
        if not data:
            break
        at = generator.randrange(len(data))
        # Headers decide the most, and lie at the beginning.
        if generator.random() < 0.5:
            at = generator.randrange(min(len(data), 256))
        kind = generator.randrange(6)
        if kind == 0:
            data[at] ^= 1 << generator.randrange(8)
        elif kind == 1:
            data[at] = generator.randrange(256)
        elif kind == 2:
            del data[at : at + generator.choice((1, 2, 4, 64))]
        elif kind == 3:
            data[at:at] = data[at : at + generator.choice((1, 4, 64))]
        elif kind == 4:
            data[at : at + 4] = generator.choice(_INTERESTING)
        elif generator.random() < 0.2:
            del data[at:]
        else:
            data[at : at + 4] = struct.pack("<I", generator.getrandbits(32))
    return bytes(data)


def _seeded(kind: str) -> random.Random:
    return random.Random(f"{kind}/{SEED}")


def _images(firmware: Path) -> dict[str, bytes]:
    image = load_image(firmware / "kws_dsp.elf")
    flat = image.segments[0].data
    records = []
    for start in range(0, len(flat), 16):
        row = flat[start : start + 16]
        body = bytes([len(row), start >> 8 & 0xFF, start & 0xFF, 0]) + row
        if start % 0x10000 == 0:
            base = bytes([2, 0, 0, 4]) + struct.pack(">H", 0x0800 + (start >> 16))
            records.append(f":{base.hex()}{-sum(base) & 0xFF:02x}")
        records.append(f":{body.hex()}{-sum(body) & 0xFF:02x}")
    text = "\n".join([*records, ":00000001FF"]).encode()
    return {"elf": (firmware / "kws_dsp.elf").read_bytes(), "hex": text, "bin": flat}


@pytest.mark.parametrize("kind", ["elf", "hex", "bin"])
def test_images(
    firmware: Path, tmp_path: Path, kind: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("tried", COUNT if kind != "hex" else COUNT // 4)
    original, generator, board = _images(firmware)[kind], _seeded(kind), load_board()
    path, ran = tmp_path / f"image.{kind}", 0
    grown = growth()
    for _ in range(COUNT if kind != "hex" else COUNT // 4):
        path.write_bytes(mutated(original, generator))
        try:
            engine = BuiltinEngine(board, load_image(path), {"tier": "T0"})
            engine.boot()
            engine.run_for(0.001)
            ran += 1
        except TinySimError as error:
            assert "\n" not in printable(str(error))
    assert ran or kind == "hex"  # whose every record has a sum
    assert grown() < 1 << 19  # KiB


def _stored() -> dict[str, tuple[bytes, Callable[[str], tuple[str, ...]]]]:
    result = make_result()
    baseline = Baseline().replaced([result])
    system = json.dumps(dict.fromkeys(KEYS, "x"))
    return {
        "result": (result.model_dump_json(indent=1).encode(), lambda path: ("report", path)),
        "baseline": (
            baseline.model_dump_json(indent=1).encode(),
            lambda path: ("baseline", "write", path, "--from", f"{path}.good"),
        ),
        "system": (
            system.encode(),
            lambda path: (
                "submit", f"{path}.tree", "--results", f"{path}.good", "--org", "o",
                "--system", path,
            ),
        ),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["result", "baseline", "system"])
def test_stored_files(
    tmp_path: Path, kind: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("tried", COUNT)
    original, command = _stored()[kind]
    path, generator = tmp_path / "stored.json", _seeded(kind)
    (tmp_path / "stored.json.good").write_text(make_result().model_dump_json())
    refused = 0
    for _ in range(COUNT):
        content = mutated(original, generator)
        path.write_bytes(content)
        code = tinysim(*command(str(path))).code  # which keeps to the rule
        refused += code == 2
        if code == 2:
            assert path.read_bytes() == content
    assert refused > COUNT // 4


def test_labels(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    record_property("tried", COUNT)
    original = b"tst_000000_Stop_7.bin,12,7\n" + b'"b.bin","12","0"\r\n' * 1 + b"c.bin,12,11\n"
    path, generator, kws = tmp_path / "y_labels.csv", _seeded("labels"), BENCHMARKS["kws"]
    for _ in range(COUNT):
        path.write_bytes(mutated(original, generator))
        try:
            rows = read_labels(kws, path)
        except TinySimError:
            continue
        assert all(0 <= label < 12 and "/" not in name for name, label in rows)


def test_board_descriptions(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    record_property("tried", COUNT // 4)
    generator = _seeded("board")
    sources = {path.name: path.read_bytes() for path in Path("platforms").glob("*.*")}
    for name, content in sources.items():
        (tmp_path / name).write_bytes(content)
    for _ in range(COUNT // 4):
        name = generator.choice(sorted(sources))
        (tmp_path / name).write_bytes(mutated(sources[name], generator))
        try:
            load_board(folder=tmp_path)
            parse(tmp_path / "nucleo_l4r5zi.repl")
        except TinySimError:
            pass
        finally:
            (tmp_path / name).write_bytes(sources[name])


_SETTINGS = settings(
    max_examples=COUNT,
    deadline=None,
    derandomize="TINYSIM_SEED" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)


@_SETTINGS
@given(st.text(max_size=60) | st.from_regex(r"[-+0-9.,eE ]{0,40}", fullmatch=True))
def test_answers_are_finite_numbers_or_none(text: str) -> None:
    try:
        values = parse_vector(text)
    except ValueError:
        return
    assert values
    assert all(abs(value) < float("inf") for value in values)


@_SETTINGS
@given(st.text(max_size=100))
def test_what_is_printed_is_one_line_of_text(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) <= 1 or "\n" not in shown
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in shown)
    shown.encode()


@_SETTINGS
@given(
    st.sampled_from(sorted(options_of("builtin"))),
    st.text(max_size=20) | st.integers() | st.booleans(),
)
def test_an_option_is_in_its_range_or_refused(name: str, value: int | str | bool) -> None:
    option = options_of("builtin")[name]
    try:
        found = kind_of("builtin").checked({name: value})[name]
    except TinySimError:
        return
    assert (
        option.range == "a text"
        or found in option.words
        or option.least <= int(found) <= option.most
    )
