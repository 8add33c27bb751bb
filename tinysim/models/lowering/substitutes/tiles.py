"""TILE by CONCATENATION."""

from dataclasses import replace

from .making import Making


def join(making: Making) -> None:
    """A CONCATENATION for each axis that is repeated."""
    (output,) = making.node.outputs
    times = making.view.known(1)
    repeated = [axis for axis, factor in enumerate(times) if factor != 1]
    if len(times) != len(making.view.input(0).shape) or min(times, default=0) < 1:
        return
    source = making.node.inputs[0]
    for axis in repeated or [0]:
        whole = making.tensors[source]
        shape = list(whole.shape)
        shape[axis] *= times[axis]
        last = axis == repeated[-1] if repeated else True
        target = output if last else making.tensor(replace(whole, shape=tuple(shape), data=None))
        source = making.then(
            "CONCATENATION",
            (source,) * times[axis],
            target,
            "ConcatenationOptions",
            axis=axis,
            fused_activation_function=0,
        )
