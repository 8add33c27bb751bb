"""Where an image and its model lie in memory."""

from typing import Literal

from pydantic import ValidationError

from .part import Count, Part


class Section(Part):
    """A part of the image in memory: address and size in bytes."""

    name: str
    address: Count
    size: Count


class Memory(Part):
    """Bytes. `ram` and `arena` are None where the image does not tell them."""

    flash: Count
    flash_available: Count
    ram: Count | None
    ram_available: Count
    arena: Count | None
    sections: tuple[Section, ...] = ()


class Estimate(Part):
    """Bytes that were expected before anything was built."""

    flash: int
    ram: int
    arena: int


class PlannedTensor(Part):
    """An intermediate result in the arena: bytes from its start, and the operations from `first`
    to `last` during which it lies there.
    """

    name: str
    bytes: Count
    offset: Count
    first: Count
    last: Count


class Plan(Part):
    """The arena's part for intermediate results: `bytes` in all, of which most, `peak_bytes`, are
    in use at operation `peak`.
    """

    bytes: Count
    peak: Count
    peak_bytes: Count
    tensors: tuple[PlannedTensor, ...]


class PlacedPart(Part):
    """A part of RAM: `memory` names the one that it lies in, or those. `reads` are those of one
    inference and `waits` the cycles that they wait for the memory; None where nobody has counted.
    """

    name: str
    kind: Literal[
        "variables",
        "working memory",
        "weights",
        "arena",
        "input",
        "state",
        "tensor",
        "interpreter",
    ]
    memory: str
    address: Count
    size: Count
    reads: Count | None = None
    waits: Count | None = None


class Placement(Part):
    """What of a model lies where in RAM, by address, and why. Tensors and what the interpreter
    keeps lie in the part that is the arena. An inference took `cycles` when this was counted, 0
    where it was not; it waits for RAM in `waits` of them.
    """

    memories: tuple[Section, ...]
    parts: tuple[PlacedPart, ...]
    in_arena: tuple[PlacedPart, ...] = ()
    reasons: tuple[str, ...] = ()
    cycles: Count = 0
    waits: Count = 0


def parse_placement(noted: bytes) -> Placement | None:
    """What an image has written down; None where it has not, or something else."""
    if not noted:
        return None
    try:
        return Placement.model_validate_json(noted)
    except ValidationError:
        return None
