"""SDMMC without a card, OCTOSPI without a memory (RM0432)."""

import pytest

from .board import Chip

_CTIMEOUT, _DTIMEOUT, _CMDSENT, _DPSMACT, _CPSMACT = 1 << 2, 1 << 3, 1 << 7, 1 << 12, 1 << 13
_CPSMEN, _SHORT_RESPONSE = 1 << 12, 1 << 8
_SDMMC, _OCTOSPI1 = 49, 71
_EN, _ABORT, _APMS = 1 << 0, 1 << 1, 1 << 22
_WRITE, _READ, _POLL = 0, 1 << 28, 2 << 28
_TEF, _TCF, _FTF, _SMF, _BUSY = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 5
_ONE_LINE = 1 | 1 << 8 | 2 << 12 | 1 << 24
"""Instruction, 24 bits of address and data, each on one line."""


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable("SDMMC1", "OSPI1", "OSPIM", "DMA1", "DMAMUX1")
    made["RCC_CRRCR"] = 1
    return made


def _power(chip: Chip) -> None:
    chip["SDMMC1_CLKCR"] = 60  # 400 kHz of HSI48: 10 cycles of HCLK
    chip["SDMMC1_POWER"] = 3


def test_a_command_without_a_response_is_sent(chip: Chip) -> None:
    _power(chip)
    chip["SDMMC1_CMDR"] = _CPSMEN
    chip.run(400)
    assert chip["SDMMC1_STAR"] == _CPSMACT
    chip.run(100)
    assert chip["SDMMC1_STAR"] == _CMDSENT
    chip["SDMMC1_ICR"] = _CMDSENT
    assert chip["SDMMC1_STAR"] == 0


def test_no_card_answers(chip: Chip) -> None:
    _power(chip)
    chip["SDMMC1_MASKR"] = _CTIMEOUT
    chip["SDMMC1_CMDR"] = 8 | _CPSMEN | _SHORT_RESPONSE
    chip.run(1000)
    assert not chip.pends(_SDMMC)
    chip.run(200)
    assert chip["SDMMC1_STAR"] == _CTIMEOUT
    assert chip.pends(_SDMMC)


def test_nothing_goes_out_without_power_or_clock(chip: Chip) -> None:
    chip["SDMMC1_CLKCR"] = 60
    chip["SDMMC1_CMDR"] = _CPSMEN
    chip.run(1000)
    assert chip["SDMMC1_STAR"] == 0
    chip["SDMMC1_POWER"] = 3
    chip["RCC_CRRCR"] = 0
    chip["SDMMC1_CMDR"] = _CPSMEN
    chip.run(1000)
    assert chip["SDMMC1_STAR"] == 0


def test_no_data_come_either(chip: Chip) -> None:
    _power(chip)
    chip["SDMMC1_DTIMER"] = 500
    chip["SDMMC1_DLENR"] = 512
    chip["SDMMC1_DCTRL"] = 1 | 1 << 1 | 9 << 4
    assert chip["SDMMC1_DCNTR"] == 512
    chip.run(4900)
    assert chip["SDMMC1_STAR"] & (_DPSMACT | _DTIMEOUT) == _DPSMACT
    chip.run(200)
    assert chip["SDMMC1_STAR"] == _DTIMEOUT


def _octospi(chip: Chip, mode: int, control: int = 0) -> None:
    chip["OCTOSPI1_DCR1"] = 23 << 16
    chip["OCTOSPI1_DCR2"] = 1  # two cycles of HCLK a clock
    chip["OCTOSPI1_CCR"] = _ONE_LINE
    chip["OCTOSPI1_CR"] = _EN | mode | control


def test_an_instruction_alone_goes_out(chip: Chip) -> None:
    _octospi(chip, _WRITE, 1 << 17)
    chip["OCTOSPI1_CCR"] = 1
    chip["OCTOSPI1_IR"] = 0x06
    assert chip["OCTOSPI1_SR"] & _BUSY
    assert not chip.pends(_OCTOSPI1)
    chip.run(20)
    assert chip["OCTOSPI1_SR"] & (_BUSY | _TCF) == _TCF
    assert chip.pends(_OCTOSPI1)
    chip["OCTOSPI1_FCR"] = _TCF
    assert not chip["OCTOSPI1_SR"] & _TCF


