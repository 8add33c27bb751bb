"""GELU of float32 by the functions that TFLM has."""

from math import pi, sqrt

from . import functions
from .making import Making

_REACH = 0.3275911
_FACTORS = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
"""Of Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: erfc(z) to 1.5e-7 is this
polynomial of t = 1 / (1 + reach z), times t exp(-z z).
"""


def write(making: Making) -> None:
    """Of int8 by a table."""
    if making.view.input(0).type != "FLOAT32":
        functions.look_up(making)
    elif making.node.options.get("approximate"):
        _by_tanh(making)
    else:
        _by_error_function(making)


class _Chain:
    """Operations over tensors of one shape."""

    def __init__(self, making: Making) -> None:
        self._making = making
        self.x = making.node.inputs[0]
        self.output = making.node.outputs[0]

    def real(self, value: float) -> int:
        return self._making.reals("factor", value)

    def two(self, op: str, first: int, second: int, output: int | None = None) -> int:
        return self._making.counted(op, first, second, output or self._result(op))

    def one(self, op: str, source: int) -> int:
        return self._making.then(op, (source,), self._result(op))

    def _result(self, op: str) -> int:
        return self._making.like(self.x, op.lower())


def _by_tanh(making: Making) -> None:
    """x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))."""
    c = _Chain(making)
    cube = c.two("MUL", c.two("MUL", c.x, c.x), c.x)
    inner = c.two("ADD", c.two("MUL", cube, c.real(0.044715)), c.x)
    curve = c.one("TANH", c.two("MUL", inner, c.real(sqrt(2 / pi))))
    half = c.two("MUL", c.x, c.real(0.5))
    c.two("MUL", half, c.two("ADD", curve, c.real(1)), c.output)


def _by_error_function(making: Making) -> None:
    """max(x, 0) - |x|/2 erfc(|x| / sqrt(2))."""
    c = _Chain(making)
    size = c.one("ABS", c.x)
    below = c.two("ADD", c.two("MUL", size, c.real(_REACH / sqrt(2))), c.real(1))
    t = c.two("DIV", c.real(1), below)
    sum_ = c.two("MUL", t, c.real(_FACTORS[0]))
    for factor in _FACTORS[1:]:
        sum_ = c.two("MUL", c.two("ADD", sum_, c.real(factor)), t)
    bell = c.one("EXP", c.two("MUL", c.two("MUL", c.x, c.x), c.real(-0.5)))
    rest = c.two("MUL", c.two("MUL", sum_, bell), c.two("MUL", size, c.real(0.5)))
    c.two("SUB", c.one("RELU", c.x), rest, c.output)
