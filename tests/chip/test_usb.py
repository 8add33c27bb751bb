"""USB without a cable: a device stack comes up and waits (RM0432, OTG_FS)."""

import pytest

from .board import Chip

_CSRST, _RXFFLSH, _TXFFLSH, _AHBIDL = 1 << 0, 1 << 4, 1 << 5, 1 << 31
_FHMOD, _FDMOD = 1 << 29, 1 << 30
_SDIS = 1 << 1
_ESUSP, _USBSUSP = 1 << 10, 1 << 11
_SNAK, _CNAK, _EPDIS, _EPENA = 1 << 27, 1 << 26, 1 << 30, 1 << 31
_NAKSTS = 1 << 17
_INTERRUPT = 67
_MS = 4000


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable("OTGFS")
    return made


def _connect(chip: Chip, session: int = 3 << 6) -> None:
    """Device mode, transceiver on, session valid without VBUS (BVALOEN, BVALOVAL), pulled up."""
    chip["OTG_FS_GUSBCFG"] |= _FDMOD
    chip["OTG_FS_GCCFG"] = 1 << 16
    chip["OTG_FS_GOTGCTL"] |= session
    chip["OTG_FS_DCTL"] = 0


def test_the_core_resets_itself_and_is_idle(chip: Chip) -> None:
    chip["OTG_FS_DAINTMSK"] = 0x10001
    chip["OTG_FS_GUSBCFG"] |= _FDMOD
    assert chip["OTG_FS_GRSTCTL"] & _AHBIDL
    chip["OTG_FS_GRSTCTL"] |= _CSRST
    assert chip["OTG_FS_GRSTCTL"] & (_CSRST | _AHBIDL) == _AHBIDL
    assert chip["OTG_FS_DAINTMSK"] == 0
    assert chip["OTG_FS_GUSBCFG"] & _FDMOD, "the interface's settings stay"


def test_fifos_are_flushed_at_once(chip: Chip) -> None:
    chip["OTG_FS_GRSTCTL"] = _TXFFLSH | 0x10 << 6
    assert not chip["OTG_FS_GRSTCTL"] & _TXFFLSH
    chip["OTG_FS_GRSTCTL"] = _RXFFLSH
    assert not chip["OTG_FS_GRSTCTL"] & _RXFFLSH


@pytest.mark.parametrize(("mode", "host"), [(_FHMOD, 1), (_FDMOD, 0), (0, 0)])
def test_a_mode_can_be_forced(chip: Chip, mode: int, host: int) -> None:
    chip["OTG_FS_GUSBCFG"] |= mode
    assert chip.field("OTG_FS_GINTSTS", "CMOD") == host
    assert chip.field("OTG_FS_GOTGCTL", "CURMOD") == host


def test_a_session_is_valid_if_the_firmware_says_so(chip: Chip) -> None:
    assert chip.field("OTG_FS_GOTGCTL", "BSVLD") == 0
    chip["OTG_FS_GOTGCTL"] |= 3 << 6
    assert chip.field("OTG_FS_GOTGCTL", "BSVLD") == 1


def test_an_idle_bus_is_suspended_after_three_milliseconds(chip: Chip) -> None:
    chip["OTG_FS_GAHBCFG"] = 1
    chip["OTG_FS_GINTMSK"] = _USBSUSP
    _connect(chip)
    chip.run(3 * _MS - 100)
    assert not chip["OTG_FS_GINTSTS"] & _USBSUSP and not chip.pends(_INTERRUPT)
    chip.run(200)
    assert chip["OTG_FS_GINTSTS"] & (_ESUSP | _USBSUSP) == _ESUSP | _USBSUSP
    assert chip.field("OTG_FS_DSTS", "SUSPSTS") == 1
    assert chip.pends(_INTERRUPT)
    chip["OTG_FS_GINTSTS"] = _ESUSP | _USBSUSP
    chip.run(5 * _MS)
    assert not chip["OTG_FS_GINTSTS"] & _USBSUSP
    chip["OTG_FS_DCTL"] = _SDIS
    assert chip.field("OTG_FS_DSTS", "SUSPSTS") == 0


def test_nothing_happens_without_vbus(chip: Chip) -> None:
    _connect(chip, session=0)
    chip.run(10 * _MS)
    assert not chip["OTG_FS_GINTSTS"] & (_ESUSP | _USBSUSP)


def test_endpoints_are_enabled_disabled_and_held_back(chip: Chip) -> None:
    chip["OTG_FS_DIEPMSK"] = 1 << 1
    chip["OTG_FS_DAINTMSK"] = 1 << 1
    chip["OTG_FS_DIEPCTL1"] = _EPENA | _SNAK
    assert chip["OTG_FS_DIEPCTL1"] & (_EPENA | _NAKSTS) == _EPENA | _NAKSTS
    chip["OTG_FS_DIEPCTL1"] |= _CNAK
    assert not chip["OTG_FS_DIEPCTL1"] & _NAKSTS
    chip["OTG_FS_DIEPCTL1"] |= _EPDIS | _SNAK
    assert not chip["OTG_FS_DIEPCTL1"] & _EPENA
    assert chip["OTG_FS_DIEPINT1"] & 2
    assert chip["OTG_FS_DAINT"] == 1 << 1
    assert chip.field("OTG_FS_GINTSTS", "IEPINT") == 1
    chip["OTG_FS_DIEPINT1"] = 0xFF
    assert chip["OTG_FS_DIEPINT1"] == 1 << 7, "an empty FIFO stays empty"
    assert chip["OTG_FS_DAINT"] == 0


def test_global_naks_take_effect(chip: Chip) -> None:
    for order, flag in ((7, "GINAKEFF"), (9, "GONAKEFF")):
        chip["OTG_FS_DCTL"] |= 1 << order
        assert chip.field("OTG_FS_GINTSTS", flag) == 1
        chip["OTG_FS_DCTL"] |= 2 << order
        assert chip.field("OTG_FS_GINTSTS", flag) == 0


def test_drivers_find_the_core_that_they_know(chip: Chip) -> None:
    assert chip["OTG_FS_GSNPSID"] >> 16 == int.from_bytes(b"OT", "big")
    assert chip["OTG_FS_GHWCFG2"] >> 10 & 15 == 5, "endpoints besides the first"
    assert chip["OTG_FS_GHWCFG2"] >> 14 & 15 == 11, "channels besides the first"