def test_an_identifier_that_nobody_has_is_zero(chip: Chip) -> None:
    _octospi(chip, _READ)
    chip["OCTOSPI1_DLR"] = 2
    chip["OCTOSPI1_IR"] = 0x9F
    assert not chip["OCTOSPI1_SR"] & _BUSY, "the address starts it"
    chip["OCTOSPI1_AR"] = 0
    chip.run(2 * (8 + 24 + 3 * 8) - 20)
    assert not chip["OCTOSPI1_SR"] & _TCF
    chip.run(40)
    assert chip["OCTOSPI1_SR"] & (_TCF | _FTF | _BUSY) == _TCF | _FTF | _BUSY
    for left in (2, 1, 0):
        assert chip.machine.bus_read(chip.registers["OCTOSPI1_DR"].address, 1) == 0
        assert chip.field("OCTOSPI1_SR", "FLEVEL") == left
    assert not chip["OCTOSPI1_SR"] & _BUSY


def test_the_clock_stands_while_the_fifo_is_full(chip: Chip) -> None:
    _octospi(chip, _READ)
    chip["OCTOSPI1_DLR"] = 39
    chip["OCTOSPI1_IR"] = 0x03
    chip["OCTOSPI1_AR"] = 0
    chip.run(2000)
    assert chip.field("OCTOSPI1_SR", "FLEVEL") == 32
    assert not chip["OCTOSPI1_SR"] & _TCF
    for _ in range(2):
        assert chip["OCTOSPI1_DR"] == 0
    chip.run(200)
    assert chip["OCTOSPI1_SR"] & _TCF
    assert chip.field("OCTOSPI1_SR", "FLEVEL") == 32


def test_data_written_start_a_page_program(chip: Chip) -> None:
    _octospi(chip, _WRITE)
    chip["OCTOSPI1_DLR"] = 3
    chip["OCTOSPI1_IR"] = 0x02
    chip["OCTOSPI1_AR"] = 0x100
    assert not chip["OCTOSPI1_SR"] & _BUSY
    for _ in range(4):
        assert chip["OCTOSPI1_SR"] & _FTF
        chip.machine.bus_write(chip.registers["OCTOSPI1_DR"].address, 0x5A, 1)
    assert chip["OCTOSPI1_SR"] & _BUSY
    chip.run(200)
    assert chip["OCTOSPI1_SR"] & (_BUSY | _TCF) == _TCF


def test_dma_takes_what_is_read(chip: Chip) -> None:
    target = 0x20001000
    chip.machine.write_memory(target, b"\xff" * 10)
    chip["DMAMUX1_C0CR"] = 40
    chip["DMA1_CPAR1"] = chip.registers["OCTOSPI1_DR"].address
    chip["DMA1_CMAR1"], chip["DMA1_CNDTR1"] = target, 8
    chip["DMA1_CCR1"] = 1 | 1 << 7
    _octospi(chip, _READ, 1 << 2)
    chip["OCTOSPI1_DLR"] = 7
    chip["OCTOSPI1_IR"] = 0x03
    chip["OCTOSPI1_AR"] = 0
    chip.run(400)
    assert chip.machine.read_memory(target, 10) == bytes(8) + b"\xff\xff"
    assert not chip["OCTOSPI1_SR"] & _BUSY


@pytest.mark.parametrize(
    ("match", "any_bit", "found"), [(0, 0, True), (1, 0, False), (1, 1, False), (2, 1, True)]
)
def test_status_is_polled_until_it_matches(
    chip: Chip, match: int, any_bit: int, *, found: bool
) -> None:
    _octospi(chip, _POLL, _APMS | any_bit << 23)
    chip["OCTOSPI1_CCR"] = 1 | 1 << 24
    chip["OCTOSPI1_PSMKR"] = 1
    chip["OCTOSPI1_PSMAR"] = match
    chip["OCTOSPI1_PIR"] = 16
    chip["OCTOSPI1_IR"] = 0x05
    chip.run(1000)
    assert bool(chip["OCTOSPI1_SR"] & _SMF) is found
    assert bool(chip["OCTOSPI1_SR"] & _BUSY) is not found
    chip["OCTOSPI1_CR"] |= _ABORT
    assert not chip["OCTOSPI1_SR"] & _BUSY


def test_an_address_behind_the_device_is_an_error(chip: Chip) -> None:
    _octospi(chip, _READ)
    chip["OCTOSPI1_AR"] = 1 << 24
    assert chip["OCTOSPI1_SR"] & (_TEF | _BUSY) == _TEF


def test_what_describes_a_command_stands_while_it_runs(chip: Chip) -> None:
    _octospi(chip, _READ)
    chip["OCTOSPI1_DLR"] = 7
    chip["OCTOSPI1_AR"] = 0
    chip["OCTOSPI1_DLR"] = 1
    assert chip["OCTOSPI1_DLR"] == 7
