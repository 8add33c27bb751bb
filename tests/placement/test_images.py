"""Images whose parts were placed: what the picture shows, what the ELF has, what the board does."""

import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.models.networks import Making
from tinysim import Board, firmware
from tinysim.benchmarks import BENCHMARKS
from tinysim.engines.builtin import BuiltinEngine
from tinysim.image import Image, load_image
from tinysim.models.network import Quantization, Tensor
from tinysim.models.twin import write_twin
from tinysim.models.write import write_network
from tinysim.platform import load_board
from tinysim.results import Placement, parse_placement

if shutil.which("arm-none-eabi-g++") is None:
    pytest.skip("the firmware's toolchain is missing", allow_module_level=True)


@pytest.fixture(scope="module", params=["ad", "ic2"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those whose weights do not fit SRAM1."""
    path = tmp_path_factory.mktemp("twin") / "m.tflite"
    path.write_bytes(write_twin(request.param))
    (made,) = firmware.build([BENCHMARKS[request.param]], model=path)
    return made.image


def _placement(image: Image) -> Placement:
    found = parse_placement(image.placement)
    assert found is not None
    return found


def _word(image: Image, address: int) -> int:
    return int.from_bytes(image.read(address, 4), "little")


def _table(image: Image) -> list[tuple[int, int, int]]:
    """Address, bytes and working memory of each request, as the firmware reads them."""
    at = _word(image, image.symbols["tinysim_places"])
    count = _word(image, image.symbols["tinysim_place_count"])
    return [
        (_word(image, at + 12 * n), _word(image, at + 12 * n + 4), _word(image, at + 12 * n + 8))
        for n in range(count)
    ]


def test_the_picture_shows_what_the_elf_has(built: Path) -> None:
    image = load_image(built)
    placement = _placement(image)
    shown = {(part.address, part.size) for part in placement.parts if part.kind == "weights"}
    assert {(address, size) for address, size, _ in _table(image) if address} == shown
    sections = {section.name: section for section in image.sections}
    kinds = {"arena": [".arena"], "input": [".input"], "state": [".state"]}
    kinds["working memory"] = [name for name in sections if name.startswith(".scratch")]
    for kind, names in kinds.items():
        found = {(part.address, part.size) for part in placement.parts if part.kind == kind}
        expected = {(sections[n].address, sections[n].size) for n in names if n in sections}
        assert found == expected
    runs = [section for name, section in sections.items() if name.startswith(".weights")]
    for address, size in shown:
        assert any(
            run.address <= address and address + size <= run.address + run.size for run in runs
        )
    scratch = {part.address for part in placement.parts if part.kind == "working memory"}
    assert {working for _, _, working in _table(image)} <= scratch


def test_each_part_is_in_the_memories_that_are_named(built: Path) -> None:
    placement = _placement(load_image(built))
    for part in (*placement.parts, *placement.in_arena):
        names = [
            memory.name
            for memory in placement.memories
            if part.address < memory.address + memory.size
            and memory.address < part.address + part.size
        ]
        assert part.memory == " and ".join(names)
    assert {memory.name for memory in placement.memories} == {"SRAM1", "SRAM2", "SRAM3"}


def test_what_lies_in_the_arena_lies_in_it(built: Path) -> None:
    placement = _placement(load_image(built))
    (arena,) = (part for part in placement.parts if part.kind == "arena")
    assert placement.in_arena
    for part in placement.in_arena:
        assert arena.address <= part.address
        assert part.address + part.size <= arena.address + arena.size
    assert sum(part.reads or 0 for part in placement.in_arena) == arena.reads


def test_the_waits_that_are_shown_are_those_of_the_board(built: Path) -> None:
    placement = _placement(load_image(built))
    with Board(built) as board:
        board.boot()
        profile = board.profile(bytes(3072 if "ic2" in built.name else 2560))
    counted = profile.counters["stall.bus"]
    assert placement.waits == pytest.approx(counted, rel=0.01)
    shown = sum(part.waits or 0 for part in placement.parts)
    assert shown == pytest.approx(placement.waits, rel=0.01)


def test_the_firmware_reads_the_weights_where_they_were_placed(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(write_twin("ad"))
    (made,) = firmware.build([BENCHMARKS["ad"]], model=path)
    image = load_image(made.image)
    engine = BuiltinEngine(load_board(), image, {"tier": "T0"})
    read: list[tuple[int, int]] = []
    engine.watch(
        image.symbols["tinysim_multiply_rows"],
        lambda: read.append((engine.register("r0"), engine.register("r1"))),
    )
    engine.boot()
    while "m-ready" not in engine.read_line(10).text:
        pass
    engine.write(b"infer 1 0%")
    while "m-results" not in engine.read_line(10).text:
        pass
    assert read[: len(_table(image))] == [(place, working) for place, _, working in _table(image)]


def test_rows_are_read_word_by_word_once(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(write_twin("ad"))
    (made,) = firmware.build([BENCHMARKS["ad"]], model=path)
    weights = [p for p in _placement(load_image(made.image)).parts if p.kind == "weights"]
    assert len(weights) == 10
    assert [part.reads for part in weights] == [part.size // 4 for part in weights]


def _dense(sizes: list[int]) -> bytes:
    """Fully connected layers, one behind the other."""
    making = Making(3)
    source = last = making.activation((1, sizes[0]))
    for inputs, outputs in pairwise(sizes):
        data = making.numbers.integers(-127, 128, (outputs, inputs), dtype=np.int8)
        scales = Quantization((0.005,), (0,))
        weights = making.add(Tensor("w", (outputs, inputs), "INT8", scales, data.tobytes()))
        end = making.activation((1, outputs))
        numbers = making.numbers.integers(-999, 999, outputs).astype(np.int32)
        bias = making.add(Tensor("b", (outputs,), "INT32", None, numbers.tobytes()))
        making.node("FULLY_CONNECTED", [last, weights, bias], [end], "FullyConnectedOptions")
        last = end
    return write_network(making.network([source], last))


def _convolutions(sizes: list[int]) -> bytes:
    """Pictures of two pixels, four and four, through 3 x 3 weights for so many channels; their last
    two are summed.
    """
    making = Making(4)
    source = last = making.activation((1, 2, 4, sizes[0]))
    before = source
    for inputs, outputs in pairwise(sizes):
        data = making.numbers.integers(-127, 128, (outputs, 3, 3, inputs), dtype=np.int8)
        scales = Quantization((0.002,), (0,))
        weights = making.add(Tensor("w", data.shape, "INT8", scales, data.tobytes()))
        end = making.activation((1, 2, 4, outputs))
        options = {"padding": 0, "stride_h": 1, "stride_w": 1}
        options |= {"dilation_h_factor": 1, "dilation_w_factor": 1}
        numbers = making.numbers.integers(-999, 999, outputs).astype(np.int32)
        bias = making.add(Tensor("b", (outputs,), "INT32", None, numbers.tobytes()))
        making.node("CONV_2D", [last, weights, bias], [end], "Conv2DOptions", **options)
        before, last = last, end
    return write_network(making.network([source], making.added(before, last)))


def test_packed_weights_that_ram_has_no_room_for_are_read_in_flash(tmp_path: Path) -> None:
    """Of 1.2 MB, what fits is packed; the answers are those of what is packed nowhere."""
    path = tmp_path / "largest.tflite"
    path.write_bytes(_convolutions([80, 150, 200, 200, 150, 150]))
    from tinysim.firmware.model_images import build_model
    from tinysim.models.prepare import prepare

    image = load_image(build_model(prepare(path)).image)
    placement = _placement(image)
    placed = [address != 0 for address, _, _ in _table(image)]
    assert any(placed) and not all(placed)
    left = placed.count(False)
    assert f"packed weights or tables of {left} operations" in placement.reasons[0]
    assert _answer(path, "dsp") == _answer(path, "reference")


def _answer(path: Path, variant: str) -> bytes:
    from tinysim.firmware.model_images import build_model
    from tinysim.models.prepare import prepare
    from tinysim.protocol import Dut

    made = build_model(prepare(path), variant)
    engine = BuiltinEngine(load_board(), load_image(made.image), {"tier": "T0"})
    engine.boot()
    dut = Dut(engine)
    dut.wait_ready()
    dut.load(bytes(n * 89 % 256 for n in range(640)))
    return bytes.fromhex(dut.infer().results.replace(";", ""))


def test_a_model_of_ones_own_is_placed_too(tmp_path: Path) -> None:
    path = tmp_path / "large.tflite"
    path.write_bytes(_dense([640, 300, 300, 100]))
    from tinysim.firmware.model_images import build_model
    from tinysim.models.prepare import prepare

    image = load_image(build_model(prepare(path)).image)
    placement = _placement(image)
    beyond = [p for p in placement.parts if p.kind == "weights" and p.memory != "SRAM1"]
    assert beyond
    assert placement.waits > 0
    assert any("SRAM1" in reason for reason in placement.reasons)
    assert _answer(path, "dsp") == _answer(path, "reference")


def test_rows_that_ram_has_no_room_for_stay_in_flash(tmp_path: Path) -> None:
    path = tmp_path / "larger.tflite"
    path.write_bytes(_dense([640, 800, 300, 10]))
    from tinysim.firmware.model_images import build_model
    from tinysim.models.prepare import prepare

    placement = _placement(load_image(build_model(prepare(path)).image))
    assert "no room for the packed weights or tables of 1 operations" in placement.reasons[0]
    names = {part.name for part in placement.parts if part.kind == "weights"}
    assert names == {"00 FULLY_CONNECTED", "02 FULLY_CONNECTED"}
    assert _answer(path, "dsp") == _answer(path, "reference")
