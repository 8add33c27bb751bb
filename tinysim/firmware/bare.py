"""An image that was built without a model, and the model's way into it.

What depends on the model lies behind all else: `.model` in flash; `.scratch`, `.weights`, `.arena`,
`.input` and `.state` in RAM. Where these begin and how large they are is in words that the code
reads (`firmware/benchmarks/model.S`). So no code moves, and an image is what the linker makes with
the model in it, to the byte.
"""

import struct
from dataclasses import dataclass, replace
from functools import cached_property

from ..errors import ToolError
from ..placement import Layout
from .elf import EditedElf

_WORD = 4
_ALIGNMENTS = {"scratch": 8, "arena": 16, "input": 16, "state": 16}
"""Bytes, in the order of addresses (`firmware/board/stm32l4r5.ld`)."""
STEP = _ALIGNMENTS["arena"]
"""Bytes by which arenas grow."""


def rounded(size: int) -> int:
    """The same number of bytes or a few more, so that an arena can follow."""
    return -(-size // STEP) * STEP


@dataclass(frozen=True)
class Sizes:
    """Memory in bytes that an image gives to its model, and how the model's ends are to be read.

    `state` is what the last `states` inputs are before the first inference. `packs`: weights that
    are quicker in RAM are copied there, where no `layout` says which. `note` is what the image has
    to tell of it (`results.Placement`), for reports.
    """

    arena: int
    scratch: int
    input: int
    outputs: int = 1
    states: int = 0
    state: bytes = b""
    packs: bool = True
    layout: Layout | None = None
    note: bytes = b""


@dataclass(frozen=True)
class Bare:
    """The ELF file of an image without a model."""

    content: bytes
    note: str = ""
    """What a user of the image is told of its code; empty where it is what a build gives."""

    @cached_property
    def _elf(self) -> EditedElf:
        return EditedElf(self.content)

    @property
    def sizes(self) -> Sizes:
        """What the image gives to its benchmark's own model."""
        word = self._elf.word
        return Sizes(
            arena=word("tinysim_arena_bytes"),
            scratch=word("tinysim_scratch_bytes"),
            input=word("tinysim_input_bytes"),
        )

    @property
    def takes_input(self) -> bool:
        """Whether the host sends inputs: none are sent to what listens."""
        return self._elf.has("tinysim_input")

    @property
    def room(self) -> tuple[int, int]:
        """Where RAM for what depends on the model begins, and its end."""
        return self._elf.section(".bss")[1], self._elf.value("__ram_end")

    def largest_arena(self, sizes: Sizes) -> int:
        """Bytes that RAM has for the arena beside the rest of `sizes`; below 0 if not even that."""
        begin, size = _places(self._elf, replace(sizes, arena=0))["state"]
        return self._elf.value("__ram_end") - begin - size

    def with_model(self, model: bytes, sizes: Sizes | None = None) -> bytes:
        """The ELF file of the image with a model in it.

        Raises:
            ToolError: flash or RAM is too small; the text says by how much.

        """
        elf = EditedElf(self.content)
        sizes = sizes or self.sizes
        begin, _ = elf.section(".model")
        layout = sizes.layout
        table = _table(layout) if layout else b""
        gap = bytes(-(begin + len(model) + len(sizes.state)) % _WORD if table else 0)
        rest = sizes.state + gap + table
        _require("FLASH", begin + len(model) + len(rest), elf.value("__flash_end"))
        elf.fill(".model", "g_model", model, rest)
        elf.set_word("tinysim_places", begin + len(model) + len(sizes.state + gap))
        elf.set_word("tinysim_place_count", len(layout.places) if layout else 0)
        if sizes.note:
            elf.attach(".placement", sizes.note)
        elf.set_word("tinysim_state_at_reset", begin + len(model))
        elf.set_word("tinysim_outputs", sizes.outputs)
        elf.set_word("tinysim_states", sizes.states)
        elf.set_word("tinysim_packs", int(sizes.packs))
        end = 0
        places = _places(elf, sizes)
        if layout:
            places = {span.name: (span.address, span.bytes) for span in layout.spans}
        for name, (begin, size) in places.items():
            elf.set_word(f"tinysim_{name}", begin)
            elf.set_word(f"tinysim_{name}_bytes", size)
            elf.move(f".{name}", begin, size)
            end = max(end, begin + size)
        _require("RAM", end, elf.value("__ram_end"))
        return bytes(elf)


def _places(elf: EditedElf, sizes: Sizes) -> dict[str, tuple[int, int]]:
    """Address and size of each part of the memory."""
    wanted = {
        "scratch": sizes.scratch,
        "input": sizes.input if elf.has("tinysim_input") else 0,
        "state": len(sizes.state),
        "arena": sizes.arena,
    }
    _, end = elf.section(".bss")
    places = {}
    for name, alignment in _ALIGNMENTS.items():
        begin = -(-end // alignment) * alignment
        end = begin + wanted[name]
        places[name] = (begin, wanted[name])
    return places


def _table(layout: Layout) -> bytes:
    """Of `tinysim_place_t` (`firmware/tflm/places.cpp`)."""
    return b"".join(
        struct.pack("<III", place.address, place.bytes, place.working) for place in layout.places
    )


def _require(region: str, end: int, limit: int) -> None:
    if end > limit:
        raise ToolError(f"region {region} overflowed by {end - limit} bytes")
