"""What of the Data Watchpoint and Trace unit has a model, and that the rest says so."""

from tinysim._core import Machine

_DEMCR, _DWT = 0xE000EDFC, 0xE0001000


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
