"""Operations with a state of their own."""

from math import frexp

from .view import Shape, View, rank, require

_LEAST_CELL = 2.0**-18
"""What TFLite's tables of tanh reach."""

_NEAR = 1e-5
"""How near TFLite wants SVDF's bias to be to the sums that it is added to."""


def svdf(view: View) -> list[Shape]:
    """SVDF: input, feature weights, time weights, bias, state."""
    batch, width = rank(view.input(0), 2)
    filters, depth = rank(view.input(1), 2)
    also, memory = rank(view.input(2), 2)
    (order,) = view.positive("rank")
    require(depth == width and also == filters, "weights for other sizes")
    require(filters % order == 0, f"{filters} filters of rank {order}")
    state = view.input(4)
    require(state.is_variable, "a state that is no variable")
    require(state.elements == batch * memory * filters, "a state of another size")
    parts = [tensor.quantization for tensor in (state, view.input(2), view.optional(3)) if tensor]
    if len(parts) == 3 and None not in parts:
        of_state, of_time, bias = (part.scales[0] for part in parts if part)
        require(abs(bias - of_state * of_time) < _NEAR, f"a bias whose scale is {bias:.3g}")
    return [(batch, filters // order)]


def _check_part(view: View, index: int, kind: str) -> None:
    """A gate's weights or bias."""
    tensor = view.optional(index)
    if tensor is None or view.input(0).type != "INT8":
        return
    require(tensor.type == kind, f"input {index} is {tensor.type}")
    quantization = tensor.quantization
    plain = quantization is None or (
        len(quantization.scales) == 1 and not any(quantization.zero_points)
    )
    require(plain, f"input {index} has zero points or several scales")


def lstm(view: View) -> list[Shape]:
    """UNIDIRECTIONAL_SEQUENCE_LSTM: 24 inputs, of which 18 and 19 are its state."""
    shape = rank(view.input(0), 3)
    cells, width = rank(view.input(2), 2)
    require(width == shape[2], f"{shape[2]} inputs, weights for {width}")
    units, recurrent = rank(view.input(6), 2)
    for index in (*range(1, 9), *range(12, 16)):
        _check_part(view, index, "INT32" if index > 8 else "INT8")
    require(units == cells and recurrent == cells, "a projection")
    batch = shape[1] if view.node.options.get("time_major") else shape[0]
    cell = view.input(19).quantization
    require(cell is None or frexp(cell.scales[0])[0] == 0.5, "a cell's scale that is no power of 2")
    require(cell is None or cell.scales[0] > _LEAST_CELL, "a cell's scale that is too small")
    for index in (18, 19):
        state = view.input(index)
        require(state.is_variable, f"input {index}, its state, is no variable")
        require(state.elements == batch * cells, "a state of another size")
    return [(*shape[:2], cells)]
