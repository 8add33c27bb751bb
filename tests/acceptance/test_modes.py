"""Energy, profiles, interrupted accuracy runs, and the board of the Python API."""

from dataclasses import replace
from pathlib import Path

import pytest

from tinysim import Board
from tinysim.benchmarks import BENCHMARKS
from tinysim.datasets import Dataset, find_dataset
from tinysim.errors import ProtocolError
from tinysim.image import load_image
from tinysim.models import find_model
from tinysim.platform import load_board
from tinysim.power import Supply
from tinysim.runs import Setup, run_accuracy, run_energy, run_performance
from tinysim.runs import accuracy as accuracy_run


def _setup(firmware: Path, name: str, suffix: str = "dsp", limit: int = 5) -> Setup:
    benchmark = BENCHMARKS[name]
    return Setup(
        benchmark=benchmark,
        board=load_board(),
        image=load_image(firmware / f"{name}_{suffix}.elf"),
        dataset=find_dataset(benchmark, limit),
        options={"tier": "T3"},
        model=find_model(benchmark)[0],
    )


def test_energy_mode_times_by_the_pin_what_performance_mode_prints(firmware: Path) -> None:
    energy = run_energy(_setup(firmware, "kws", "dsp_energy"))
    performance = run_performance(_setup(firmware, "kws"))
    assert energy.baud == 9600
    # Without the printing of a line, which the time between two printed timestamps holds.
    between_us = performance.cycles * 1e6 / performance.clock_hz
    assert energy.latency_us == pytest.approx(between_us, rel=0.01)
    found = energy.energy
    assert found is not None
    assert found.power_mw is None  # nobody has stated a supply
    assert found.power_range_mw[0] < found.power_range_mw[1]


def test_energy_is_the_supplys_power_in_an_inference(firmware: Path) -> None:
    supply = Supply(volts=1.8)
    energy = run_energy(replace(_setup(firmware, "kws", "dsp_energy", 1), supply=supply)).energy
    assert energy is not None
    assert energy.power_mw is not None
    low, high = energy.power_range_mw
    assert low < energy.power_mw < high
    assert energy.power_mw == pytest.approx((energy.current_ma or 0) * 1.8, rel=1e-3)
    # Nobody sleeps in an inference, and these kernels read their weights from RAM.
    assert energy.activity.asleep == 0
    assert 0 < energy.activity.flash_waits < 0.01 < energy.activity.sram_accesses
    assert energy.activity.clock_hz == 120_000_000
    assert energy.activity.voltage_range == "range 1 boost"
    assert energy.error.validated


def test_an_image_for_performance_mode_is_named(firmware: Path) -> None:
    with pytest.raises(ProtocolError, match="image for performance mode"):
        run_energy(_setup(firmware, "kws"))


@pytest.mark.parametrize(("name", "operations"), [("kws", 13), ("ic", 16), ("ic2", 16), ("ad", 10)])
def test_every_operation_is_profiled(firmware: Path, name: str, operations: int) -> None:
    profile = run_performance(_setup(firmware, name, limit=1)).profile
    assert profile is not None
    assert len(profile.layers) == operations
    assert sum(layer.macs or 0 for layer in profile.layers) == BENCHMARKS[name].macs
    assert sum(layer.cycles for layer in profile.layers) == pytest.approx(profile.cycles, rel=0.01)
    assert sum(cost.cycles for cost in profile.functions) == pytest.approx(profile.cycles, rel=0.02)
    assert profile.counters["stall.flash_data"] > 0
    ends = [0]
    for layer in profile.layers:
        assert layer.start is not None and layer.start >= ends[-1]
        ends.append(layer.start + layer.cycles)
        assert 0 < sum(layer.stalls.values()) < layer.cycles
    assert ends[-1] <= profile.cycles
    assert profile.clock_hz == 120_000_000
    for cause in ("stall.fetch", "stall.hazard"):
        inside = sum(layer.stalls.get(cause, 0) for layer in profile.layers)
        outside = profile.counters[cause] - inside  # the interpreter's own
        assert 0 <= outside < max(100, 0.1 * profile.counters[cause])


