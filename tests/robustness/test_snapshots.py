"""A machine goes on from a snapshot as from none, and keeps its own options."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tinysim._core import CoreError, Machine
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.platform.assembly import build_machine

ROOT = Path(__file__).parents[2]
POINTS = int(os.environ.get("TINYSIM_MUTATIONS", "200")) // 5


def _machine(image: Path, tier: str, **options: int | str | bool) -> Machine:
    machine = build_machine(load_board(), {"tier": tier, **options})
    for segment in load_image(image).segments:
        machine.load(segment.address, segment.data)
    machine.reset()
    return machine


PRINT_DIGEST = """
import hashlib, sys
from pathlib import Path
from tests.robustness.test_snapshots import _machine
machine = _machine(Path(sys.argv[1]), sys.argv[2])
machine.run(6_500_000)
print(hashlib.sha256(machine.snapshot()).hexdigest())
"""


@pytest.mark.parametrize("tier", ["T0", "T3"])
def test_the_same_state_gives_the_same_bytes_in_two_processes(firmware: Path, tier: str) -> None:
    command = [sys.executable, "-c", PRINT_DIGEST, str(firmware / "kws_dsp.elf"), tier]
    digests = []
    for seed in ("1", "2"):  # of hashes, and with other addresses of the host
        environment = {**os.environ, "PYTHONHASHSEED": seed, "MALLOC_PERTURB_": seed}
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=environment, cwd=ROOT
        )
        digests.append(done.stdout)
    assert digests[0] == digests[1] != ""


@pytest.mark.parametrize("tier", ["T0", "T1", "T2", "T3"])
def test_random_points_through_a_snapshot(
    firmware: Path, tier: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("tried", POINTS)
    generator = random.Random(tier)
    image = firmware / "kws_dsp.elf"
    straight, other = _machine(image, tier), _machine(image, tier)
    straight.run(6_000_000)
    for number in range(POINTS):
        if number == POINTS // 2:
            straight.uart_write("lpuart1", b"name%")
        straight.run(generator.randrange(1, 30_000))
        state = straight.snapshot()
        other.restore(state)
        assert other.snapshot() == state
        cycles = generator.randrange(1, 20_000)
        straight.run(cycles)
        other.run(cycles)
        assert other.registers() == straight.registers()
        assert other.counters() == straight.counters()
        assert other.time_ns == straight.time_ns
        assert other.uart_read("lpuart1") == straight.uart_read("lpuart1")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("timing.memoise", False),
        ("translate", 0),
        ("translate", 1),
        ("timing.bus_change", False),
        ("timing.fetch_restart", "paced"),
        ("flash.latency", 7),
        ("flash.prefetch", True),
        ("flash.data_cache", False),
        ("bus.arbitration", 3),
        ("clock", 80_000_000),
        ("strict", True),
        ("tier", "T2"),
    ],
)
def test_a_restore_leaves_the_options(firmware: Path, option: str, value: int | str | bool) -> None:
    image = firmware / "kws_dsp.elf"
    plain = _machine(image, "T3")
    plain.run(7_000_000)
    changed = _machine(image, **{"tier": "T3", option: value})
    before = changed.options()
    changed.restore(plain.snapshot())
    assert changed.options() == before
    changed.run(10_000)


@pytest.mark.parametrize("size", [0, 1, 7, 8, 16, 100, 5000, 1_000_000, 2_900_000])
def test_a_snapshot_that_is_cut(firmware: Path, size: int) -> None:
    machine = _machine(firmware / "kws_dsp.elf", "T0")
    state = machine.snapshot()
    with pytest.raises(CoreError, match="snapshot: "):
        machine.restore(state[: min(size, len(state) - 1)])


@pytest.mark.parametrize("place", [0, 1, 7, 8, 16, 17])
def test_a_snapshot_of_something_else(firmware: Path, place: int) -> None:
    machine = _machine(firmware / "kws_dsp.elf", "T0")
    state = bytearray(machine.snapshot())
    state[place] ^= 0x55
    with pytest.raises(CoreError, match="snapshot: "):
        machine.restore(bytes(state))
