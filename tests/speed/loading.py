"""Loading an input: bytes over a serial port, with the firmware's handler and answer for each line.

Beside emulated code it is made of events, exceptions, registers of peripherals, and waiting: the
own firmware sleeps meanwhile, and an image that uses STM32's HAL polls.
"""

import os
import random
import time
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import IMAGES
from tinysim.benchmarks import BENCHMARKS
from tinysim.engines.builtin import BuiltinEngine
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.protocol import Dut
from tinysim.validation import find_images

_LOADS = 7


def images() -> Mapping[str, tuple[Path, int]]:
    """By a name for it: an image that takes vww's input, and the input's bytes."""
    size = BENCHMARKS["vww"].input_bytes
    found = {"load vww": (IMAGES / "vww_dsp.elf", size)}
    if folder := os.environ.get("TINYSIM_IMAGES"):
        for path, published in find_images(Path(folder)):
            if published.round == "v1.1" and published.benchmark == "vww":
                found["load vww, HAL"] = (path, size)
    return found


def load(path: Path, size: int, tier: str) -> tuple[float, float]:
    """CPU seconds and virtual seconds of the best of several loads."""
    engine = BuiltinEngine(load_board(), load_image(path), {"tier": tier})
    engine.boot()
    dut = Dut(engine)
    dut.wait_ready()
    data = random.Random(1).randbytes(size)
    found = []
    for _ in range(_LOADS):
        begin, since = time.process_time(), engine.time_s()
        dut.load(data)
        found.append((time.process_time() - begin, engine.time_s() - since))
    return min(found)
