"""What of the Data Watchpoint and Trace unit has a model, and that the rest says so."""

from tinysim._core import Machine

_DEMCR, _DWT, _ITM = 0xE000EDFC, 0xE0001000, 0xE0000000


def _machine() -> Machine:
    machine = Machine()
    machine.bus_write(_DEMCR, 1 << 24)  # TRCENA
    return machine


def _unmodelled(machine: Machine) -> list[tuple[str, int]]:
    return [(found.name, found.address) for found in machine.reports()]


def test_the_cycle_counter_alone_is_no_report() -> None:
    machine = _machine()
    machine.bus_write(_DWT, 1)
    for comparator in range(4):
        machine.bus_write(_DWT + 0x20 + 16 * comparator, 0x20000000)
        machine.bus_write(_DWT + 0x28 + 16 * comparator, 0)
    assert _unmodelled(machine) == []


def test_a_profiling_counter_and_a_tracing_comparator_are_reported() -> None:
    machine = _machine()
    machine.bus_write(_DWT, 1 | 1 << 17 | 1 << 21)
    machine.bus_write(_DWT + 0x48, 2)  # trace the data that DWT_COMP2 has the address of
    assert _unmodelled(machine) == [
        ("DWT_CTRL.CPIEVTENA", _DWT),
        ("DWT_CTRL.FOLDEVTENA", _DWT),
        ("DWT_FUNCTION2", _DWT + 0x48),
    ]


def test_what_has_a_model_is_no_report() -> None:
    machine = _machine()
    machine.bus_write(_DWT, 1 | 1 << 18 | 1 << 19)  # EXCEVTENA, SLEEPEVTENA
    for function in (4, 5, 6, 7):
        machine.bus_write(_DWT + 0x28, function)
    assert _unmodelled(machine) == []


def test_the_itm_is_locked_off_and_then_sends() -> None:
    machine = _machine()
    machine.bus_write(_ITM + 0xE80, 1)
    assert (machine.bus_read(_ITM + 0xE80), machine.bus_read(_ITM + 0xFB4)) == (0, 3)
    machine.bus_write(_ITM + 0xFB0, 0xC5ACCE55)
    machine.bus_write(_ITM + 0xE80, 1)
    machine.bus_write(_ITM + 0xE00, 1 << 0 | 1 << 31)
    assert machine.bus_read(_ITM + 0xFB4) == 1
    assert [machine.bus_read(_ITM + 4 * port) for port in (0, 1, 31)] == [1, 0, 1]
    machine.bus_write(_ITM, 0x41, 1)
    machine.bus_write(_ITM + 4, 0x42, 1)  # a port that is off
    machine.bus_write(_ITM + 124, 0x4443, 2)
    machine.bus_write(_ITM, 0x48474645)
    assert machine.swo() == b"\x01A\xfaCD\x03EFGH"
    machine.bus_write(_ITM + 0xE80, 1 | 1 << 1)  # TSENA
    machine.bus_write(_ITM, 0x41, 1)
    assert machine.swo() == b"\x01A\xc0\x00"
    machine.bus_write(_DEMCR, 0)  # without TRCENA there is no power
    machine.bus_write(_ITM, 0x41, 1)
    assert machine.swo() == b""


def test_what_a_debugger_sets_up_is_kept() -> None:
    machine = _machine()
    for address in (0xE00400F0, 0xE0040010, 0xE0042004, 0xE0042008):
        machine.bus_write(address, address >> 4 & 0xFFFF)
    machine.bus_write(0xE0042000, 0)
    for address in (0xE00400F0, 0xE0040010, 0xE0042004, 0xE0042008):
        assert machine.bus_read(address) == address >> 4 & 0xFFFF
    assert machine.bus_read(0xE0042000) == 0x10036470
