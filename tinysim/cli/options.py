"""Arguments that several verbs share."""

import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..benchmarks import BENCHMARKS, Benchmark
from ..engines.kinds import DEFAULT_ENGINE, kind_of
from ..errors import TinySimError
from ..platform.option import Value


class Mode(StrEnum):
    """What is measured."""

    PERFORMANCE = "performance"
    ACCURACY = "accuracy"
    ENERGY = "energy"


class Tier(StrEnum):
    """How time is counted."""

    T0 = "T0"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"


NAMES = ", ".join(BENCHMARKS)
Name = Annotated[str, typer.Argument(help=NAMES)]
Names = Annotated[list[str] | None, typer.Argument(help=f"{NAMES}; all without one")]
NamesOrModels = Annotated[
    list[str] | None,
    typer.Argument(help=f"{NAMES}; all without one; or model files (.tflite)"),
]
InputPath = Annotated[
    Path | None,
    typer.Option("--input", help="a model file's inputs: .npy, .npz, or a folder of them"),
]
LabelsPath = Annotated[
    Path | None, typer.Option("--labels", help="the class of each input: .npy of whole numbers")
]
ModeOption = Annotated[Mode, typer.Option("--mode", help="what to measure")]
Official = Annotated[
    bool, typer.Option("--official", help="five windows of >= 10 s and >= 10 inferences")
]
Variant = Annotated[str, typer.Option(help="firmware: dsp, reference or tflm=DIR")]
Tflm = Annotated[
    Path | None,
    typer.Option("--tflm", metavar="DIR", help="the kernels of this checkout of today's TFLM"),
]
ImagePath = Annotated[Path | None, typer.Option("--image", help="run this image: ELF, HEX or BIN")]
ModelPath = Annotated[
    Path | None, typer.Option("--model", help="build the firmware with this model")
]
BoardName = Annotated[
    str, typer.Option("--board", metavar="NAME", help="a board's name, or its .toml")
]
EngineName = Annotated[str, typer.Option("--engine", help="what runs the image")]
TierOption = Annotated[
    Tier | None,
    typer.Option("--tier", help="how time is counted", show_default="T3, in accuracy mode T2"),
]
ProfileTier = Annotated[
    Tier | None,
    typer.Option("--tier", help="how time is counted", show_default="T3"),
]
"""Of a verb that has no accuracy mode."""
Folding = Annotated[
    bool,
    typer.Option(
        "--folding/--no-folding",
        help="leave out of the model what cannot change its answers",
    ),
]
Limit = Annotated[int | None, typer.Option(min=1, help="first N files of the data set")]
Jobs = Annotated[int, typer.Option(min=1, help="processes that share the work")]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="change the board: "
        + "; ".join(
            f"{o.name} ({o.range})" for o in kind_of(DEFAULT_ENGINE).options.values() if not o.own
        ),
    ),
]
SupplyOption = Annotated[
    str | None,
    typer.Option(
        "--supply",
        metavar="VOLTS[,smps]",
        help="energy: where the board's power comes from: 1.8V, or 3V,smps with an external SMPS",
    ),
]
Wide = Annotated[bool, typer.Option("--wide", help="every column, whatever the terminal's width")]
JsonTo = Annotated[
    str | None, typer.Option("--json", metavar="FILE", help="write the result here; - is stdout")
]
PROCESSORS = os.cpu_count() or 1


def chosen(names: Sequence[str]) -> list[Benchmark]:
    """The benchmarks of those names; all of them for none.

    Raises:
        TinySimError: there is no such benchmark.

    """
    for name in names:
        if name not in BENCHMARKS:
            hint = "; firmware goes behind --image, or to `tinysim exec`" if _is_path(name) else ""
            raise TinySimError(f"no benchmark '{name}'; there are: {', '.join(BENCHMARKS)}{hint}")
    return [BENCHMARKS[name] for name in names or BENCHMARKS]


def _is_path(name: str) -> bool:
    """Whether somebody meant a file; none of them is called as a benchmark is."""
    return len(Path(name).parts) > 1 or bool(Path(name).suffix)


def variant_of(variant: str, tflm: Path | None) -> str:
    """The variant, which `--tflm DIR` is short for.

    Raises:
        TinySimError: both were given.

    """
    if tflm is None:
        return variant
    if variant not in ("dsp", "tflm"):
        raise TinySimError(f"--tflm is a variant of its own: not with --variant {variant}")
    return f"tflm={tflm}"


def settings(engine: str, items: Sequence[str]) -> dict[str, Value]:
    """`name=value` pairs as an engine's options; `80MHz` is a number of hertz.

    Raises:
        TinySimError: not such a pair, given twice, unknown, or out of range.

    """
    result: dict[str, Value] = {}
    kind = kind_of(engine)
    known = kind.options
    for item in items:
        name, equals, value = item.partition("=")
        if not (name and equals and value):
            raise TinySimError(f"--set {item}: 'name=value' was expected")
        if name in result:
            raise TinySimError(f"--set {name}: given twice")
        if name in known and known[name].own:
            raise TinySimError(f"--set {name}: {known[name].own} says this")
        result[name] = value
    return kind.checked(result)
