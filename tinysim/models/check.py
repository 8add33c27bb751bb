"""Whether a model will run on the board, and what it will take: all that is known beforehand."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import AssetError
from ..printable import printable
from .estimate import Estimate, estimate
from .host import DTYPES
from .lowering.loops import MOST_OPERATIONS
from .network import Graph, Node
from .prepare import Prepared, prepare
from .rules import RULES, problem_of
from .support import Kernel, kernel_of, kernels, label, limit_problem

_MENDS = {
    "WHILE": "a loop runs whose rounds are known beforehand, and make at most "
    f"{MOST_OPERATIONS:,} operations",
    "IF": "a branch is taken whose condition is known beforehand",
    "CUSTOM": "custom operations have no kernels here: cut the model before it, and compute the "
    "rest outside of it",
}
"""What to do about an operation without a kernel, where somebody knows."""
_OF_TENSORFLOW = "Flex"
"""What the names of custom operations begin with that TensorFlow alone has."""
_NAMED = 3
"""Refusals that are told one by one."""
_LONGEST = 60
"""Characters of a tensor's name that are told."""


@dataclass(frozen=True)
class Finding:
    """An operation of the model as it is flashed; `problem` is empty where it runs."""

    number: int
    operation: str
    version: int
    type: str
    shape: tuple[int, ...]
    kernel: str
    problem: str
    makes: str = ""
    """The name of its first result, by which a layer of the model is found."""


@dataclass(frozen=True)
class Check:
    """What was found. `refusal` is one line, empty where the model runs; `mend` says what to do."""

    path: Path
    findings: tuple[Finding, ...]
    refusal: str
    mend: str
    passes: tuple[str, ...]
    estimate: Estimate

    @property
    def reason(self) -> str:
        """Refusal and mend in one line."""
        return "; ".join(part for part in (self.refusal, self.mend) if part)


def check_model(
    path: Path, flash: int, ram: int, variant: str = "dsp", *, folding: bool = True
) -> tuple[Prepared, Check]:
    """Read a model and judge it for a chip with so many bytes of flash and RAM.

    Raises:
        AssetError: it cannot be read, or is no whole model.

    """
    prepared = prepare(path, folding=folding)
    return prepared, judge(prepared, flash, ram, variant)


def require_runnable(prepared: Prepared, flash: int, ram: int, variant: str = "dsp") -> Check:
    """The judgement of a model that runs.

    Raises:
        AssetError: it does not; the text says why and what to do.

    """
    found = judge(prepared, flash, ram, variant)
    if found.refusal:
        raise AssetError(f"{prepared.path}: {found.reason}")
    return found


def judge(prepared: Prepared, flash: int, ram: int, variant: str = "dsp") -> Check:
    """The judgement of a model that was read."""
    graph = prepared.lowered.graph
    findings = tuple(_find(graph, number, node, variant) for number, node in enumerate(graph.nodes))
    size = estimate(prepared, own_kernels=variant == "dsp")
    refusal, mend = "", ""
    if hybrid := _hybrid(graph):
        refusal = (
            f"{hybrid} of {len(graph.nodes)} operations have int8 weights and float activations "
            "(dynamic range)"
        )
        mend = f"quantize it: {quantize_command(prepared.path)}"
    elif problem := next(_end_problems(graph), ""):
        refusal = problem
    elif bad := [finding for finding in findings if finding.problem]:
        named = [_sentence(finding) for finding in bad[:_NAMED]]
        more = f" and {len(bad) - _NAMED} more" if len(bad) > _NAMED else ""
        refusal = "; ".join(named) + more
        mend = _mend(prepared.path, graph, bad, variant)
    else:
        refusal, mend = _size_problem(graph, size, flash, ram, len(prepared.flashed))
    return Check(prepared.path, findings, refusal, mend, prepared.lowered.passes, size)


