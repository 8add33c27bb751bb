"""Where TFLM's interpreter, old and new, calls the operations of a model."""

from ..image import Image, Symbol

_INVOKERS = (
    "tflite::MicroInterpreter::Invoke(",
    "tflite::MicroGraph::InvokeSubgraph(",
    "tflite::MicroInterpreterGraph::InvokeSubgraph(",
)
"""The functions that call them through their registrations."""


def operation_calls(image: Image) -> list[int]:
    """Addresses of the calls, each of two bytes."""
    import cxxfilt

    invokers = [
        symbol
        for symbol in image.functions
        if symbol.name.startswith("_ZN6tflite")
        and str(cxxfilt.demangle(symbol.name)).startswith(_INVOKERS)
    ]
    return [site for invoker in invokers for site in _pointer_calls(image, invoker)]


def _pointer_calls(image: Image, function: Symbol) -> list[int]:
    """Addresses of BLX by register in a function (DDI0403 A7.7.19)."""
    code = image.read(function.address, function.size)
    sites, at = [], 0
    while at + 2 <= len(code):
        half = int.from_bytes(code[at : at + 2], "little")
        if half & 0xFF87 == 0x4780:
            sites.append(function.address + at)
        at += 4 if half >> 11 in (0b11101, 0b11110, 0b11111) else 2
    return sites
