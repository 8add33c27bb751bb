"""The terminal's table: a row a benchmark."""

from collections.abc import Sequence

from rich.table import Table

from ..results import Result


def make_table(results: Sequence[Result]) -> Table:
    """Latency, size and quality of each result."""
    table = Table(title="MLPerf Tiny, NUCLEO-L4R5ZI, emulated", title_justify="left")
    for heading in (
        "benchmark",
        "latency",
        "inf/s",
        "tier",
        "instructions",
        "CPI",
        "quality",
        "flash",
        "RAM",
        "arena",
    ):
        table.add_column(
            heading, justify="left" if heading in ("benchmark", "tier") else "right", no_wrap=True
        )
    for result in results:
        memory = result.memory
        table.add_row(
            result.benchmark,
            f"{result.latency_us / 1000:.2f} ms",
            f"{result.throughput_ips:.2f}",
            result.tier,
            f"{result.instructions / 1e6:.3f} M",
            f"{result.cpi:.3f}",
            _quality(result),
            _kib(memory.flash),
            _kib(memory.ram),
            _kib(memory.arena),
        )
    return table


def make_notes(results: Sequence[Result]) -> list[str]:
    """How far to trust the table, a line each."""
    notes = []
    for tier, band in dict.fromkeys((r.tier, r.error_band) for r in results):
        notes.append(f"latency at tier {tier}: {band}")
    for result in results:
        if result.model and result.model.is_twin:
            notes.append(
                f"{result.benchmark}: a twin of the reference model, accuracy not reported"
            )
        if result.accuracy and not result.accuracy.official:
            notes.append(
                f"{result.benchmark}: {result.accuracy.samples} samples, "
                "a part of the data set: no official accuracy"
            )
        notes += [f"{result.benchmark}: {warning}" for warning in result.warnings]
    return notes


def _quality(result: Result) -> str:
    accuracy = result.accuracy
    if accuracy is None:
        return "-"
    mark = "pass" if accuracy.passed else "FAIL"
    if accuracy.top1 is not None:
        return f"{accuracy.top1:.1%} of {accuracy.samples} ({mark} {accuracy.target:.0%})"
    return f"AUC {accuracy.auc:.3f} of {accuracy.samples} ({mark} {accuracy.target:.2f})"


def _kib(size: int | None) -> str:
    return "-" if size is None else f"{size / 1024:.1f} KiB"
