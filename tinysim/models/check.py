"""Whether a model will run on the board, and what it will take: all that is known beforehand."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import AssetError
from .estimate import Estimate, estimate
from .host import DTYPES
from .lowering.loops import MOST_OPERATIONS
from .network import Graph, Node
from .prepare import Prepared, prepare
from .rules import RULES, problem_of
from .support import Kernel, kernel_of, label, limit_problem

_MENDS = {
    "WHILE": "a loop runs whose rounds are known beforehand, and make at most "
    f"{MOST_OPERATIONS:,} operations",
}
"""What to do about an operation without a kernel, where somebody knows."""
_NAMED = 3
"""Refusals that are told one by one."""


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
        mend = next((_MENDS[f.operation] for f in bad if f.operation in _MENDS), "")
        if not mend and any(finding.type == "float32" for finding in bad):
            mend = f"int8 may run: {quantize_command(prepared.path)}"
    else:
        refusal, mend = _size_problem(graph, size, flash, ram, len(prepared.flashed))
    return Check(prepared.path, findings, refusal, mend, prepared.lowered.passes, size)


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
    )


def _sentence(finding: Finding) -> str:
    what = f"operation {finding.number}, {finding.operation} version {finding.version}"
    return f"{what} of {finding.type}: {finding.problem}"


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
            yield f"'{tensor.name}', an input or output, is {tensor.type}"
        if tensor.elements == 0:
            yield f"'{tensor.name}', an input or output, is empty: {list(tensor.shape)}"
    for tensor in graph.tensors:
        if tensor.type not in DTYPES:
            yield f"'{tensor.name}' is {tensor.type}"


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
