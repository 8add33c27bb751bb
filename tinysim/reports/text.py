"""Figures as words, for every report alike."""

from collections.abc import Sequence

from ..results import Energy, ErrorBand, Result, Streaming
from ..results.published import standing


def error_band(result: Result) -> str:
    """The band in percent."""
    band = result.error_band
    if band is None:
        return "-"
    return f"\u00b1{band.worst:.1%}" + ("" if band.validated else " ?")


def latency(result: Result, unit: str = " ms") -> str:
    """Milliseconds an inference."""
    return f"{result.latency_us / 1000:.2f}{unit}"


def latency_ms(result: Result) -> str:
    """Milliseconds an inference without the unit, with the band."""
    band = error_band(result)
    return latency(result, "") + (f" {band}" if band != "-" else "")


def instructions(result: Result, unit: str = " M") -> str:
    """Millions an inference."""
    return f"{result.instructions / 1e6:.3f}{unit}" if result.instructions else "-"


def energy(result: Result, unit: str = " \u00b5J (est.)") -> str:
    """Microjoules an inference, an estimate with its error; what it is between without a supply."""
    found = result.energy
    if found is None:
        return "-"
    if found.per_inference_uj is not None:
        doubt = "" if found.error.validated else " ?"
        return f"{found.per_inference_uj:.0f}{unit} \u00b1{found.error.worst:.0%}{doubt}"
    if found.supply_v is None and found.per_inference_range_uj is not None:
        low, high = found.per_inference_range_uj
        return f"{low:.0f} to {high:.0f}{unit}"
    return "-"


def achieved(result: Result) -> str:
    """Top-1, AUC or detections, and whether that meets the target."""
    if result.streaming and result.streaming.scored:
        return _heard(result.streaming)
    accuracy = result.accuracy
    if accuracy is None:
        return "-"
    value = f"{accuracy.top1:.1%}" if accuracy.top1 is not None else f"{accuracy.auc:.3f}"
    if not accuracy.target:
        return value
    return f"{value} {'pass' if accuracy.passed else 'FAIL'}"


def target(result: Result) -> str:
    """What the closed division asks for, and in which metric."""
    accuracy = result.accuracy
    if accuracy is None or not accuracy.target:
        return "-"
    if accuracy.top1 is not None:
        return f"{accuracy.target:.0%} top-1"
    return f"{accuracy.target:.2f} AUC"


def scored(result: Result) -> str:
    """How many inputs the quality is of."""
    return str(result.accuracy.samples) if result.accuracy else "-"


def duty_cycle(result: Result) -> str:
    """The share of the time in which frames are processed."""
    return f"{result.streaming.duty_cycle:.1%}" if result.streaming else "-"


def cpi(result: Result) -> str:
    """Cycles per instruction."""
    return f"{result.cpi:.3f}" if result.cpi else "-"


def quality(result: Result) -> str:
    """Top-1 or AUC against the closed division's target."""
    if result.streaming and result.streaming.scored:
        return _heard(result.streaming)
    accuracy = result.accuracy
    if accuracy is None:
        return "-"
    if not accuracy.target:
        return top1(result)
    mark = "pass" if accuracy.passed else "FAIL"
    if accuracy.top1 is not None:
        return f"{accuracy.top1:.1%} of {accuracy.samples} ({mark} {accuracy.target:.0%})"
    return f"AUC {accuracy.auc:.3f} of {accuracy.samples} ({mark} {accuracy.target:.2f})"


def _heard(streaming: Streaming) -> str:
    """Detections right, missed and wrong."""
    hits, misses, wrong = streaming.counts
    mark = {None: "", True: ", pass", False: ", FAIL"}[streaming.passed]
    return f"{hits} TP, {misses} FN, {wrong} FP{mark}"


def kib(size: int | None, of: int | None = None, unit: str = " KiB") -> str:
    """A size in KiB, and the share of what there is."""
    if size is None:
        return "-"
    return f"{size / 1024:.1f}{unit}" + (f" ({size / of:.0%})" if of else "")


def place(result: Result) -> str:
    """Where the latency stands among the published, for the official model and a board as it is."""
    if result.mode == "accuracy" or result.options or (result.model and result.model.is_twin):
        return "-"
    found = standing(result.benchmark, result.latency_us)
    return f"{found[0]} of {found[1]}" if found else "-"


def notes(results: Sequence[Result]) -> list[str]:
    """How far to trust the figures, a line each."""
    lines = []
    for tier, band in dict.fromkeys((r.tier, r.error_band) for r in results):
        if band:
            lines.append(_band_note(tier, band))
    for result in results:
        lines += [f"{result.benchmark}: {line}" for line in _notes(result)]
    return lines


def _band_note(tier: str, band: ErrorBand) -> str:
    off = (
        f"latency at tier {tier}: at worst {band.worst:.1%}, in the mean {band.mean:.1%} "
        f"off silicon on {band.images} {band.set or 'published images'}"
    )
    if band.validated:
        return off
    return f"{off}, which this firmware does not resemble: not validated for this"


