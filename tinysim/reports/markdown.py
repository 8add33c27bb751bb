"""Markdown, for a comment on a pull request."""

import html
import re
from collections.abc import Callable, Sequence

from ..printable import printable
from ..results import Result
from . import text

_COLUMNS: tuple[tuple[str, str, Callable[[Result], str]], ...] = (
    ("benchmark", "---", lambda result: result.benchmark),
    ("mode", "---", lambda result: result.mode),
    ("latency", "---:", text.latency),
    ("error", "---:", text.error_band),
    ("tier", "---", lambda result: result.tier),
    ("inf/s", "---:", lambda result: f"{result.throughput_ips:.2f}"),
    ("energy", "---:", text.energy),
    ("instructions", "---:", text.instructions),
    ("CPI", "---:", text.cpi),
    ("quality", "---:", text.quality),
    ("flash", "---:", lambda result: text.kib(result.memory.flash)),
    ("RAM", "---:", lambda result: text.kib(result.memory.ram)),
    ("arena", "---:", lambda result: text.kib(result.memory.arena)),
)


def render_markdown(results: Sequence[Result]) -> str:
    """The table and its notes."""
    has_energy = any(result.energy for result in results)
    columns = [column for column in _COLUMNS if column[0] != "energy" or has_energy]
    lines = [
        "### MLPerf Tiny, NUCLEO-L4R5ZI",
        "",
        f"| {' | '.join(title for title, _, _ in columns)} |",
        f"|{'|'.join(align for _, align, _ in columns)}|",
    ]
    for result in results:
        cells = (tell(result) for _, _, tell in columns)
        lines.append(f"| {' | '.join(map(plain, cells))} |")
    lines += ["", *(f"- {plain(note)}" for note in text.notes(results)), ""]
    return "\n".join(lines)


_MARKS = re.compile(r"([\\`*_\[\]|~#])")


def plain(words: str) -> str:
    """Words that are no markup: neither Markdown, HTML, nor a mention of somebody."""
    escaped = _MARKS.sub(r"\\\1", printable(words))
    return html.escape(escaped, quote=False).replace("@", "&#64;")
