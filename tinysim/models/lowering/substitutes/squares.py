"""L2_POOL_2D of float32."""

from dataclasses import replace

from .making import Making


def pool(making: Making) -> None:
    """The root of the average of squares."""
    source, (output,) = making.node.inputs[0], making.node.outputs
    if making.view.input(0).type != "FLOAT32" or making.view.option("fused_activation_function"):
        return
    squares, means = making.like(source, "squares"), making.like(output, "means")
    making.then("SQUARE", (source,), squares)
    average = replace(making.node, op="AVERAGE_POOL_2D", inputs=(squares,), outputs=(means,))
    making.nodes.append(average)
    making.then("SQRT", (means,), output)
