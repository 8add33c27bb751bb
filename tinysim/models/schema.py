"""TFLite's schema as far as files need it: operators, their options, and tensor types."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

TENSOR_TYPES = (
    "FLOAT32",
    "FLOAT16",
    "INT32",
    "UINT8",
    "INT64",
    "STRING",
    "BOOL",
    "INT16",
    "COMPLEX64",
    "INT8",
    "FLOAT64",
    "COMPLEX128",
    "UINT64",
    "RESOURCE",
    "VARIANT",
    "UINT32",
    "UINT16",
    "INT4",
    "BFLOAT16",
)
"""In the order of their numbers."""

VERSION = 3
CUSTOM = 32
"""The operator code of operations that only have a name."""
PLACEHOLDER = 127
"""What the old byte for the code has where the code is larger."""


@dataclass(frozen=True)
class Field:
    """A field of an options table; `type` in brackets is a vector."""

    slot: int
    name: str
    type: str
    default: str


@dataclass(frozen=True)
class Options:
    """An options table; `number` is its place in the union."""

    number: int
    name: str
    fields: tuple[Field, ...]


@cache
def operators() -> dict[int, str]:
    """The builtin operators' names by their codes."""
    return {int(code): name for code, name in (line.split() for line in _lines("operators.txt"))}


@cache
def operator_codes() -> dict[str, int]:
    """The other way round."""
    return {name: code for code, name in operators().items()}


@cache
def options_by_number() -> dict[int, Options]:
    """The options tables by their place in the union."""
    return {table.number: table for table in map(_options, _lines("options.txt"))}


@cache
def options_by_name() -> dict[str, Options]:
    """The options tables by name."""
    return {table.name: table for table in options_by_number().values()}


def _options(line: str) -> Options:
    number, name, *fields = line.split()
    return Options(
        int(number),
        name,
        tuple(_field(slot, text) for slot, text in enumerate(fields) if text != "-"),
    )


def _field(slot: int, text: str) -> Field:
    name, _, rest = text.partition(":")
    kind, _, default = rest.partition("=")
    return Field(slot, name, kind, default)


def _lines(name: str) -> list[str]:
    text = (Path(__file__).parent / name).read_text(encoding="ascii")
    return [line for line in text.splitlines() if not line.startswith("#")]
