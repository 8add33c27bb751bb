"""DMA controllers and their multiplexer (RM0432 sections 11 and 12)."""

import pytest

from .board import Chip

_SOURCE, _TARGET = 0x20002000, 0x20003000
_EN, _TCIE, _HTIE, _TEIE, _DIR, _CIRC = (1 << bit for bit in range(6))
_PINC, _MINC, _MEM2MEM = 1 << 6, 1 << 7, 1 << 14
_WORDS = 2 << 8 | 2 << 10
_DATA = bytes(range(64))


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable("DMA1", "DMA2", "DMAMUX1", "TIM6", "TIM2", "CRC")
    made.machine.write_memory(_SOURCE, _DATA)
    return made


def _copy(chip: Chip, controller: str, channel: int, items: int, control: int) -> None:
    chip[f"{controller}_CPAR{channel}"] = _SOURCE
    chip[f"{controller}_CMAR{channel}"] = _TARGET
    chip[f"{controller}_CNDTR{channel}"] = items
    chip[f"{controller}_CCR{channel}"] = control | _EN


@pytest.mark.parametrize(
    ("controller", "channel", "interrupt"),
    [*(("DMA1", n, 10 + n) for n in range(1, 8)), ("DMA2", 1, 56), ("DMA2", 6, 68)],
)
def test_memory_is_copied_and_the_interrupt_says_so(
    chip: Chip, controller: str, channel: int, interrupt: int
) -> None:
    _copy(chip, controller, channel, 16, _MEM2MEM | _PINC | _MINC | _WORDS | _TCIE)
    assert not chip.pends(interrupt)
    chip.run(200)
    assert chip.machine.read_memory(_TARGET, 64) == _DATA
    assert chip[f"{controller}_CNDTR{channel}"] == 0
    assert chip[f"{controller}_ISR"] >> 4 * (channel - 1) & 0xF == 0x7
    assert chip.pends(interrupt)
    chip[f"{controller}_IFCR"] = 1 << 4 * (channel - 1)
    assert chip[f"{controller}_ISR"] == 0


def test_bytes_widen_to_words_and_words_narrow_to_bytes(chip: Chip) -> None:
    _copy(chip, "DMA1", 1, 4, _MEM2MEM | _PINC | _MINC | 2 << 10)
    chip.run(100)
    assert chip.machine.read_memory(_TARGET, 16) == bytes([0, 0, 0, 0, 1, 0, 0, 0, 2] + [0] * 3) + (
        bytes([3, 0, 0, 0])
    )
    chip["DMA1_CCR1"] = 0
    _copy(chip, "DMA1", 1, 4, _MEM2MEM | _PINC | _MINC | 2 << 8)
    chip.run(100)
    assert chip.machine.read_memory(_TARGET, 4) == bytes([0, 4, 8, 12])


def test_addresses_and_count_stand_while_a_channel_is_on(chip: Chip) -> None:
    _copy(chip, "DMA1", 1, 8, _PINC | _MINC)
    chip["DMA1_CNDTR1"] = 3
    chip["DMA1_CMAR1"] = 0
    assert chip["DMA1_CNDTR1"] == 8
    assert chip["DMA1_CMAR1"] == _TARGET


def test_an_address_without_memory_is_a_transfer_error(chip: Chip) -> None:
    chip["DMA1_CPAR2"] = 0x60000000
    chip["DMA1_CNDTR2"] = 1
    chip["DMA1_CCR2"] = _MEM2MEM | _TEIE | _EN
    chip.run(50)
    assert chip["DMA1_ISR"] == 0x90
    assert chip["DMA1_CCR2"] & _EN == 0
    assert chip.pends(12)


def test_each_request_moves_one_item_and_a_circular_channel_goes_on(chip: Chip) -> None:
    chip["DMAMUX1_C0CR"] = 8  # TIM6_UP
    _copy(chip, "DMA1", 1, 4, _PINC | _MINC | _CIRC)
    chip.run(100)
    assert chip["DMA1_CNDTR1"] == 4
    chip["TIM6_DIER"] = 1 << 8
    for left in (3, 2, 1, 4, 3):
        chip["TIM6_EGR"] = 1
        chip.run(20)
        assert chip["DMA1_CNDTR1"] == left
    assert chip.machine.read_memory(_TARGET, 4) == _DATA[:4]
    assert chip["DMA1_ISR"] == 0x7


def test_the_highest_priority_goes_first(chip: Chip) -> None:
    _copy(chip, "DMA1", 1, 64, _MEM2MEM | _PINC | _MINC)
    _copy(chip, "DMA1", 2, 16, _MEM2MEM | _PINC | _MINC | 3 << 12)
    chip.run(200)
    assert chip["DMA1_CNDTR2"] == 0
    assert chip["DMA1_CNDTR1"] > 32


def test_a_timer_burst_fills_consecutive_registers(chip: Chip) -> None:
    values = b"".join(number.to_bytes(4, "little") for number in (1000, 11, 22))
    chip.machine.write_memory(_SOURCE, values)
    chip["TIM2_DCR"] = 0x2C // 4 | 2 << 8  # from ARR on, three: ARR, (RCR), CCR1
    chip["TIM2_DIER"] = 1 << 8
    chip["DMAMUX1_C1CR"] = 60
    chip["DMA1_CPAR2"] = chip.registers["TIM2_DMAR"].address
    chip["DMA1_CMAR2"] = _SOURCE
    chip["DMA1_CNDTR2"] = 3
    chip["DMA1_CCR2"] = _DIR | _MINC | _WORDS | _EN
    chip["TIM2_EGR"] = 1
    chip.run(100)
    assert (chip["TIM2_ARR"], chip["TIM2_CCR1"]) == (1000, 22)


def test_a_generator_makes_requests_from_an_edge(chip: Chip) -> None:
    chip.enable("GPIOA", "SYSCFG")
    chip["GPIOA_MODER"] = chip.registers["GPIOA_MODER"].reset & ~3
    chip["DMAMUX1_RG0CR"] = 0 | 1 << 16 | 1 << 17 | 2 << 19  # EXTI0, rising, three requests
    chip["DMAMUX1_C0CR"] = 1
    _copy(chip, "DMA1", 1, 8, _PINC | _MINC)
    chip.machine.set_input("gpioa", 0, True)
    chip.run(200)
    assert chip["DMA1_CNDTR1"] == 5
    chip.machine.set_input("gpioa", 0, False)
    chip.run(200)
    assert chip["DMA1_CNDTR1"] == 5


def test_synchronised_requests_wait_for_their_event(chip: Chip) -> None:
    chip.enable("GPIOA", "SYSCFG")
    chip["GPIOA_MODER"] = chip.registers["GPIOA_MODER"].reset & ~3
    chip["DMAMUX1_C0CR"] = 8 | 1 << 16 | 1 << 17 | 1 << 19  # two requests an edge
    chip["TIM6_DIER"] = 1 << 8
    _copy(chip, "DMA1", 1, 8, _PINC | _MINC)
    for level, left in ((False, 8), (True, 6)):
        chip.machine.set_input("gpioa", 0, level)
        for _ in range(4):
            chip["TIM6_EGR"] = 1
            chip.run(20)
        assert chip["DMA1_CNDTR1"] == left
