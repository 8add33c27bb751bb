"""JUnit XML, for what reads test results."""

from collections.abc import Sequence
from xml.etree import ElementTree

from ..printable import printable
from ..results import Result
from . import text


def render_junit(results: Sequence[Result]) -> str:
    """A test case a result; it fails where the benchmark's target is missed."""
    suite = ElementTree.Element(
        "testsuite",
        name="tinysim",
        tests=str(len(results)),
        failures=str(sum(_fails(result) for result in results)),
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
