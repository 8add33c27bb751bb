"""Writes docs/operations.md from the firmware's table: run it by `python -m`."""

from pathlib import Path

from tinysim.models.support import Kernel, kernels

from .cases import CASES

PATH = Path(__file__).resolve().parent.parent.parent / "docs" / "operations.md"

_HEAD = """\
# Operations

What a model may have, from `firmware/tflm/operations.csv`, which the build makes each image's
resolver of and `tinysim check` reads. *ours*: a kernel of `firmware/kernels`; *TFLM*: the plain one
of TensorFlow Lite for Microcontrollers (July 2020). The type is that of the first input, or of the
one given behind the operation's name.

Each row is compared with today's `tflite-micro` on seeded shapes, parameters and scales, and
on the ends of zero points and values: on the host under the address sanitizer, and on the emulated
board. All are equal byte for byte but for those functions of float32 on the board that are its C
library's: `exp`, `log`, `sin`, `cos` and `tanh`. SPACE_TO_BATCH_ND pads with the zero point, where
today's `tflite-micro` leaves undefined what lies there; over more than some hundred equal values it
stops in SOFTMAX.

The last column has what a kernel is limited to; `tinysim check` refuses what lies outside. Graphs
that differ from the compared ones in one thing (a type, an option, a version, a shape, a scale, an
input that is no constant) run as on the host or are refused.

Before that, the host writes anew what TFLM does not take.

**Weights.** Those of four bits in CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED become bytes,
with which the kernels compute the same; those of float16, or of whole numbers behind a
DEQUANTIZE, become float32, and zeros that the file leaves out (DENSIFY) are put back.

**uint8**, as converters before 2020 quantized models, becomes int8; the model's inputs and
outputs stay as they are. All sums are the same: weights whose zero point is not 128 have nine
bits, of which those beyond eight are more input channels of CONV_2D and FULLY_CONNECTED, and more
rows of DEPTHWISE_CONV_2D (without dilation). AVERAGE_POOL_2D over an even number rounds halves up
as for uint8, unless it pads or has a fused activation, and what CONCATENATION joins is brought to
one scale. Functions (LOGISTIC, RESIZE_BILINEAR and the like) are those of int8, which can be
another step.

**Operations that TFLM has not**, or not in 2020, are written with others:

- TILE and BROADCAST_TO with CONCATENATION, RELU_0_TO_1 and RELU_N1_TO_1 with MAXIMUM and MINIMUM,
  an activation that is fused into CONCATENATION or TRANSPOSE_CONV with an operation behind it.
- GELU, EXP, LOG and SQRT of int8 with GATHER from a table of their 256 values, which is TFLite's
  own, at an index that CAST and ADD make: twice four bytes a value in the arena.
- GELU of float32 with EXP or TANH, to 1e-6; POW of float32 with a constant whole exponent up to 8
  with MUL, of halves with SQRT and RSQRT, of others with EXP and LOG; SIGN with GREATER and LESS.
- GATHER_ND and EMBEDDING_LOOKUP with GATHER; SELECT with SELECT_V2, and SELECT_V2 of int32, as a
  Keras Embedding has it, with SUB, MUL and ADD; ONE_HOT with EQUAL.
- TOPK_V2 of up to 32 with REDUCE_MAX, ARG_MAX and SELECT_V2 each; CUMSUM of float32 with
  BATCH_MATMUL; REDUCE_PROD of up to 64 with MUL; ADD_N, FLOOR_DIV and L2_POOL_2D of float32;
  REDUCE_ANY and REDUCE_ALL.
- DIV of int8 by what comes in: where that is 0, for which TFLite defines nothing, it is the
  number next to it. CAST of uint8 with DEQUANTIZE; ARG_MAX in int64 and a CAST behind it in
  int32.
- WHILE whose rounds can be counted, and IF whose condition is known, are written out.
- CONV_2D of float32 in groups with SPLIT, a CONV_2D a group and CONCATENATION.
- SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND of int16 with PAD, RESHAPE, TRANSPOSE and SLICE, where
  that moves five axes at most; what SPACE_TO_BATCH_ND of int8 pads, PAD does before it.
- REDUCE_MAX of int16 along axes side by side with MAX_POOL_2D; ZEROS_LIKE is a constant.

| operation | types | versions | kernel | only |
|---|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = [row for each in kernels().values() for row in each]
    return _HEAD + "".join(map(_line, sorted(rows, key=lambda row: (row.operation, row.types))))


def _line(row: Kernel) -> str:
    name = row.operation + (f" (input {row.data})" if row.data else "")
    types = " ".join(row.types).lower()
    limits = ", ".join(map(str, row.limits))
    versions = f"{row.first_version}-{row.last_version}"
    return f"| {name} | {types} | {versions} | {row.owner} | {limits} |\n"


def untested() -> set[tuple[str, str]]:
    """Operations and types of the table that no case compares."""
    rows = [row for each in kernels().values() for row in each]
    return {(row.operation, t.lower()) for row in rows for t in row.types} - set(CASES)


if __name__ == "__main__":
    PATH.write_text(page())
