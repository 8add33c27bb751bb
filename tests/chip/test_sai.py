"""Serial audio interface (RM0432 section 58), with a port on its line."""

import numpy as np
import numpy.typing as npt
import pytest

from tinysim._core import CoreError
from tinysim.devices import AudioPort
from tinysim.errors import EngineError

from .board import Chip

_MASTER_TX, _MASTER_RX, _SLAVE_TX, _SLAVE_RX = range(4)
_DS16, _DS32 = 4 << 5, 7 << 5
_SYNCHRONOUS, _MONO, _SAIEN, _DMAEN, _NOMCK = 1 << 10, 1 << 12, 1 << 16, 1 << 17, 1 << 19
_LSBFIRST = 1 << 8
_FFLUSH, _MUTE = 1 << 3, 1 << 5
_FSDEF, _FSPOL, _FSOFF = 1 << 16, 1 << 17, 1 << 18
_OVRUDR, _MUTEDET, _WCKCFG, _FREQ, _AFSDET, _LFSDET = (1 << bit for bit in (0, 1, 2, 3, 5, 6))
_INTERRUPTS = {"SAI1": 74, "SAI2": 75}
_RATE = 16_000
_FRAME = 250
"""Cycles of HCLK at reset, 4 MHz, in a frame at 16 kHz."""
_BUFFER = 0x20002000


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable("SAI1", "SAI2", "DMA1", "DMAMUX1")
    return made


def _stereo(frames: int) -> npt.NDArray[np.int16]:
    left = np.arange(1, frames + 1)
    return np.stack([left, -left], axis=1).astype(np.int16)


def _words(chip: Chip, count: int) -> list[int]:
    return list(np.frombuffer(chip.machine.read_memory(_BUFFER, 2 * count), np.int16))


def _i2s(chip: Chip, mode: int, port: str = "SAI1_A", extra: int = 0, width: int = 16) -> None:
    """Set up a block for stereo of 16 bits in I2S, in slots of `width` bits, and turn it on."""
    chip[f"{port}FRCR"] = 2 * width - 1 | width - 1 << 8 | _FSDEF | _FSOFF
    chip[f"{port}SLOTR"] = 3 << 16 | 1 << 8 | (width == 32) << 7
    chip[f"{port}CR1"] = mode | _DS16 | extra
    chip[f"{port}CR1"] |= _SAIEN


def _dma(chip: Chip, request: int, register: str, count: int, control: int) -> None:
    chip["DMAMUX1_C0CR"] = request
    chip["DMA1_CPAR1"] = chip.registers[register].address
    chip["DMA1_CMAR1"] = _BUFFER
    chip["DMA1_CNDTR1"] = count
    chip["DMA1_CCR1"] = 1 | 1 << 7 | 1 << 8 | 1 << 10 | control


@pytest.mark.parametrize(
    ("bus", "block", "request_line"),
    [("sai1", "A", 36), ("sai1", "B", 37), ("sai2", "A", 38), ("sai2", "B", 39)],
)
def test_a_slave_takes_stereo_by_dma_at_the_sources_rate(
    chip: Chip, bus: str, block: str, request_line: int
) -> None:
    source = AudioPort(chip.machine, bus, block)  # type: ignore[arg-type]
    port = f"{bus.upper()}_{block}"
    _dma(chip, request_line, f"{port}DR", 20, 0)
    _i2s(chip, _SLAVE_RX, port, _DMAEN)
    source.play(_stereo(10), at_s=0.001)
    chip.run(4_000 - chip.machine.cycles)
    assert chip["DMA1_CNDTR1"] == 20
    for frames in range(1, 11):
        chip.run(_FRAME)
        # The last bit of a right sample is on the line together with the next FS.
        assert chip["DMA1_CNDTR1"] == 20 - 2 * frames + (1 if frames else 0)
        assert source.played == min(frames + 1, 10)
    chip.run(_FRAME)
    assert _words(chip, 20) == _stereo(10).ravel().tolist()
    assert (source.lost, source.frames) == (0, 10)
    assert chip["DMA1_ISR"] & 0xF == 0x7


def test_samples_come_in_the_right_half_of_wider_slots(chip: Chip) -> None:
    source = AudioPort(chip.machine, slot_bits=32)
    _dma(chip, 36, "SAI1_ADR", 8, 0)
    _i2s(chip, _SLAVE_RX, extra=_DMAEN, width=32)
    source.play(_stereo(4))
    chip.run(5 * _FRAME)
    assert _words(chip, 8) == _stereo(4).ravel().tolist()


