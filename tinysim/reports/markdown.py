"""Markdown, for a comment on a pull request."""

import html
import re
from collections.abc import Sequence

from ..printable import printable
from ..results import Result
from . import text


def render_markdown(results: Sequence[Result]) -> str:
    """The table and its notes."""
    lines = [
        "### MLPerf Tiny, NUCLEO-L4R5ZI",
        "",
        "| benchmark | mode | latency | error | tier | inf/s | instructions | CPI | quality "
        "| flash | RAM | arena |",
        "|---|---|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        memory = result.memory
        cells = (
            result.benchmark,
            result.mode,
            text.latency(result),
            text.error_band(result),
            result.tier,
            f"{result.throughput_ips:.2f}",
            text.instructions(result),
            text.cpi(result),
            text.quality(result),
            text.kib(memory.flash),
            text.kib(memory.ram),
            text.kib(memory.arena),
        )
        lines.append(f"| {' | '.join(map(_plain, cells))} |")
    lines += ["", *(f"- {_plain(note)}" for note in text.notes(results)), ""]
    return "\n".join(lines)


_MARKS = re.compile(r"([\\`*_\[\]|~#])")


def _plain(words: str) -> str:
    """Words that are no markup: neither Markdown, HTML, nor a mention of somebody."""
    escaped = _MARKS.sub(r"\\\1", printable(words))
    return html.escape(escaped, quote=False).replace("@", "&#64;")
