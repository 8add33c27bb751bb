"""FLOOR_DIV of float32."""

from .making import Making


def floor(making: Making) -> None:
    """DIV and FLOOR."""
    if making.view.input(0).type == "FLOAT32":
        first, second = making.node.inputs
        quotient = making.like(making.node.outputs[0], "quotient")
        making.counted("DIV", first, second, quotient)
        making.then("FLOOR", (quotient,), making.node.outputs[0])
