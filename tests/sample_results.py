"""Results as tests need them, without a run."""

from typing import Any

from tinysim.results import (
    Accuracy,
    Asset,
    Cost,
    Energy,
    EnergyError,
    InputResult,
    Memory,
    PowerActivity,
    Profile,
    Result,
    Section,
)


def make_result(**changes: Any) -> Result:
    """A plausible accuracy result of ic over four inputs, one of them answered wrongly."""
    classes = ("cat", "dog")
    answers = ((0, "0.9,0.1"), (0, "0.4,0.6"), (1, "0.2,0.8"), (1, "0.3,0.7"))
    values: dict[str, Any] = {
        "benchmark": "ic",
        "title": "Image classification",
        "model_id": "ic01",
        "classes": classes,
        "mode": "accuracy",
        "engine": "builtin",
        "tier": "T3",
        "error_band": None,
        "official_rule": False,
        "clock_hz": 120_000_000,
        "baud": 115200,
        "latency_us": 1000.0,
        "throughput_ips": 1000.0,
        "instructions": 80_000.0,
        "cycles": 120_000.0,
        "cpi": 1.5,
        "memory": Memory(
            flash=2048,
            flash_available=4096,
            ram=512,
            ram_available=1024,
            arena=256,
            sections=(
                Section(name=".text", address=0x08000000, size=2048),
                Section(name=".bss", address=0x20000000, size=512),
            ),
        ),
        "accuracy": Accuracy(top1=0.75, samples=4, target=0.85, passed=False, official=False),
        "profile": Profile(
            instructions=80_000,
            cycles=120_000,
            layers=(
                Cost(
                    name="CONV_2D",
                    instructions=70_000,
                    cycles=100_000,
                    macs=50_000,
                    parts=(Cost(name="convolve", instructions=70_000, cycles=99_000),),
                ),
                Cost(name="SOFTMAX", instructions=5_000, cycles=9_000, macs=0),
            ),
            functions=(
                Cost(name="convolve", instructions=70_000, cycles=99_000),
                Cost(name="invoke", instructions=10_000, cycles=21_000),
            ),
            counters={"stall.fetch": 17},
        ),
        "model": Asset(name="m.tflite", sha256="1" * 64, origin="given"),
        "image": Asset(name="i.elf", sha256="2" * 64, origin="file"),
        "dataset": "ic01",
        "inputs_sha256": "5" * 64,
        "outputs": tuple(
            InputResult(file=f"{n}.bin", label=label, results=(text,))
            for n, (label, text) in enumerate(answers)
        ),
        "outputs_sha256": "3" * 64,
        "fingerprint": "4" * 64,
        "wall_s": 1.0,
    }
    return Result(**{**values, **changes})


def make_energy(**changes: object) -> Energy:
    """An estimate by the power model."""
    values: dict[str, object] = {
        "supply_v": 1.8,
        "regulator": "ldo",
        "power_mw": 40.5,
        "current_ma": 22.5,
        "per_inference_uj": 40.5,
        "power_range_mw": (30.0, 80.0),
        "per_inference_range_uj": (30.0, 80.0),
        "error": EnergyError(worst=0.1, mean=0.05, runs=30),
        "activity": PowerActivity(
            clock_hz=120_000_000,
            voltage_range="range 1 boost",
            asleep=0.0,
            flash_waits=0.02,
            flash_reads=0.04,
            sram_accesses=0.1,
        ),
        "source": "published runs",
    }
    return Energy.model_validate({**values, **changes})
