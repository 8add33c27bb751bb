"""JUnit XML, for what reads test results."""

from collections.abc import Sequence
from xml.etree import ElementTree

from ..printable import printable
from ..results import Result
from ..results.baseline import Change
from . import text
from .changes import sentence


def render_junit(results: Sequence[Result], changes: Sequence[Change] = ()) -> str:
    """A test case a result, which fails where the benchmark's target is missed, and one for each
    metric that was compared with a baseline.
    """
    suite = ElementTree.Element(
        "testsuite",
        name="tinysim",
        tests=str(len(results) + len(changes)),
        failures=str(sum(map(_fails, results)) + sum(change.fails for change in changes)),
        errors="0",
        time=f"{sum(result.wall_s for result in results):.3f}",
    )
    for result in results:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=printable(f"tinysim.{result.benchmark}"),
            name=result.mode,
            time=f"{result.wall_s:.3f}",
        )
        properties = ElementTree.SubElement(case, "properties")
        for name, value in _properties(result).items():
            ElementTree.SubElement(properties, "property", name=name, value=printable(value))
        if _fails(result):
            ElementTree.SubElement(
                case, "failure", message=f"quality target missed: {text.quality(result)}"
            )
    for change in changes:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=printable(f"tinysim.{change.benchmark}.baseline"),
            name=change.metric,
            time="0",
        )
        if change.fails:
            ElementTree.SubElement(case, "failure", message=printable(sentence(change)))
    ElementTree.indent(suite)
    written: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return written.decode() + "\n"


def _fails(result: Result) -> bool:
    return result.accuracy is not None and not result.accuracy.passed


def _properties(result: Result) -> dict[str, str]:
    return {
        "latency_us": f"{result.latency_us:.3f}",
        "tier": result.tier,
        "instructions": f"{result.instructions:.1f}",
        "cycles": f"{result.cycles:.1f}",
        "flash_bytes": str(result.memory.flash),
        "outputs_sha256": result.outputs_sha256,
        "fingerprint": result.fingerprint,
    }
