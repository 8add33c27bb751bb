"""Lanes of blocks over one axis, which a page draws as wide as it is and zooms into."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

_USUAL = 900
"""Pixels of an axis, for pages whose script does not run."""


@dataclass(frozen=True)
class Block:
    """Something from `x` on over `share` of the axis, both in percent; `title` says its values."""

    x: float
    share: float
    title: str
    color: str
    label: str = ""
    top: float = 0
    height: float = 26

    @property
    def is_tight(self) -> bool:
        """Whether the label has no room as long as nobody has zoomed in."""
        return self.share / 100 * _USUAL < 7.5 * len(self.label) + 8


@dataclass(frozen=True)
class Lane:
    """Blocks in a row of `height` pixels."""

    name: str
    height: float
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Strip:
    """Lanes over an axis that ends at `span`; `key` has colours that no block's label explains."""

    title: str
    says: str
    span: float
    unit: str
    lanes: tuple[Lane, ...]
    key: tuple[tuple[str, str], ...] = ()

    def ticks(self) -> list[tuple[float, float]]:
        """Round values along the axis, and where they are in percent; four to eight of them."""
        power = 10.0 ** math.floor(math.log10(self.span / 4))
        step = max(size * power for size in (1, 2, 5) if size * power <= self.span / 4)
        count = math.floor(0.95 * self.span / step)
        return [
            (round(n * step, 9), round(100 * n * step / self.span, 4)) for n in range(count + 1)
        ]


def block(
    start: float,
    end: float,
    span: float,
    title: str,
    color: str,
    label: str = "",
    *,
    top: float = 0,
    height: float = 26,
) -> Block:
    """A block from `start` to `end` of `span`."""
    share = 100 * (end - start) / (span or 1)
    return Block(
        round(100 * start / (span or 1), 4),
        max(round(share, 4), 0.0001),
        title,
        color,
        label,
        round(top, 2),
        round(height, 2),
    )


def colors(names: Iterable[str], count: int = 7) -> dict[str, str]:
    """A colour of the page's style for each name, in the order of their first use."""
    return {name: f"k{n % count + 1}" for n, name in enumerate(dict.fromkeys(names))}