def test_a_block_that_wants_the_other_edge_begins_with_the_right(chip: Chip) -> None:
    source = AudioPort(chip.machine)
    _dma(chip, 36, "SAI1_ADR", 5, 0)
    chip["SAI1_AFRCR"] = 31 | 15 << 8 | _FSDEF | _FSOFF | _FSPOL
    chip["SAI1_ASLOTR"] = 3 << 16 | 1 << 8
    chip["SAI1_ACR1"] = _SLAVE_RX | _DS16 | _SAIEN | _DMAEN
    source.play(_stereo(4))
    chip.run(5 * _FRAME)
    assert _words(chip, 5) == [-1, 2, -2, 3, -3]


def test_without_the_offset_every_bit_is_one_place_low(chip: Chip) -> None:
    source = AudioPort(chip.machine)
    _dma(chip, 36, "SAI1_ADR", 4, 0)
    chip["SAI1_AFRCR"] = 31 | 15 << 8 | _FSDEF
    chip["SAI1_ASLOTR"] = 3 << 16 | 1 << 8
    chip["SAI1_ACR1"] = _SLAVE_RX | _DS16 | _SAIEN | _DMAEN
    source.play(np.array([[0x1234, 0x5679], [0x0002, 0x0004]], np.int16))
    chip.run(3 * _FRAME)
    # The last bit of the right sample comes first on the left side.
    assert _words(chip, 4) == [0x091A, 0x2B3C, -0x7FFF, 0x0002]


def test_a_pulse_begins_a_frame_of_many_slots(chip: Chip) -> None:
    source = AudioPort(chip.machine, channels=4, layout="dsp")
    _dma(chip, 36, "SAI1_ADR", 6, 0)
    chip["SAI1_AFRCR"] = 63 | _FSPOL | _FSOFF
    chip["SAI1_ASLOTR"] = 0b1011 << 16 | 3 << 8  # of four slots, all but the third
    chip["SAI1_ACR1"] = _SLAVE_RX | _DS16 | _SAIEN | _DMAEN
    source.play(np.arange(1, 13, dtype=np.int16).reshape(3, 4))
    chip.run(3 * _FRAME)
    assert _words(chip, 6) == [1, 2, 4, 5, 6, 8]


def test_mono_takes_the_left_and_the_lowest_bit_may_come_first(chip: Chip) -> None:
    source = AudioPort(chip.machine)
    _dma(chip, 36, "SAI1_ADR", 2, 0)
    _i2s(chip, _SLAVE_RX, extra=_DMAEN | _MONO | _LSBFIRST)
    source.play(np.array([[1, 2], [0x00F0, 4]], np.int16))
    chip.run(3 * _FRAME)
    assert _words(chip, 2) == [-0x8000, 0x0F00]


