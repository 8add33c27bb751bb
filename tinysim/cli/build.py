"""`tinysim build`."""

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from .. import firmware
from ..errors import TinySimError
from ..image import load_image
from ..results import parse_placement
from .console import say, warn
from .models import build_model_file, model_paths
from .options import NAMES, Folding, Tflm, Variant, chosen, variant_of
from .progress import waiting


def build(
    benchmarks: Annotated[
        list[str] | None,
        typer.Argument(help=f"{NAMES}; all without one; or model files (.tflite)"),
    ] = None,
    variant: Variant = "dsp",
    tflm: Tflm = None,
    model: Annotated[Path | None, typer.Option(help="another model, for one benchmark")] = None,
    folding: Folding = True,
    energy: Annotated[bool, typer.Option("--energy", help="the images of energy mode")] = False,
    to: Annotated[
        Path | None, typer.Option(help="copy the images (ELF, HEX and BIN) into this folder")
    ] = None,
) -> None:
    """Build the firmware and print where its images are.

    Images are cached by what they were made from.
    """
    variant = variant_of(variant, tflm)
    if paths := model_paths(benchmarks or ()):
        if model:
            raise TinySimError("--model goes with a benchmark")
        found = [build_model_file(path, variant, energy=energy, folding=folding) for path in paths]
        built = [(made.image, made.notes) for made in found]
    else:
        picked = chosen(benchmarks or [])
        if model and len(picked) != 1:
            raise TinySimError("--model goes with one benchmark: name it")
        with waiting("building firmware"):
            builds = firmware.build(picked, variant, model, energy=energy, folding=folding)
        built = [(made.image, made.notes) for made in builds]
    for _, notes in built:
        for note in notes:
            warn(note)
    for image, _ in built:
        placement = parse_placement(load_image(image).placement)
        for reason in placement.reasons if placement else ():
            warn(f"{image.stem}: {reason}")
        say(str(_copy(image, to) if to else image))


def _copy(image: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in (".hex", ".bin", ".elf"):
        part = image.with_suffix(suffix)
        new = folder / f".{part.name}.{os.getpid()}"
        shutil.copyfile(part, new)
        new.replace(folder / part.name)
    return folder / image.name
