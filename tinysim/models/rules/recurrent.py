"""Operations with a state of their own."""

from .view import Shape, View, rank, require


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
    return [(batch, filters // order)]


def lstm(view: View) -> list[Shape]:
    """UNIDIRECTIONAL_SEQUENCE_LSTM: 24 inputs, of which 18 and 19 are its state."""
    shape = rank(view.input(0), 3)
    cells, width = rank(view.input(2), 2)
    require(width == shape[2], f"{shape[2]} inputs, weights for {width}")
    units, recurrent = rank(view.input(6), 2)
    require(units == cells and recurrent == cells, "a projection")
    batch = shape[1] if view.node.options.get("time_major") else shape[0]
    for index in (18, 19):
        state = view.input(index)
        require(state.is_variable, f"input {index}, its state, is no variable")
        require(state.elements == batch * cells, "a state of another size")
    return [(*shape[:2], cells)]
