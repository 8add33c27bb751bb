"""Every line of the decoder's table: seeded instances of it, beside what Unicorn makes of them."""

import random
import struct

import pytest
import unicorn as uc
from unicorn import arm_const as arm

from .encodings import SHAPES, Drawn, Shape, draw_of
from .pair import CODE, CODE_SIZE, DATA, DATA_SIZE, Pair, make_registers

INSTANCES = 20
BEFORE = (0xEEE1, 0x0A10, 0xF381, 0x8C00)
"""VMSR FPSCR, r0; MSR APSR_nzcvqg, r1: Unicorn takes modes and GE in no other way."""
BESIDE = ((0x1F00_0000, 0x100_0000), (0x2001_0000, 0x100_0000))
"""Unicorn fetches where a branch goes, though it executes nothing there."""
RAISING = {"BKPT", "SVC", "UDF"}
"""And all coprocessors: both cores take an exception."""
ELSEWHERE = {
    "IT": "Unicorn stops behind the block only; test_differential has IT blocks",
    "WFE": "Unicorn 2.1.3 refuses it; test_sleep_and_faults has it",
    "YIELD": "Unicorn 2.1.3 refuses it",
}
_MASKS = ("primask", "basepri", "faultmask")


def _raises(shape: Shape) -> bool:
    return shape.family == "coprocessor" or shape.encoding.name in RAISING


@pytest.fixture(scope="module", params=[False, True], ids=["handlers", "translated"])
def pair(request: pytest.FixtureRequest) -> Pair:
    both = Pair(translates=request.param)
    for address, size in BESIDE:
        both.theirs.mem_map(address, size)
    return both


def _mask(name: str) -> int:
    return int(getattr(arm, f"UC_ARM_REG_{name.upper()}"))


def _somewhere(rng: random.Random) -> int:
    """The address of Thumb code."""
    return CODE | rng.getrandbits(12) | 1


def _prepare(pair: Pair, shape: Shape, rng: random.Random) -> Drawn:
    """The pair about to execute an instance of an encoding, behind `BEFORE`."""
    drawn = draw_of(shape, rng)
    registers = make_registers(rng)
    if shape.encoding.name in ("BX", "BLX (register)"):
        target = drawn.fields["m"]
        registers["lr" if target == 14 else f"r{target}"] = _somewhere(rng)
    if "fixed-point" in shape.encoding.name:
        registers["r0"] &= ~(3 << 22)  # from fixed point, Unicorn obeys FPSCR's mode: see draw
    halves = (*BEFORE, *drawn.halves)
    code = struct.pack(f"<{len(halves)}H", *halves)
    data = rng.randbytes(DATA_SIZE)
    if shape.family == "load and store multiple" and drawn.fields.get("P"):  # to PC
        words = [_somewhere(rng) for _ in range(DATA_SIZE // 4)]
        data = struct.pack(f"<{len(words)}I", *words)
    pair.prepare(code.ljust(CODE_SIZE, b"\x00"), data, registers)
    for name in _MASKS:
        pair.theirs.reg_write(_mask(name), 0)
    return drawn


@pytest.mark.parametrize(
    "shape",
    [shape for shape in SHAPES if not _raises(shape) and shape.encoding.name not in ELSEWHERE],
    ids=lambda shape: shape.title,
)
def test_an_instance_leaves_the_state_that_it_leaves_in_unicorn(pair: Pair, shape: Shape) -> None:
    rng = random.Random(shape.title)
    for _ in range(INSTANCES):
        drawn = _prepare(pair, shape, rng)
        pair.theirs.emu_start(CODE | 1, 0, count=3)
        pair.ours.step(3)
        ours, theirs = pair.state()
        for name in _MASKS:
            ours[name] = pair.ours.registers()[name]
            theirs[name] = pair.theirs.reg_read(_mask(name))
        code = " ".join(f"{half:04x}" for half in drawn.halves)
        assert ours == theirs, code
        memory = pair.theirs.mem_read(DATA, DATA_SIZE)
        assert pair.ours.read_memory(DATA, DATA_SIZE) == bytes(memory), code


@pytest.mark.parametrize(
    "shape", [shape for shape in SHAPES if _raises(shape)], ids=lambda shape: shape.title
)
def test_an_instance_takes_an_exception_in_both(pair: Pair, shape: Shape) -> None:
    rng = random.Random(shape.title)
    for _ in range(INSTANCES):
        drawn = _prepare(pair, shape, rng)
        code = " ".join(f"{half:04x}" for half in drawn.halves)
        with pytest.raises(uc.UcError):
            pair.theirs.emu_start(CODE | 1, 0, count=3)
        pair.ours.step(3)
        assert pair.ours.registers()["xpsr"] & 0x1FF or pair.ours.fault(), code


def test_what_is_elsewhere_is_in_the_table() -> None:
    assert (set(ELSEWHERE) | RAISING) <= {shape.encoding.name for shape in SHAPES}
