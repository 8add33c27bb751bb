"""Reads the subset of Renode's platform description syntax that our boards use.

Renode loads the same files. Anything outside the subset is an error that names file, line
and column, so that a description never means less here than it does there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from ..errors import PlatformError, StorageError
from ..storage import read_text

Value = int | bool | str


@dataclass(frozen=True)
class Registration:
    """Where an entry sits: on `parent` at `address` (None: on no bus)."""

    parent: str
    address: int | None
    size: int | None = None


@dataclass(frozen=True)
class Connection:
    """One wire: output `output` (empty: the only one) to input `input` of `target`."""

    output: str
    target: str
    input: int


@dataclass
class Entry:
    """A peripheral, memory or core."""

    name: str
    type: str
    registrations: list[Registration] = field(default_factory=list)
    properties: dict[str, Value] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)


@dataclass(frozen=True)
class Preset:
    """`sysbus: init:` writes of constants: `width` bytes of `value` at `address`."""

    address: int
    width: int
    value: int


@dataclass
class Description:
    """Everything that a platform file and those it uses say."""

    entries: dict[str, Entry] = field(default_factory=dict)
    presets: list[Preset] = field(default_factory=list)


_NUMBER = r"0x[0-9A-Fa-f]+|\d+"
_ENTRY = re.compile(r"(?P<name>\w+):(?:\s*(?P<type>\w+\.\w+)\s*@\s*(?P<where>.*))?$")
_PROPERTY = re.compile(
    rf'(?P<name>\w+):\s*(?:(?P<number>{_NUMBER})|"(?P<text>[^"]*)"|'
    r"(?P<word>[A-Za-z][\w.]*))$"
)
_QUOTES = "'''"
_QUOTED = re.compile(rf"(?P<name>\w+):\s*{_QUOTES}")
_RANGE = r"(?:\[(?P<{0}_first>\d+)-(?P<{0}_last>\d+)\]|(?P<{0}_one>\w+))"
_CONNECTION = re.compile(
    rf"(?:{_RANGE.format('output')}\s*)?->\s*(?P<target>\w+(?:#\d+)?)@{_RANGE.format('input')}$"
)
_PLACE = re.compile(
    rf"(?P<parent>\w+)(?:\s+(?:<\s*(?P<start>{_NUMBER})\s*,\s*\+(?P<size>{_NUMBER})\s*>|"
    rf"(?P<address>{_NUMBER})))?$"
)
_PRESET = re.compile(
    rf"Write(?P<width>Word|DoubleWord)\s+(?P<address>{_NUMBER})\s+"
    rf"(?P<value>{_NUMBER})$"
)
_TAG = re.compile(rf'Tag\s+<(?:{_NUMBER})\s+(?:{_NUMBER})>\s+"\w+"(?:\s+(?:{_NUMBER}))?$')


@dataclass(frozen=True)
class _Line:
    path: Path
    number: int
    indent: int
    text: str
    quoted: str = ""
    """What stood between the quotes that `text` ends in."""

    def fail(self, message: str) -> NoReturn:
        raise PlatformError(f"{self.path}:{self.number}:{self.indent + 1}: {message}")


def _lines(path: Path) -> Iterator[_Line]:
    try:
        content = read_text(path)
    except StorageError as error:
        raise PlatformError(str(error)) from None
    pending: _Line | None = None
    quoted: tuple[_Line, list[str]] | None = None
    for number, raw in enumerate(content.splitlines(), 1):
        if quoted:  # a text that goes over several lines: nothing in it is a comment
            line, rows = quoted
            before, closed, after = raw.partition(_QUOTES)
            rows.append(before)
            if closed:
                if after.strip():
                    line.fail(f"'{after.strip()}' is not understood behind {_QUOTES}")
                yield replace(line, quoted="\n".join(rows))
                quoted = None
            continue
        if raw.count(_QUOTES) == 1:
            head, _, first = raw.partition(_QUOTES)
            indent = len(head) - len(head.lstrip())
            quoted = _Line(path, number, indent, head.strip() + _QUOTES), [first]
            continue
        text = re.sub(r"//.*", "", raw).rstrip()
        if not text.strip():
            continue
        line = _Line(path, number, len(text) - len(text.lstrip()), text.strip())
        if "\t" in raw:
            line.fail("tabs are not allowed; indent with spaces")
        if pending:  # a `{ ... }` that goes over several lines
            pending = _Line(path, pending.number, pending.indent, pending.text + " " + line.text)
        else:
            pending = line
        if pending.text.count("{") == pending.text.count("}"):
            yield pending
            pending = None
    if quoted:
        quoted[0].fail(f"a {_QUOTES} is never closed")
    if pending:
        pending.fail("a '{' is never closed")


def parse(path: Path) -> Description:
    """Read a platform file and the files it uses.

    Raises:
        PlatformError: for syntax outside the subset, with its place.

    """
    description = Description()
    _parse_into(description, path)
    return description


def _parse_into(description: Description, path: Path) -> None:
    entry: Entry | None = None
    in_sysbus = in_init = False
    for line in _lines(path):
        if line.indent == 0:
            entry, in_sysbus, in_init = None, False, False
            if used := re.fullmatch(r'using\s+"([^"]+)"', line.text):
                _parse_into(description, path.parent / used.group(1))
            elif line.text == "sysbus:":
                in_sysbus = True
            else:
                entry = _entry(description, line)
        elif in_sysbus:
            if line.text == "init:":
                in_init = True
            elif in_init:
                _preset(description, line)
            else:
                line.fail(f"'{line.text}' is not understood here; 'init:' was expected")
        elif entry is None:
            line.fail("an indented line belongs to no entry")
        else:
            _detail(entry, line)


def _entry(description: Description, line: _Line) -> Entry:
    match = _ENTRY.fullmatch(line.text)
    if not match:
        line.fail(f"'{line.text}' is not understood; 'name: Namespace.Type @ place' was expected")
    name, kind = match["name"], match["type"]
    known = description.entries.get(name)
    if kind is None:
        return known or line.fail(f"there is no '{name}' to add to")
    if known:
        line.fail(f"'{name}' is defined twice")
    entry = Entry(name, kind)
    where = match["where"].strip()
    places = where.strip("{} ").split(";") if where.startswith("{") else [where]
    for place in places:
        if not (found := _PLACE.fullmatch(place.strip())):
            line.fail(f"'{place.strip()}' is no place; 'sysbus 0xADDRESS' was expected")
        address = found["start"] or found["address"]
        entry.registrations.append(
            Registration(
                found["parent"],
                int(address, 0) if address else None,
                int(found["size"], 0) if found["size"] else None,
            )
        )
    description.entries[name] = entry
    return entry


def _preset(description: Description, line: _Line) -> None:
    if match := _PRESET.fullmatch(line.text):
        width = 2 if match["width"] == "Word" else 4
        description.presets.append(Preset(int(match["address"], 0), width, int(match["value"], 0)))
    elif not _TAG.fullmatch(line.text):
        line.fail(f"'{line.text}' is not understood; Tag, WriteWord or WriteDoubleWord expected")


def _detail(entry: Entry, line: _Line) -> None:
    if match := _QUOTED.fullmatch(line.text):
        entry.properties[match["name"]] = line.quoted
    elif match := _PROPERTY.fullmatch(line.text):
        entry.properties[match["name"]] = _value(match)
    elif match := _CONNECTION.fullmatch(line.text):
        outputs, inputs = _range(match, "output"), _range(match, "input")
        if len(outputs) != len(inputs):
            line.fail(f"{len(outputs)} outputs cannot go to {len(inputs)} inputs")
        for output, target_input in zip(outputs, inputs, strict=True):
            if not target_input.isdigit():
                line.fail(f"'{target_input}' is no number of an input")
            entry.connections.append(Connection(output, match["target"], int(target_input)))
    else:
        line.fail(f"'{line.text}' is neither a property nor a connection")


def _value(match: re.Match[str]) -> Value:
    if match["number"]:
        return int(match["number"], 0)
    if match["text"] is not None:
        return match["text"]
    word = match["word"]
    return {"true": True, "false": False}.get(word, word)


def _range(match: re.Match[str], side: str) -> list[str]:
    if match[f"{side}_first"]:
        first, last = int(match[f"{side}_first"]), int(match[f"{side}_last"])
        return [str(number) for number in range(first, last + 1)]
    return [match[f"{side}_one"] or ""]
