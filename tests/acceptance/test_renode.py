"""The Renode engine on a real Renode, where there is one."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tinysim.benchmarks import BENCHMARKS
from tinysim.datasets import find_dataset
from tinysim.engines.renode import RenodeEngine
from tinysim.engines.renode_found import find_renode
from tinysim.errors import EngineError
from tinysim.firmware import build
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.protocol import Dut
from tinysim.runs import Setup, run_energy, run_performance


@pytest.fixture(autouse=True)
def renode() -> None:
    """Skips without a Renode."""
    try:
        find_renode()
    except EngineError as error:
        pytest.skip(str(error))


@pytest.fixture
def engine(firmware: Path) -> Iterator[RenodeEngine]:
    """A board with keyword spotting, not yet booted."""
    engine = RenodeEngine(load_board(), load_image(firmware / "kws_dsp.elf"), {})
    yield engine
    engine.close()


def _setup(image: Path, engine: str, tier: str) -> Setup:
    benchmark = BENCHMARKS["kws"]
    return Setup(
        benchmark=benchmark,
        board=load_board(),
        image=load_image(image),
        dataset=find_dataset(benchmark, 2),
        engine=engine,
        options={"tier": tier},
    )


def test_a_run_is_the_builtin_engines(firmware: Path) -> None:
    for tier, off in (("T0", 5e-4), ("T2", 0.02)):
        there = run_performance(_setup(firmware / "kws_dsp.elf", "renode", tier))
        here = run_performance(_setup(firmware / "kws_dsp.elf", "builtin", tier))
        assert there.outputs == here.outputs
        for theirs, ours in zip(there.windows, here.windows, strict=True):
            assert theirs.instructions == pytest.approx(ours.instructions, rel=1e-4)
            assert theirs.cycles == pytest.approx(ours.cycles, rel=off)


def test_the_same_run_twice_is_the_same(firmware: Path) -> None:
    first, second = (
        run_performance(_setup(firmware / "kws_dsp.elf", "renode", "T1")).without_wall_clock()
        for _ in range(2)
    )
    assert first == second


def test_a_plain_folder_and_one_with_blanks_load_alike(
    firmware: Path, engine: RenodeEngine, tmp_path: Path
) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    copy = shutil.copy(firmware / "kws_dsp.elf", folder / "an image.elf")
    blank = RenodeEngine(load_board(), load_image(Path(copy)), {})
    booted = []
    for each in (engine, blank):
        each.boot()
        booted.append(Dut(each).wait_ready())
        each.close()
    assert booted[0] == booted[1]


def test_errors_are_renodes_own(firmware: Path, tmp_path: Path) -> None:
    image = Path(shutil.copy(firmware / "kws_dsp.elf", tmp_path))
    loaded = load_image(image)
    image.unlink()
    engine = RenodeEngine(load_board(), loaded, {})
    with pytest.raises(EngineError, match=r"kws_dsp\.elf"):
        engine.boot()
    engine.close()


def test_energy_mode_is_timed_by_the_pin(firmware: Path) -> None:
    image = build([BENCHMARKS["kws"]], energy=True)[0].image
    there = run_energy(_setup(image, "renode", "T0"))
    here = run_energy(_setup(image, "builtin", "T0"))
    assert there.latency_us == pytest.approx(here.latency_us, rel=1e-3)
