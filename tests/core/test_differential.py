"""The core against Unicorn: random instruction streams, every register, flag and byte."""

import os
import random
import struct

import pytest

from .encodings import draw, draw_it
from .pair import CODE, CODE_SIZE, DATA, DATA_SIZE, NAMES, Pair, make_registers

LENGTH = 120
"""Instructions in a stream."""
STREAMS = int(os.environ.get("TINYSIM_STREAMS", "1100"))
"""In each of eight seeds: more than a million instructions together."""


def make_stream(rng: random.Random, nearest: bool) -> list[tuple[int, ...]]:
    """Instructions of all groups, some in IT blocks; last MRS r0, APSR for the GE flags."""
    # VMSR FPSCR, r0 and MSR APSR_nzcvqg, r1: Unicorn takes modes and GE in no other way.
    stream: list[tuple[int, ...]] = [(0xEEE1, 0x0A10), (0xF381, 0x8C00)]
    while len(stream) < LENGTH:
        if rng.random() < 0.12:
            it, covered = draw_it(rng)
            stream.append(it.halves)
            stream += [draw(rng, nearest=nearest).halves for _ in range(covered)]
        else:
            stream.append(draw(rng, nearest=nearest).halves)
    stream.append((0xF3EF, 0x8000))
    return stream


def compare(
    pair: Pair, stream: list[tuple[int, ...]], registers: dict[str, int], data: bytes, stepped: bool
) -> str:
    """Run a stream on both; what differs, or an empty string."""
    code = b"".join(struct.pack("<H", half) for halves in stream for half in halves)
    end = CODE + len(code)
    pair.prepare(code.ljust(CODE_SIZE, b"\x00"), data, registers)
    pair.run_theirs(end)
    pair.run_ours(end, len(stream), stepped)
    ours, theirs = pair.state()
    wrong = [f"{n}: {ours[n]:08x}, Unicorn {theirs[n]:08x}" for n in NAMES if ours[n] != theirs[n]]
    if pair.ours.read_memory(DATA, DATA_SIZE) != bytes(pair.theirs.mem_read(DATA, DATA_SIZE)):
        wrong.append("memory")
    return "; ".join(wrong)


def shortest(
    stream: list[tuple[int, ...]], registers: dict[str, int], data: bytes, translates: bool
) -> str:
    """The first instruction after which the two differ."""
    for length in range(1, len(stream) + 1):
        # A new pair each time: Unicorn keeps translations of code that has gone.
        if difference := compare(Pair(translates), stream[:length], registers, data, stepped=True):
            halves = " ".join(f"{half:04x}" for half in stream[length - 1])
            return f"instruction {length - 1} ({halves}): {difference}"
    return "no single instruction: only whole blocks differ"


@pytest.mark.parametrize("seed", range(8))
def test_random_streams_leave_the_same_state(seed: int) -> None:
    rng = random.Random(seed)
    pair = Pair(translates=seed % 2 == 0)
    executed = 0
    for number in range(STREAMS):
        registers = make_registers(rng)
        stream = make_stream(rng, nearest=registers["r0"] >> 22 & 3 == 0)
        data = rng.randbytes(DATA_SIZE)
        if difference := compare(pair, stream, registers, data, stepped=number % 4 == 0):
            pytest.fail(
                f"stream {number}: {difference}\n{shortest(stream, registers, data, seed % 2 == 0)}"
            )
        executed += len(stream)
    assert executed >= STREAMS * LENGTH
