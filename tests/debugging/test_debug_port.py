"""The debug port and its access port, register by register (IHI 0031)."""

import pytest

from tinysim.debugging.debug_port import DebugPort, TransferFault

_ABORT, _CTRL, _SELECT, _RDBUFF = 0x0, 0x4, 0x8, 0xC
_CSW, _TAR, _DRW = 0x00, 0x04, 0x0C


class _Memory:
    def __init__(self) -> None:
        self.bytes = bytearray(range(256)) * 16
        self.accesses: list[tuple[int, int]] = []

    def read(self, address: int, size: int) -> int:
        self.accesses.append((address, size))
        if address >= len(self.bytes):
            raise TransferFault("nothing there")
        return int.from_bytes(self.bytes[address : address + size], "little")

    def write(self, address: int, value: int, size: int) -> None:
        self.read(address, size)
        self.bytes[address : address + size] = value.to_bytes(size, "little")


@pytest.fixture
def memory() -> _Memory:
    return _Memory()


@pytest.fixture
def port(memory: _Memory) -> DebugPort:
    made = DebugPort(memory)
    made.write_dp(_CTRL, 0x5000_0000)
    return made


def test_power_is_granted(port: DebugPort) -> None:
    assert port.read_dp(0) == 0x2BA0_1477
    assert port.read_dp(_CTRL) == 0xF000_0000


def test_the_access_port_names_itself(port: DebugPort) -> None:
    port.write_dp(_SELECT, 0xF0)
    assert port.read_ap(0xC) == 0x2477_0011
    assert port.read_dp(_RDBUFF) == 0x2477_0011
    assert port.read_ap(0x8) == 0xE00F_F003
    port.write_dp(_SELECT, 1 << 24 | 0xF0)
    assert port.read_ap(0xC) == 0  # there is no other


def test_words_go_on_from_address_to_address(port: DebugPort, memory: _Memory) -> None:
    port.write_ap(_CSW, 0x2300_0012)
    port.write_ap(_TAR, 0x3F8)
    assert port.read_ap_multiple(_DRW, 3) == [0xFBFA_F9F8, 0xFFFE_FDFC, 0x0302_0100]
    assert [address for address, _ in memory.accesses] == [0x3F8, 0x3FC, 0x000]  # within 1 KB
    port.write_ap(_TAR, 0x100)
    port.write_ap_multiple(_DRW, [1, 2])
    assert memory.bytes[0x100:0x108] == bytes((1, 0, 0, 0, 2, 0, 0, 0))
    port.write_ap(_CSW, 0x2300_0002)
    assert [port.read_ap(_DRW), port.read_ap(_TAR)] == [0x0B0A_0908, 0x108]


@pytest.mark.parametrize(("size", "width"), [(0, 1), (1, 2)])
def test_narrow_data_has_its_lane(port: DebugPort, memory: _Memory, size: int, width: int) -> None:
    port.write_ap(_CSW, 0x2300_0010 | size)
    for address in range(0x10, 0x18, width):
        port.write_ap(_TAR, address)
        value = port.read_ap(_DRW)
        shift = 8 * (address & 3)
        expected = int.from_bytes(memory.bytes[address : address + width], "little")
        assert value >> shift & (1 << 8 * width) - 1 == expected
        port.write_ap(_TAR, address)
        port.write_ap(_DRW, 0x5A5A_5A5A)
        assert memory.bytes[address : address + width] == b"\x5a" * width
        assert memory.bytes[address + width] == (address + width) & 0xFF


def test_banked_data_moves_no_address(port: DebugPort) -> None:
    port.write_ap(_TAR, 0x20)
    port.write_dp(_SELECT, 0x10)
    assert port.read_ap(0x8) == 0x2B2A_2928


def test_a_fault_sticks_until_it_is_cleared(port: DebugPort) -> None:
    port.write_ap(_TAR, 0x1_0000)
    with pytest.raises(TransferFault):
        port.read_ap(_DRW)
    assert port.read_dp(_CTRL) & 1 << 5
    with pytest.raises(TransferFault):
        port.read_ap(_CSW)
    port.write_dp(_ABORT, 1 << 2)
    assert not port.read_dp(_CTRL) & 1 << 5
    assert port.read_ap(_TAR) == 0x1_0000
