"""POW of float32 with one constant exponent."""

import numpy as np

from .making import Making

_MOST = 8
"""The largest whole exponent that is multiplied out."""


def multiply(making: Making) -> None:
    """Whole exponents by products, halves by roots, others by EXP and LOG."""
    source, (output,) = making.node.inputs[0], making.node.outputs
    here, by, there = making.view.input(0), making.view.input(1), making.view.outputs[0]
    if here.type != "FLOAT32" or by.data is None or here.shape != there.shape:
        return
    exponents = np.frombuffer(by.data, np.float32)
    if not exponents.size or (exponents != exponents[0]).any():
        return
    exponent = float(exponents[0])
    if exponent in (0.5, -0.5):
        making.then("SQRT" if exponent > 0 else "RSQRT", (source,), output)
    elif exponent.is_integer() and 1 <= exponent <= _MOST:
        _product(making, int(exponent))
    elif np.isfinite(exponent) and not exponent.is_integer():
        logarithm, scaled = making.like(source, "log"), making.like(source, "scaled")
        making.then("LOG", (source,), logarithm)
        making.counted("MUL", logarithm, making.reals("exponent", exponent), scaled)
        making.then("EXP", (scaled,), output)


def _product(making: Making, exponent: int) -> None:
    """The highest bit of the exponent first: a square for each bit, a product where it is set."""
    source, output = making.node.inputs[0], making.node.outputs[0]
    steps = [doing for bit in bin(exponent)[3:] for doing in ("square", "times")[: 1 + int(bit)]]
    now = source
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        made = output if last else making.like(source, step)
        now = making.counted("MUL", now, now if step == "square" else source, made)
    if not steps:
        making.counted("MUL", source, making.reals("one", 1.0), output)
