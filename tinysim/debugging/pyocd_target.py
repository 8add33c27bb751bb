"""The chip as pyOCD knows one: its memories, and how its flash is programmed."""

from __future__ import annotations

from typing import Any

from pyocd.core.memory_map import FlashRegion, MemoryMap, RamRegion
from pyocd.core.session import Session
from pyocd.coresight.coresight_target import CoreSightTarget
from pyocd.target import TARGET

from ..platform import Board, load_board
from ..platform.board import DEFAULT
from .flash_loader import CODE, ENTRIES

TARGET_NAME = "stm32l4r5zi"
BOARD_OPTION = "tinysim.board"

_LOADER = 0x2000_0000
_STACK_BYTES = 0x200
_PAGE = 0x400
"""Bytes that the loader is given at once; there are two of them, filled in turns."""
_DUAL_BANK_SECTOR, _SINGLE_BANK_SECTOR = 0x1000, 0x2000
"""RM0432 3.3.1."""


def chosen_board(session: Session | None) -> str:
    """The board that a session is about."""
    return str(session.options.get(BOARD_OPTION) or DEFAULT) if session else DEFAULT


class Stm32l4r5(CoreSightTarget):
    """An STM32L4R5ZI."""

    VENDOR = "STMicroelectronics"

    def __init__(self, session: Session) -> None:
        super().__init__(session, _memory_map(load_board(chosen_board(session))))


def register_target() -> None:
    """Let pyOCD know the chip, unless it knows it from a pack."""
    TARGET.setdefault(TARGET_NAME, Stm32l4r5)


def _memory_map(board: Board) -> MemoryMap:
    regions: list[Any] = []
    settings = board.settings
    dual = board.options().get("flash.bank") != "single"
    for entry in board.machine.entries.values():
        if entry.type != "Memory.MappedMemory" or entry.name in settings.memory.rom:
            continue
        size = int(entry.properties["size"])
        # What is mapped to address 0 is an alias.
        addresses = [place.address for place in entry.registrations if place.address]
        if entry.name in settings.memory.flash:
            regions.append(
                FlashRegion(
                    name=entry.name,
                    start=addresses[0],
                    length=size,
                    sector_size=_DUAL_BANK_SECTOR if dual else _SINGLE_BANK_SECTOR,
                    page_size=_PAGE,
                    phrase_size=8,
                    is_boot_memory=True,
                    algo=_algorithm(),
                )
            )
            continue
        regions.extend(
            RamRegion(
                name=f"{entry.name}_{number}" if number else entry.name,
                start=address,
                length=size,
                is_default=address == _LOADER,
            )
            for number, address in enumerate(addresses)
        )
    return MemoryMap(*regions)


def _algorithm() -> dict[str, Any]:
    buffers = _LOADER + 4 * len(CODE) + _STACK_BYTES
    buffers = buffers + _PAGE - 1 & ~(_PAGE - 1)
    return {
        "load_address": _LOADER,
        "instructions": list(CODE),
        "pc_init": _LOADER + ENTRIES.init + 1,
        "pc_unInit": _LOADER + ENTRIES.uninit + 1,
        "pc_erase_sector": _LOADER + ENTRIES.erase_sector + 1,
        "pc_eraseAll": _LOADER + ENTRIES.erase_chip + 1,
        "pc_program_page": _LOADER + ENTRIES.program_page + 1,
        "begin_stack": buffers,
        "static_base": _LOADER,
        "page_buffers": [buffers, buffers + _PAGE],
        "min_program_length": 8,
        "analyzer_supported": False,
        "page_size": _PAGE,
    }
