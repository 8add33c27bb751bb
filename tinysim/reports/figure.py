"""Charts as SVG inside a page: drawn by Vega-Lite, without a browser or network."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from ..extras import load_extra
from ..printable import printable
from .template import PAGES

OURS, OTHERS, PALE = "var(--ours)", "var(--others)", "var(--pale)"
KINDS = tuple(f"var(--s{number})" for number in range(1, 9))
"""Colours of what is told apart; a page's style has them for light and for dark."""
CLEAR = "transparent"
"""Of what is there to be pointed at alone."""

WIDTHS = {"small": 352, "middle": 560, "wide": 720, "large": 1152}
"""Pixels of a chart's drawings, of which a page shows the largest that it has room for."""
_SVG = "http://www.w3.org/2000/svg"


@dataclass(frozen=True)
class Figure:
    """A chart in several widths, its title, and a sentence that says what is drawn."""

    title: str
    says: str
    drawings: tuple[str, ...]
    is_broad: bool = False


def require_drawing() -> None:
    """Find out early whether pictures can be drawn.

    Raises:
        ToolError: the extra `report` is not installed.

    """
    load_extra("vl_convert", "vl-convert", "report")


def draw(title: str, spec: Mapping[str, Any], says: str = "", *, is_broad: bool = False) -> Figure:
    """A chart in the page. Of its marks, `description` is what is shown when they are pointed at.

    Args:
        title: what stands above it.
        spec: Vega-Lite's, without a width.
        says: how it is read.
        is_broad: whether it takes all of a page's width.

    Raises:
        ToolError: the extra `report` is not installed.

    """
    drawings = tuple(
        _inline(_vega(spec, width), f"{title}. {says}", name)
        for name, width in WIDTHS.items()
        if is_broad or name != "large"
    )
    return Figure(title, says, drawings, is_broad)


def as_svg(spec: Mapping[str, Any]) -> str:
    """A picture that stands alone.

    Raises:
        ToolError: the extra `report` is not installed.

    """
    text = _vega(spec, WIDTHS["wide"])
    for name, color in _light().items():
        text = text.replace(f"var(--{name})", color)
    return text


def _light() -> dict[str, str]:
    """The colours that a page has by day."""
    style = (PAGES / "style.css").read_text("utf-8")
    return dict(re.findall(r"--([\w-]+): light-dark\((#\w+),", style))


def _vega(spec: Mapping[str, Any], width: int) -> str:
    vl_convert = load_extra("vl_convert", "vl-convert", "report")
    sized = dict(_plain(spec))
    if "vconcat" in sized:
        sized["vconcat"] = [{**row, "width": width - 100} for row in sized["vconcat"]]
    else:
        sized |= {"width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    return str(vl_convert.vegalite_to_svg({**sized, "config": _config(width)}))


def _config(width: int) -> dict[str, Any]:
    text = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    colors = {"labelColor": "var(--ink)", "titleColor": "var(--soft)"}
    return {
        # The widest of the usual fonts: the reader's own takes no more room than was left.
        "font": "DejaVu Sans, Verdana, sans-serif",
        "background": None,
        "padding": 6,
        "view": {"stroke": None},
        "axis": {
            **text,
            **colors,
            "gridColor": "var(--line)",
            "domainColor": "var(--others)",
            "tickColor": "var(--others)",
            "labelLimit": min(width // 2, 320),
            "labelSeparation": 8,
        },
        "axisXQuantitative": {"tickCount": width // 90, "labelOverlap": "greedy"},
        "legend": {
            **text,
            **colors,
            "orient": "bottom",
            "columns": width // 92,
            "labelLimit": width // 3,
        },
        "text": {"fontSize": 12, "color": "var(--ink)"},
        "title": {"fontSize": 13, "color": "var(--ink)"},
    }


def _plain(part: Any) -> Any:
    """Texts without control characters, of which the renderer's XML parser aborts the process."""
    if isinstance(part, str):
        return printable(part, 200)
    if isinstance(part, Mapping):
        return {_plain(key): _plain(value) for key, value in part.items()}
    return [_plain(item) for item in part] if isinstance(part, list | tuple) else part


def _inline(text: str, label: str, name: str) -> str:
    """The drawing as a part of a page: one picture to a screen reader, values to a pointer.

    What a policy without inline styles forbids, and what a page's own style says better, is gone.
    """
    root = ElementTree.fromstring(text)
    for parent in root.iter():
        for child in list(parent):
            if child.get("display") == "none" or "h0v0h0Z" in child.get("d", ""):
                parent.remove(child)
    for part in root.iter():
        is_mark = part.get("role") == "graphics-symbol" and part.get("aria-label")
        if is_mark and part.get("aria-roledescription") not in _FRAMES:
            title = ElementTree.Element(f"{{{_SVG}}}title")
            title.text = part.get("aria-label")
            part.insert(0, title)
        for attribute in [key for key in part.attrib if _is_left_out(key)]:
            del part.attrib[attribute]
        part.tag = part.tag.removeprefix(f"{{{_SVG}}}")  # as HTML has them
    root.attrib |= {"class": name, "role": "img", "aria-label": label}
    return ElementTree.tostring(root, encoding="unicode")


_FRAMES = ("axis", "legend", "title")


def _is_left_out(attribute: str) -> bool:
    return attribute in ("role", "class", "style", "font-family") or attribute.startswith("aria-")


def kind_scale(names: Sequence[str]) -> dict[str, Any]:
    """A colour a name."""
    domain = list(dict.fromkeys(names))
    return {"domain": domain, "range": [KINDS[n % len(KINDS)] for n in range(len(domain))]}