def test_a_full_fifo_is_an_overrun_and_sides_stay_sides(chip: Chip) -> None:
    source = AudioPort(chip.machine)
    _i2s(chip, _SLAVE_RX)
    chip["SAI1_AIM"] = _OVRUDR
    source.play(_stereo(20))
    chip.run(4 * _FRAME + 20)
    assert chip.field("SAI1_ASR", "ASR") >> 16 == 5
    assert not chip.pends(_INTERRUPTS["SAI1"])
    chip.run(_FRAME // 2)
    assert chip["SAI1_ASR"] & _OVRUDR
    assert chip.pends(_INTERRUPTS["SAI1"])
    assert [chip["SAI1_ADR"] for _ in range(3)] == [1, 0xFFFF, 2]
    chip["SAI1_ACLRFR"] = _OVRUDR
    chip.run(_FRAME)
    assert chip["SAI1_ASR"] & _OVRUDR == 0
    got = [chip["SAI1_ADR"] for _ in range(6)]
    assert got[:5] == [0xFFFE, 3, 0xFFFD, 4, 0xFFFC]
    assert got[5] == 6  # a left sample: the fifth frame, and the right of it, are lost
    assert source.lost == 2


@pytest.mark.parametrize(("threshold", "words"), [(0, 1), (1, 2), (2, 4), (3, 6), (4, 8)])
def test_freq_follows_the_threshold(chip: Chip, threshold: int, words: int) -> None:
    source = AudioPort(chip.machine)
    chip["SAI1_ACR2"] = threshold
    _i2s(chip, _SLAVE_RX)
    chip["SAI1_AIM"] = _FREQ
    source.play(_stereo(8))
    half = _FRAME // 2
    chip.run(10)
    for taken in range(8):
        assert bool(chip["SAI1_ASR"] & _FREQ) == (taken >= words)
        assert chip.pends(_INTERRUPTS["SAI1"]) == (taken >= words)
        chip.run(half)
    assert chip["SAI1_ASR"] & _FREQ


def test_a_transmitter_asks_while_its_fifo_is_below_the_threshold(chip: Chip) -> None:
    levels = []
    chip["SAI1_ACR1"] = _MASTER_TX | _DS16
    for threshold in range(5):
        chip["SAI1_ACR2"] = threshold | _FFLUSH
        written = 0
        while chip["SAI1_ASR"] & _FREQ and written < 8:
            chip["SAI1_ADR"] = 1
            written += 1
        levels.append(written)
    assert levels == [1, 3, 5, 7, 8]


@pytest.mark.parametrize(("line_bits", "flag"), [(16, _AFSDET), (32, _LFSDET)])
def test_a_frame_of_another_length_is_noticed(chip: Chip, line_bits: int, flag: int) -> None:
    source = AudioPort(chip.machine, bits=16, slot_bits=line_bits)
    chip["SAI1_AFRCR"] = 47 | 23 << 8 | _FSDEF | _FSOFF
    chip["SAI1_ASLOTR"] = 1 << 16 | 1 << 8
    chip["SAI1_AIM"] = flag
    chip["SAI1_ACR1"] = _SLAVE_RX | _DS16 | _SAIEN
    source.play(_stereo(2))
    chip.run(3 * _FRAME)
    assert chip["SAI1_ASR"] & (_AFSDET | _LFSDET) == flag
    assert chip.pends(_INTERRUPTS["SAI1"])
    chip["SAI1_ACLRFR"] = flag
    assert chip["SAI1_ASR"] & (_AFSDET | _LFSDET) == 0


def _clock_from_pll(chip: Chip) -> None:
    """12.288 MHz: HSI, divided by 1, times 43, divided by 56: 12.2857 MHz."""
    chip["RCC_CR"] |= 1 << 8
    chip["RCC_PLLCFGR"] = 2
    chip["RCC_PLLSAI1CFGR"] = 43 << 8 | 56 >> 1 << 27 | 1 << 16  # 28 is the widest fit of 5 bits
    chip["RCC_CR"] |= 1 << 26


def test_a_master_sends_at_its_own_rate(chip: Chip) -> None:
    sink = AudioPort(chip.machine, clock="none")
    _clock_from_pll(chip)  # 16 MHz * 43 / 28 = 24.571 MHz
    chip.machine.write_memory(_BUFFER, _stereo(8).tobytes())
    _dma(chip, 36, "SAI1_ADR", 16, 1 << 4)
    chip["SAI1_ACR1"] = _MASTER_TX | _DS16 | _DMAEN
    chip.run(20)
    started = chip.machine.time_ns
    _i2s(chip, _MASTER_TX, extra=_DMAEN | 6 << 20)
    rate = 16e6 * 43 / 28 / 6 / 256
    frames = 0
    for _ in range(300):
        if frames == 8:
            break
        chip.run(10)
        frames += len(sink.recorded())
    took = chip.machine.time_ns - started
    assert frames == 8
    assert took * rate / 1e9 == pytest.approx(8, abs=1)


def test_a_sink_hears_what_was_sent_and_silence_where_nothing_was(chip: Chip) -> None:
    sink = AudioPort(chip.machine, clock="none")
    _clock_from_pll(chip)
    chip["SAI1_ACR1"] = _MASTER_TX | _DS16
    for word in (10, 20, 30):
        chip["SAI1_ADR"] = word
    chip["SAI1_AIM"] = _OVRUDR
    _i2s(chip, _MASTER_TX, extra=6 << 20)
    assert not chip.pends(_INTERRUPTS["SAI1"])
    chip.run(3 * _FRAME)
    assert chip["SAI1_ASR"] & _OVRUDR
    assert chip.pends(_INTERRUPTS["SAI1"])
    assert sink.recorded()[:3].tolist() == [[10, 20], [30, 0], [0, 0]]
    chip["SAI1_ADR"] = 41  # for the right, which it was that had nothing
    chip.run(2 * _FRAME)
    assert [0, 41] in sink.recorded().tolist()


def test_muting_sends_silence_and_uses_samples_up(chip: Chip) -> None:
    sink = AudioPort(chip.machine, clock="none")
    _clock_from_pll(chip)
    chip["SAI1_ACR1"] = _MASTER_TX | _DS16
    for word in range(1, 9):
        chip["SAI1_ADR"] = word
    chip["SAI1_ACR2"] = _MUTE
    _i2s(chip, _MASTER_TX, extra=6 << 20)
    chip.run(_FRAME + _FRAME // 2)
    chip["SAI1_ACR2"] = 0
    chip.run(3 * _FRAME)
    heard = sink.recorded().tolist()
    assert heard[0] == [0, 0]
    assert heard[3] == [7, 8]


def test_a_receiver_counts_silent_frames(chip: Chip) -> None:
    source = AudioPort(chip.machine)
    chip["SAI1_ACR2"] = 2 << 7
    _i2s(chip, _SLAVE_RX)
    source.play(np.array([[0, 0], [1, 0], [0, 0], [0, 0], [0, 0]], np.int16))
    chip.run(3 * _FRAME + 50)
    assert chip["SAI1_ASR"] & _MUTEDET == 0
    chip.run(_FRAME)
    assert chip["SAI1_ASR"] & _MUTEDET


def test_a_master_clock_needs_a_frame_of_a_power_of_two(chip: Chip) -> None:
    chip["SAI1_AIM"] = _WCKCFG
    chip["SAI1_AFRCR"] = 47
    chip["SAI1_ACR1"] = _MASTER_TX | _DS16 | _SAIEN
    assert chip["SAI1_ACR1"] & _SAIEN == 0
    assert chip["SAI1_ASR"] & _WCKCFG
    assert chip.pends(_INTERRUPTS["SAI1"])
    chip["SAI1_ACLRFR"] = _WCKCFG
    chip["SAI1_ACR1"] = _MASTER_TX | _DS16 | _SAIEN | _NOMCK
    assert chip["SAI1_ACR1"] & _SAIEN
    assert chip["SAI1_ASR"] & _WCKCFG == 0


def test_a_block_stops_at_the_end_of_its_frame(chip: Chip) -> None:
    source = AudioPort(chip.machine)
    _i2s(chip, _SLAVE_RX)
    source.play(_stereo(10))
    chip.run(_FRAME // 2)
    chip["SAI1_ACR1"] &= ~_SAIEN
    assert chip["SAI1_ACR1"] & _SAIEN
    chip.run(_FRAME)
    assert chip["SAI1_ACR1"] & _SAIEN == 0
    assert chip.field("SAI1_ASR", "ASR") >> 16 == 2  # two words
    chip.run(2 * _FRAME)
    assert chip.field("SAI1_ASR", "ASR") >> 16 == 2
    chip["SAI1_ACR2"] = _FFLUSH
    assert chip.field("SAI1_ASR", "ASR") >> 16 == 0


def test_a_synchronous_block_shares_the_others_clock(chip: Chip) -> None:
    source = AudioPort(chip.machine, "sai1", "A")
    sink = AudioPort(chip.machine, "sai1", "B", clock="none")
    for word in (7, 8, 9, 10):
        chip["SAI1_BCR1"] = _SLAVE_TX | _DS16
        chip["SAI1_BDR"] = word
    _i2s(chip, _SLAVE_TX, "SAI1_B", _SYNCHRONOUS)
    _i2s(chip, _SLAVE_RX)
    chip.run(4 * _FRAME)
    assert len(sink.recorded()) == 0
    source.play(_stereo(2))
    chip.run(3 * _FRAME)
    assert sink.recorded().tolist() == [[7, 8], [9, 10]]


def test_the_rate_is_the_sources_whatever_the_chips_clock(chip: Chip) -> None:
    source = AudioPort(chip.machine, rate_hz=16_005.5)
    _dma(chip, 36, "SAI1_ADR", 4000, 0)
    _i2s(chip, _SLAVE_RX, extra=_DMAEN)
    source.play(_stereo(2000), at_s=0)
    chip["RCC_CR"] = (chip["RCC_CR"] & ~0xF0) | 10 << 4 | 1 << 3  # MSI at 32 MHz
    chip.run(1_600_000)
    elapsed_s = chip.machine.time_ns / 1e9
    got = (4000 - chip["DMA1_CNDTR1"]) / 2
    assert got == pytest.approx(elapsed_s * 16_005.5, abs=1)


def test_a_snapshot_goes_on_in_the_middle_of_a_sound(chip: Chip) -> None:
    source = AudioPort(chip.machine)
    _dma(chip, 36, "SAI1_ADR", 20, 0)
    _i2s(chip, _SLAVE_RX, extra=_DMAEN)
    source.play(_stereo(10))
    chip.run(3 * _FRAME + 17)
    state = chip.machine.snapshot()
    chip.run(20 * _FRAME)
    first = _words(chip, 20)
    chip.machine.write_memory(_BUFFER, bytes(40))
    chip.machine.restore(state)
    chip.run(20 * _FRAME)
    assert _words(chip, 20) == first == _stereo(10).ravel().tolist()
    source.play(_stereo(11))
    with pytest.raises(CoreError, match="another sound"):
        chip.machine.restore(state)


def test_odd_sounds_and_places_are_refused(chip: Chip) -> None:
    source = AudioPort(chip.machine)
    with pytest.raises(EngineError, match="whole number of frames"):
        source.play(bytes(6))
    with pytest.raises(EngineError, match="whole numbers of 16 bits, not float64"):
        source.play(np.zeros((2, 2)))  # type: ignore[arg-type]
    with pytest.raises(EngineError, match="no such peripheral"):
        AudioPort(chip.machine, "sai3")
    with pytest.raises(EngineError, match="no device for usart1"):
        AudioPort(chip.machine, "usart1")