def _mend(path: Path, graph: Graph, bad: Sequence[Finding], variant: str) -> str:
    refused = [graph.nodes[finding.number] for finding in bad]
    if any(node.custom_code.startswith(_OF_TENSORFLOW) for node in refused):
        return "convert it without SELECT_TF_OPS, and without the layers that ask for them"
    if known := next((_MENDS[node.op] for node in refused if node.op in _MENDS), ""):
        return known
    rows = [kernels(variant).get(node.op, ()) for node in refused]
    has_int8 = all(any("INT8" in row.types for row in those) for those in rows)
    if has_int8 and any(finding.type == "float32" for finding in bad):
        return f"int8 may run: {quantize_command(path)}"
    return ""


def quantize_command(path: Path) -> str:
    """What makes one of int8, from the model that this one was made from."""
    target = shlex.quote(str(path.with_name(f"{path.stem}_int8.tflite")))
    return f"tinysim quantize MODEL.keras --calibration INPUTS.npy -o {target}"


def _find(graph: Graph, number: int, node: Node, variant: str) -> Finding:
    kernel = kernel_of(graph, node, variant)
    output = graph.tensors[node.outputs[0]] if node.outputs else None
    typed = graph.tensors[node.present[0]] if node.present else output
    problem = ""
    if isinstance(kernel, str):
        problem = kernel
    elif wrong := problem_of(graph, node) if node.op in RULES else "has no rule":
        problem = wrong
    elif outside := limit_problem(graph, node, kernel):
        problem = outside
    return Finding(
        number,
        label(node),
        node.version,
        typed.type.lower() if typed else "",
        output.shape if output else (),
        kernel.owner if isinstance(kernel, Kernel) else "",
        problem,
        output.name if output else "",
    )


def _sentence(finding: Finding) -> str:
    what = f"operation {finding.number}, {finding.operation} version {finding.version}"
    name = printable(finding.makes.partition(";")[0], _LONGEST)
    makes = f" (it makes '{name}')" if name else ""
    return f"{what} of {finding.type}: {finding.problem}{makes}"


def _hybrid(graph: Graph) -> int:
    count = 0
    for node in graph.nodes:
        tensors = [graph.tensors[index] for index in node.present]
        count += (
            len(tensors) > 1
            and tensors[0].type == "FLOAT32"
            and tensors[0].data is None
            and tensors[1].type in ("INT8", "UINT8", "INT4")
            and tensors[1].data is not None
        )
    return count


def _end_problems(graph: Graph) -> Iterator[str]:
    for index in (*graph.inputs, *graph.outputs):
        tensor = graph.tensors[index]
        if tensor.type not in DTYPES:
            yield f"'{tensor.name}', an input or output, is {tensor.type}, which no kernel takes"
        if tensor.elements == 0:
            yield f"'{tensor.name}', an input or output, is empty: {list(tensor.shape)}"
    for tensor in graph.tensors:
        if tensor.type not in DTYPES:
            yield f"'{printable(tensor.name, _LONGEST)}' is {tensor.type}, which no kernel takes"


def _size_problem(
    graph: Graph, size: Estimate, flash: int, ram: int, model: int
) -> tuple[str, str]:
    if model + (size.flash - model) // 2 > flash:
        return (
            f"the model's {model:,} bytes and some {size.flash - model:,} of firmware do not fit "
            f"the {flash:,} bytes of flash: {size.flash - flash:,} too many",
            "",
        )
    if size.ram_least > ram:
        return (
            f"it takes at least {size.ram_least:,} bytes of RAM where there are {ram:,}: "
            f"{size.ram_least - ram:,} too many. {peak(graph, size)}",
            "",
        )
    return "", ""


def peak(graph: Graph, size: Estimate) -> str:
    """A sentence about the operation that needs the most."""
    plan = size.plan
    node = graph.nodes[plan.peak]
    shapes = [list(graph.tensors[index].shape) for index in (*node.present[:1], *node.outputs[:1])]
    return (
        f"The peak is operation {plan.peak}, {label(node)}, from {shapes[0]} to {shapes[-1]}: "
        f"{plan.peak_bytes:,} bytes live at once"
    )
