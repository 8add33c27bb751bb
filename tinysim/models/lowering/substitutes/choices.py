"""SELECT by its second version, and SELECT_V2 of int32, with which Keras 3 looks up an Embedding,
by arithmetic.
"""

from dataclasses import replace

from .making import Making


def select(making: Making) -> None:
    """SELECT, where the condition is one, or one for each number."""
    view = making.view
    condition, first = view.input(0), view.input(1)
    if condition.shape not in ((), first.shape):
        return
    if first.type == "INT32":
        compute(making)
    else:
        output = making.node.outputs[0]
        making.then("SELECT_V2", making.node.inputs, output, "SelectV2Options")


def compute(making: Making) -> None:
    """B + c (a - b), where c is 1 or 0. As in C, sums of int32 have no sign to lose where they
    wrap around.
    """
    view = making.view
    condition, first, second = (view.input(index) for index in range(3))
    (output,) = making.node.outputs
    there = view.outputs[0]
    if (first.type, second.type, there.type) != ("INT32",) * 3 or condition.type != "BOOL":
        return
    chosen, a, b = making.node.inputs
    one = making.tensor(replace(condition, name=f"{condition.name}/one", type="INT32", data=None))
    making.then("CAST", (chosen,), one, "CastOptions", in_data_type=6, out_data_type=2)
    whole = replace(there, data=None)
    between = making.tensor(replace(whole, name=f"{there.name}/between"))
    added = making.tensor(replace(whole, name=f"{there.name}/added"))
    making.then("SUB", (a, b), between, "SubOptions", fused_activation_function=0)
    making.then("MUL", (between, one), added, "MulOptions", fused_activation_function=0)
    making.then("ADD", (added, b), output, "AddOptions", fused_activation_function=0)
