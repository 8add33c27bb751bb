"""Tier T2 from the mix of opcodes, beside the builtin engine's T2."""

from pathlib import Path

import pytest

from tinysim.benchmarks import BENCHMARKS
from tinysim.datasets import find_dataset
from tinysim.engines.builtin import BuiltinEngine
from tinysim.engines.opcodes import OPCODES, Opcodes
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.protocol import Dut


def _first_fit(half: int) -> Opcodes:
    digits = f"{half:016b}"
    return next(
        opcodes
        for opcodes in OPCODES
        if all(p in ("x", d) for p, d in zip(opcodes.pattern, digits, strict=True))
    )


def test_every_pattern_is_the_first_that_fits_something() -> None:
    assert {_first_fit(half) for half in range(0x10000)} == set(OPCODES)


@pytest.mark.parametrize(
    ("half", "cycles"),
    [
        (0x4770, 3.0),  # bx lr
        (0xBF08, 0.0),  # it eq
        (0xBF00, 1.0),  # nop
        (0xB5F0, 5.0),  # push {r4-r7, lr}
        (0xBDF0, 8.0),  # pop {r4-r7, pc}
        (0xE9D3, 3.0),  # ldrd
        (0xE8BD, 8.0),  # pop.w
        (0x6808, 1.8),  # ldr r0, [r1]
        (0x6008, 1.0),  # str r0, [r1]
        (0x5088, 2.0),  # str r0, [r1, r2]
        (0x5688, 1.8),  # ldrsb r0, [r1, r2]
        (0xFB21, 1.0),  # smlad
        (0xFBB1, 6.0),  # udiv
        (0xEE80, 14.0),  # vdiv
        (0xEEA0, 3.0),  # vfma
        (0xF7FF, 2.0),  # bl backwards
    ],
)
def test_instructions_have_the_manuals_cycles(half: int, cycles: float) -> None:
    assert _first_fit(half).cycles == cycles


@pytest.mark.parametrize("image", ["kws_dsp", "kws_reference", "ad_dsp"])
def test_the_mix_comes_near_the_cycles(firmware: Path, image: str) -> None:
    engine = BuiltinEngine(load_board(), load_image(firmware / f"{image}.elf"), {"tier": "T2"})
    engine.boot()
    dut = Dut(engine)
    dut.wait_ready()
    dut.load(find_dataset(BENCHMARKS[image.partition("_")[0]], 1).samples[0].inputs[0])
    engine.machine.profile_start()
    dut.infer(30 if image == "ad_dsp" else 4, 0)
    by_mix = cycles = 0.0
    for block in engine.machine.profile():
        code = engine.read_memory(block.address, block.size)
        at = 0
        while at < len(code):
            half = int.from_bytes(code[at : at + 2], "little")
            by_mix += block.executions * _first_fit(half).cycles
            at += 4 if half >= 0xE800 else 2
        cycles += block.cycles
    assert by_mix == pytest.approx(cycles, rel=0.06)
