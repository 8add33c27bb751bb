"""Every page that tinysim writes, with what is awkward to draw: long names, two tiers, markup."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from tests.sample_results import make_energy, make_result
from tests.submission.making import make_streaming
from tinysim.reports.comparison import pair_up, render_comparison
from tinysim.reports.current import render_current
from tinysim.reports.history import render_history
from tinysim.reports.html import render_html, render_profile
from tinysim.reports.pareto import render_side_by_side
from tinysim.reports.programs import render_programs
from tinysim.reports.sweep import Spot, render_sweep
from tinysim.reports.training import render_training
from tinysim.reports.validation import render_validation
from tinysim.results import (
    Accuracy,
    Cost,
    ErrorBand,
    InputResult,
    Memory,
    PlacedPart,
    Placement,
    Plan,
    PlannedTensor,
    Profile,
    Result,
    Section,
)
from tinysim.results.current import CurrentTrace
from tinysim.results.history import Commit, Measured, change_points, series_of
from tinysim.results.programs import ProgramCheck, ProgramValidation
from tinysim.results.validation import Check, Validation
from tinysim.training.history import Epoch, History

LONG = "an_image_with_a_name_that_is_longer_than_any_column_ought_to_be<b>.elf"


def make_profile() -> Profile:
    """Nine operations of three kinds, one of them too short to be seen."""
    layers, start = [], 500
    for number, cycles in enumerate((900_000, 120_000, 400_000, 60_000, 300_000, 40_000, 800, 90)):
        kind = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")[number % 3]
        layers.append(
            Cost(
                name=kind,
                instructions=cycles // 2,
                cycles=cycles,
                macs=cycles // 3,
                start=start,
                stalls={"stall.fetch": cycles // 20, "stall.bus": cycles // (30 + number)},
                parts=(
                    Cost(name="kernels::multiply", instructions=cycles // 3, cycles=cycles // 2),
                    Cost(name="memcpy", instructions=9, cycles=cycles - cycles // 2),
                ),
            )
        )
        start += cycles + 200
    return Profile(
        instructions=start // 2,
        cycles=start,
        clock_hz=120_000_000,
        layers=tuple(layers),
        functions=(
            Cost(name="kernels::multiply", instructions=600_000, cycles=910_445),
            Cost(name="memcpy", instructions=72, cycles=910_445),
            Cost(name="tflite::ops::micro::" + "long_name_" * 8, instructions=5, cycles=1200),
        ),
        counters={"stall.fetch": 91_000, "stall.bus": 50_000, "sleep": 0},
    )


def make_plan(operations: int) -> Plan:
    """Each result lies in the half that the one before does not."""
    tensors = tuple(
        PlannedTensor(
            name="model/batch_normalization/FusedBatchNormV3;model/activation/Relu" * 2,
            bytes=16_384 >> number % 3,
            offset=16_384 * (number % 2),
            first=max(0, number - 1),
            last=number,
        )
        for number in range(operations)
    )
    return Plan(bytes=32_768, peak=1, peak_bytes=24_576, tensors=tensors)


def make_placement() -> Placement:
    """Parts of every kind, one in two memories and one with markup in its name."""
    memories = (
        Section(name="SRAM1", address=0x2000_0000, size=192 << 10),
        Section(name="SRAM2", address=0x2003_0000, size=64 << 10),
        Section(name="SRAM3", address=0x2004_0000, size=384 << 10),
    )
    rows = (
        ("stack and variables", "variables", "SRAM1", 0x2000_0000, 4800),
        ("working memory", "working memory", "SRAM1", 0x2000_12C0, 5120),
        ("00 CONV_2D", "weights", "SRAM1", 0x2000_26C0, 150_000),
        ("01 CONV_2D", "weights", "SRAM1 and SRAM2", 0x2002_70B0, 90_000),
        ("arena", "arena", "SRAM2", 0x2003_D040, 8_000),
        ("02 <b>CONV_2D</b>", "weights", "SRAM3", 0x2004_0000, 200_000),
        ("what the host sends", "input", "SRAM3", 0x2007_0D40, 27_648),
        ("state", "state", "SRAM3", 0x2007_7940, 160),
    )
    parts = tuple(
        PlacedPart.model_validate(
            {
                **dict(zip(("name", "kind", "memory", "address", "size"), row, strict=True)),
                "reads": row[4] // 2 if number < 6 else None,
                "waits": row[4] // 9 * (number > 2) if number < 6 else None,
            }
        )
        for number, row in enumerate(rows)
    )
    tensor = PlacedPart(
        name="model/batch_normalization/FusedBatchNormV3;model/activation/Relu",
        kind="tensor",
        memory="SRAM2",
        address=0x2003_D040,
        size=4_000,
        reads=1_000,
        waits=20,
    )
    return Placement(
        memories=memories, parts=parts, in_arena=(tensor,), cycles=900_000, waits=40_000
    )


def make_results() -> list[Result]:
    """Of every mode, at two tiers."""
    sections = tuple(
        Section(name=name, address=address, size=size)
        for name, address, size in (
            (".vectors", 0x0800_0000, 404),
            (".text", 0x0800_0194, 80_000),
            (".model", 0x0801_4000, 400_000),
            (".arena", 0x2000_0000, 500_000),
            (".bss", 0x2008_0000, 20_000),
        )
    )
    memory = Memory(
        flash=480_404,
        flash_available=2 << 20,
        ram=520_000,
        ram_available=640 << 10,
        arena=500_000,
        sections=sections,
    )
    timed = make_result(
        benchmark="ic",
        mode="performance",
        memory=memory,
        error_band=ErrorBand(worst=0.006, mean=0.002, images=4),
        profile=make_profile(),
        plan=make_plan(8),
        placement=make_placement(),
        accuracy=None,
        latency_us=15_180.0,
    )
    scored = make_result(
        tier="T2",
        memory=memory,
        error_band=ErrorBand(worst=0.258, mean=0.15, images=4),
        profile=None,
        plan=make_plan(8),
    )
    outputs = tuple(
        InputResult(file=str(n), label=n % 2, results=(str(n * 0.7 % 4),)) for n in range(20)
    )
    flagged = make_result(
        benchmark="ad",
        title="Anomaly detection",
        classes=(),
        outputs=outputs,
        accuracy=Accuracy(auc=0.61, samples=20, target=0.85, passed=False, official=False),
        profile=None,
        warnings=(LONG,),
    )
    powered = timed.model_copy(update={"mode": "energy", "energy": make_energy(), "profile": None})
    return [timed, scored, flagged, powered]


def make_heard() -> Result:
    """A sound with words that were heard, missed and imagined."""
    recording = make_streaming(2, 1, 1).recordings[0]
    detections = (1.2, 5.1, 8.0)
    recording = recording.model_copy(
        update={
            "seconds": 10.0,
            "frames": 312,
            "windows": ((1.0, 1.6), (5.0, 5.6), (7.0, 7.6)),
            "detections_s": detections,
            "true_positives": detections[:2],
            "false_negatives": (7.0,),
            "false_positives": detections[2:],
            "activations": tuple(n * 37 % 256 - 128 for n in range(312)),
            "starts_s": tuple(0.032 * n for n in range(100)),
            "stops_s": tuple(0.032 * n + 0.012 for n in range(100)),
            "envelope": tuple(n * 911 % 30_000 for n in range(400)),
        }
    )
    streaming = make_streaming(2, 1, 1).model_copy(update={"recordings": (recording,)})
    return make_result(
        benchmark="sww", title="Streaming wake word", accuracy=None, streaming=streaming
    )


def _results() -> str:
    return render_html(make_results())


def _heard() -> str:
    return render_html([make_heard()])


def _comparison() -> str:
    results = make_results()
    others = [
        result.model_copy(update={"latency_us": result.latency_us * (0.99 + n / 200)})
        for n, result in enumerate(results)
    ]
    others[1] = others[1].model_copy(
        update={
            "outputs": tuple(
                output.model_copy(update={"results": ("0.5,0.5",)}) for output in others[1].outputs
            )
        }
    )
    return render_comparison(pair_up(results, others))


def _profile() -> str:
    return render_profile("ic", make_profile(), "cycles at tier T3 on NUCLEO-L4R5ZI, builtin")


def make_validations() -> list[Validation]:
    """At two tiers, of which one is off by 0.6 % at most."""
    found = []
    for tier, errors in (("T2", (0.258, 0.1, -0.02)), ("T3", (0.006, -0.001, 0.0004))):
        rows = [
            Check(
                image=image,
                sha256="0" * 64,
                benchmark=benchmark,
                mode="performance",
                tier=tier,
                rule="quick",
                bank="dual",
                baud=115200,
                estimate_us=None if error is None else 1e5 * (1 + error),
                silicon_us=1e5,
                error=error,
                problem=None if error is not None else "does not say m-ready within 10 s",
            )
            for image, benchmark, error in zip(
                ("one", LONG, "three", "four"),
                ("kws", "vww", "ic", "ad"),
                (*errors, None),
                strict=True,
            )
        ]
        found.append(Validation.of(tier, "quick", rows))
    return found


def _validation() -> str:
    return render_validation(make_validations())


def _programs() -> str:
    rows = tuple(
        ProgramCheck(
            program=f"ml-kem-{size}_{kind}",
            operation=operation,
            group=kind,
            compiler="GCC: 10.3.1",
            judged="minimum",
            silicon=1e6,
            estimate=1e6 + size * (7 - number),
        )
        for size in (512, 768)
        for kind in ("clean", "m4fspeed")
        for number, operation in enumerate(("key pair", "encapsulation", "decapsulation"))
    )
    return render_programs([ProgramValidation(set="pqm4", tier="T3", rows=rows)])


def _sweep() -> str:
    spots = [
        Spot(
            f"model {LONG}, clock {clock}MHz",
            1e6 / clock + 900 * model,
            {"RAM, KiB": 20.0 + model, "right answers, %": -90.0 + model},
        )
        for model in range(5)
        for clock in (24, 80, 120)
    ]
    return render_sweep("Sweep: sweep.toml", spots, 2)


def _history() -> str:
    rows = []
    for number, cycles in enumerate((120_000, 120_000, 150_000, 149_900, 90_000)):
        result = make_result(latency_us=cycles / 120, cycles=float(cycles))
        commit = Commit(f"{number:040x}", 1_700_000_000 + 90_000 * number)
        row = Measured.of(result, commit, "linux-x86_64")
        rows.append(replace(row, functions={"kernels::convolve": cycles - 20_000}))
    found = series_of(rows)
    return render_history(found, {key: change_points(each) for key, each in found.items()})


def _models() -> str:
    first = make_results()[0]
    names = ("a.tflite", LONG, "c.tflite")
    return render_side_by_side(
        [
            first.model_copy(update={"benchmark": name, "latency_us": 9_000.0 * (n + 1)})
            for n, name in enumerate(names)
        ]
    )


def _training() -> str:
    epochs = tuple(
        Epoch(
            rate=0.001,
            loss=1 / n,
            accuracy=1 - 0.5 / n,
            validation_loss=1.1 / n,
            validation_accuracy=0.98 - 0.5 / n,
            seconds=1,
        )
        for n in range(1, 20)
    )
    history = History(recipe="kws", seed=1, examples=1000, epochs=epochs)
    return render_training("Keyword spotting", history)


def _current() -> str:
    trace = CurrentTrace()
    trace.add(
        [
            SimpleNamespace(
                time_ns=n * 1_000_000,
                length_ns=1_000_000,
                power_mw=30 + n % 7,
                rose_ns=[n * 1_000_000] if n % 500 == 0 else [],
            )
            for n in range(2000)
        ],
        1.8,
    )
    return render_current(Path("page.html"), trace, "1.8 V")


PAGES: dict[str, Callable[[], str]] = {
    "results": _results,
    "heard": _heard,
    "comparison": _comparison,
    "profile": _profile,
    "validation": _validation,
    "programs": _programs,
    "sweep": _sweep,
    "history": _history,
    "models": _models,
    "training": _training,
    "current": _current,
}
