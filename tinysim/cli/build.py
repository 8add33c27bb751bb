"""`tinysim build`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from .. import firmware
from ..errors import TinySimError
from .options import chosen


def build(
    benchmarks: Annotated[
        list[str] | None, typer.Argument(help="kws, vww, ic, ad; all without one")
    ] = None,
    variant: Annotated[str, typer.Option(help="dsp or reference")] = "dsp",
    model: Annotated[Path | None, typer.Option(help="another model, for one benchmark")] = None,
) -> None:
    """Build the firmware and print where its images are."""
    picked = chosen(benchmarks or [])
    if model and len(picked) != 1:
        raise TinySimError("--model goes with one benchmark: name it")
    if variant not in firmware.VARIANTS:
        raise TinySimError(f"no variant '{variant}'; there are: {', '.join(firmware.VARIANTS)}")
    for done in firmware.build(picked, variant, model):
        if done.note:
            sys.stderr.write(f"tinysim: {done.note}\n")
        sys.stdout.write(f"{done.image}\n")