def _notes(result: Result) -> list[str]:
    lines = []
    if result.options:
        changed = ", ".join(f"{name}={value}" for name, value in result.options.items())
        lines.append(f"the board was changed: {changed}")
    if result.model and result.model.is_twin:
        lines.append("run with a twin of the reference model, so without accuracy")
    if result.model and result.flashed and result.model.sha256 != result.flashed.sha256:
        lines.append(
            f"flashed is {result.flashed.sha256[:16]}, {result.flashed.origin}; the model given is "
            f"{result.model.sha256[:16]}"
        )
    if result.accuracy and result.accuracy.target and not result.accuracy.official:
        lines.append(
            f"{result.accuracy.samples} samples, a part of the data set: no official accuracy"
        )
    if result.streaming:
        heard = result.streaming
        lines.append(
            f"latency is the processing time of a frame: duty cycle {heard.duty_cycle:.2%} of a "
            f"period of {heard.period_us / 1000:.3f} ms"
        )
        if heard.timed_us is not None:
            lines.append(f"energy's window is {heard.timed_us / 1e6:.3f} s long, by the pin")
    if result.placement and result.placement.waits:
        waits, cycles = result.placement.waits, max(result.placement.cycles, 1)
        lines.append(
            f"not all that an inference reads has room in SRAM1: {waits:,} of its cycles, "
            f"{waits / cycles:.1%}, wait for the other memories"
        )
    if result.energy:
        lines += _energy_notes(result.energy)
    return lines + list(result.warnings)


def _energy_notes(found: Energy) -> list[str]:
    error = found.error
    if found.power_mw is None or found.supply_v is None:
        return [
            "energy: the supply is not stated: {:.0f} to {:.0f} mW with what an LPM01A supplies; "
            "--supply 1.8V, or --supply 3V,smps for an external SMPS, gives an estimate".format(
                *found.power_range_mw
            ),
            *found.notes,
        ]
    regulator = "LDO" if found.regulator == "ldo" else "external SMPS"
    known = f"{error.runs} published runs are off by {error.mean:.1%} in the mean"
    band = (
        f", {error.worst:.0%} at worst"
        if error.validated
        else f"; \u00b1{error.worst:.0%} here, as few or none of them are like this"
    )
    return [
        f"energy is an estimate: {found.power_mw:.1f} mW at {found.supply_v:g} V, {regulator}; "
        + known
        + band,
        *(f"energy: {note}" for note in found.notes),
    ]


def macs(result: Result) -> int:
    """Multiply-accumulates of one inference, as far as the profile knows its operations."""
    return sum(cost.macs or 0 for cost in result.profile.layers) if result.profile else 0


def macs_m(result: Result) -> str:
    """Millions of multiply-accumulates an inference."""
    return f"{macs(result) / 1e6:.3f}" if macs(result) else "-"


def cycles_per_mac(result: Result) -> str:
    """Cycles of the whole inference for each multiply-accumulate."""
    return f"{result.cycles / macs(result):.2f}" if macs(result) else "-"


def equality(result: Result) -> str:
    """As `host`, in a word or two."""
    check = result.host
    if check is None or check.equal is None:
        return "-"
    if check.equal:
        return f"equal ({check.inputs})"
    return "DIFFERENT" if check.is_wrong else f"within {check.error:.0e}"


def host(result: Result) -> str:
    """Whether the answers are the host interpreter's, byte for byte."""
    check = result.host
    if check is None or check.equal is None:
        return "not compared"
    inputs = f"{check.inputs} input{'s' if check.inputs != 1 else ''}"
    if check.equal:
        return f"{inputs}: every byte equal"
    if check.is_wrong:
        return f"{inputs}: DIFFERENT"
    return f"{inputs}: within {check.error:.0e}"


def estimate(result: Result) -> str:
    """How good the estimates of memory before the build were."""
    assert result.estimate is not None
    parts = []
    for what, expected, measured in (
        ("flash", result.estimate.flash, result.memory.flash),
        ("RAM", result.estimate.ram, result.memory.ram),
    ):
        if measured:
            parts.append(f"{what} {kib(expected)} ({expected / measured - 1:+.0%})")
    return ", ".join(parts)


def plan(result: Result) -> str:
    """Where the arena is fullest."""
    assert result.plan is not None
    layers = result.profile.layers if result.profile else ()
    name = f", {layers[result.plan.peak].name}" if result.plan.peak < len(layers) else ""
    return (
        f"intermediate results take {kib(result.plan.bytes)} of it, the most at operation "
        f"{result.plan.peak}{name}"
    )


def top1_share(result: Result) -> str:
    """As `top1`, without the number of inputs."""
    return top1(result).partition(" ")[0]


def top1(result: Result) -> str:
    """The share of inputs whose answer is the label."""
    accuracy = result.accuracy
    if accuracy is None or accuracy.top1 is None:
        return "-"
    return f"{accuracy.top1:.1%} of {accuracy.samples}"
