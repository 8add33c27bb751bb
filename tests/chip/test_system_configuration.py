"""What SYSCFG does to memory (RM0432 section 9)."""

import pytest

from .board import Chip

_SRAM2, _ALIAS, _SRAM1 = 0x20030010, 0x10000010, 0x20000010


@pytest.mark.parametrize(
    ("keys", "erased"), [((0xCA, 0x53), True), ((0x53, 0xCA), False), ((0xCA, 0, 0x53), False)]
)
def test_sram2_is_erased_after_both_keys(keys: tuple[int, ...], *, erased: bool) -> None:
    chip = Chip()
    chip.enable("SYSCFG")
    for address in (_SRAM1, _SRAM2):
        chip.machine.bus_write(address, 0x12345678)
    for key in keys:
        chip["SYSCFG_SKR"] = key
    chip["SYSCFG_SCSR"] = 1
    assert chip["SYSCFG_SCSR"] == 0
    assert chip.machine.bus_read(_SRAM1) == 0x12345678
    for address in (_SRAM2, _ALIAS):
        assert (chip.machine.bus_read(address) == 0) is erased


def test_the_keys_are_good_for_one_erase() -> None:
    chip = Chip()
    chip.enable("SYSCFG")
    chip["SYSCFG_SKR"] = 0xCA
    chip["SYSCFG_SKR"] = 0x53
    chip["SYSCFG_SCSR"] = 1
    chip.machine.bus_write(_SRAM2, 1)
    chip["SYSCFG_SCSR"] = 1
    assert chip.machine.bus_read(_SRAM2) == 1
