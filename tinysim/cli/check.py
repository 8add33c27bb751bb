"""`tinysim check`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import AssetError, TinySimError
from ..models.check import Check, check_model, peak
from ..printable import printable
from ..submission import Division
from .console import pass_on, show
from .division import check_division
from .options import Folding, Tflm, Variant, variant_of

if TYPE_CHECKING:
    from rich.table import Table


def check(
    model: Annotated[Path, typer.Argument(help="a TFLite model")],
    variant: Variant = "dsp",
    tflm: Tflm = None,
    folding: Folding = True,
    as_json: Annotated[bool, typer.Option("--json", help="print what was found as JSON")] = False,
    division: Annotated[
        Division | None, typer.Option(help="check it by this division's rules instead")
    ] = None,
    benchmark: Annotated[
        str | None, typer.Option("--as", help="with --division: the benchmark")
    ] = None,
) -> None:
    """Say whether a model will run on the board, by which kernels, and what it will take.

    Nothing is built or run. Exit code 2, with one line that says why, if it will not run.
    With --division, exit code 1 when a submission in it may not have this model.
    """
    if division or benchmark:
        if not (division and benchmark):
            raise TinySimError("--division and --as go together")
        check_division(model, division, benchmark, as_json=as_json)
        return
    from ..platform import load_board

    memory = load_board().settings.memory
    prepared, found = check_model(
        model, memory.flash_bytes, memory.ram_bytes, variant_of(variant, tflm), folding=folding
    )
    sizes = found.estimate
    if as_json:
        content = {
            "model": str(model),
            "sha256": prepared.asset.sha256,
            "flashed_sha256": prepared.flashed_sha256,
            "passes": found.passes,
            "macs": prepared.macs[0],
            "flashed_macs": prepared.macs[1],
            "runs": not found.refusal,
            "refusal": found.refusal,
            "mend": found.mend,
            "operations": [asdict(finding) for finding in found.findings],
            "estimate": {
                "flash": sizes.flash,
                "flash_available": memory.flash_bytes,
                "ram": sizes.ram,
                "ram_available": memory.ram_bytes,
                "arena": sizes.arena,
                "peak": sizes.plan.peak,
                "peak_bytes": sizes.plan.peak_bytes,
            },
        }
        pass_on(json.dumps(content, indent=2) + "\n")
    if found.refusal and not as_json:
        raise AssetError(f"{model}: {found.reason}")
    if found.refusal:
        raise SystemExit(2)
    if not as_json:
        notes = [f"passes on the host: {', '.join(found.passes)}"] if found.passes else []
        if len(names := prepared.network.signatures) > 1:
            notes.append(
                f"of {len(names)} signatures it runs '{printable(names[0])}', its first graph"
            )
        given, flashed = prepared.macs
        notes.append(f"{given:,} MACs" + (f", {flashed:,} as flashed" if flashed != given else ""))
        for what, size, available in (
            ("flash", sizes.flash, memory.flash_bytes),
            ("RAM", sizes.ram, memory.ram_bytes),
        ):
            notes.append(
                f"{what}, an estimate: {size / 1024:.1f} KiB of {available // 1024} "
                f"({size / available:.0%})"
            )
        notes.append(peak(prepared.lowered.graph, sizes))
        show(_table(found), notes)


def _table(found: Check) -> "Table":
    from rich.table import Table

    table = Table(title=f"{found.path.name} runs", title_justify="left")
    for heading in ("operation", "version", "type", "output", "kernel"):
        table.add_column(heading)
    for finding in found.findings:
        table.add_row(
            f"{finding.number:02d} {finding.operation}",
            str(finding.version),
            finding.type,
            "x".join(map(str, finding.shape)),
            {"ours": "ours", "TFLM": "TFLM's"}[finding.kernel],
        )
    return table