def test_the_reference_variant_is_profiled_by_the_same_symbols(firmware: Path) -> None:
    setup = _setup(firmware, "kws", "reference", limit=1)
    profile = run_performance(replace(setup, options={"tier": "T0"})).profile
    assert profile is not None
    assert profile.layers[1].name == "DEPTHWISE_CONV_2D"


@pytest.mark.parametrize(
    ("options", "factor"),
    [
        ({"clock": 60_000_000}, 2.0),
        ({"clock": 240_000_000}, 0.5),
        ({"clock": 80_000_000}, 1.5),
    ],
)
def test_another_clock_scales_the_latency(
    firmware: Path, options: dict[str, int | str | bool], factor: float
) -> None:
    setup = replace(_setup(firmware, "kws", limit=1), options={"tier": "T2"})
    before = run_performance(setup)
    after = run_performance(replace(setup, options={"tier": "T2", **options}))
    assert after.clock_hz == options["clock"]
    # The line that is printed within the window takes its time whatever the core's clock.
    assert after.latency_us == pytest.approx(before.latency_us * factor, rel=0.02)
    assert after.cycles == pytest.approx(before.cycles, rel=0.02)
    assert after.options == options


class _Interrupted:
    """A data set whose fourth file is an interruption."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, done: int, total: int) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def test_an_interrupted_run_goes_on(
    firmware: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accuracy_run, "cache_folder", lambda: tmp_path)
    setup = replace(_setup(firmware, "kws", limit=6), options={"tier": "T0"})
    with pytest.raises(KeyboardInterrupt) as interruption:
        run_accuracy(setup, _Interrupted(4))
    assert interruption.value.__notes__ == ["4 of 6 files are done: --resume continues"]
    done: list[int] = []
    resumed = run_accuracy(setup, lambda count, _: done.append(count), resume=True)
    assert done == [5, 6]
    whole = run_accuracy(setup)
    assert resumed.without_wall_clock() == whole.without_wall_clock()
    assert not list(tmp_path.rglob("*.jsonl"))


def test_the_windows_of_a_file_are_averaged(firmware: Path) -> None:
    setup = _setup(firmware, "ad", limit=1)
    sample = setup.dataset.samples[0]
    files = [
        replace(sample, file="calm.bin", label=0, inputs=(bytes(2560),) * 2),
        replace(sample, file="odd.bin", label=1, inputs=(bytes(2560), b"\0\0\xc8\x42" * 640)),
    ]
    dataset = Dataset(tuple(files), "test", complete=False)
    official = replace(setup.model, is_twin=False) if setup.model else None
    result = run_accuracy(replace(setup, dataset=dataset, model=official, options={"tier": "T0"}))
    assert result.accuracy is not None
    assert result.accuracy.auc == 1.0
    assert [len(output.results) for output in result.outputs] == [2, 2]
    assert not result.accuracy.official


def test_a_board_can_be_looked_into(firmware: Path) -> None:
    with Board(firmware / "kws_dsp.elf", tier="T2") as board:
        assert board.boot()[-1] == "m-init-done"
        assert board.command("name") == ["m-name-dut-[unspecified]"]
        board.infer(bytes(490))
        watch = board.watch("th_infer")
        board.infer(bytes(490), inferences=2, warmups=1)
        assert len(watch.calls) == 3
        assert all(3_000_000 < instructions < cycles for instructions, cycles in watch.calls)
        board.write(b"infer 1 0%")
        lines = board.run_to("th_results")
        assert board.register("pc") == board.address("th_results") & ~1
        assert lines[-1].startswith("m-lap-us-")
        assert board.read_line() == "m-infer-done"  # was still being sent
        assert board.read_line().startswith("m-results-[")
        arena = board.read_memory("tinysim_arena_used_bytes", 4)
        assert int.from_bytes(arena, "little") > 20_000
