"""`tinysim ports`."""

from ..extras import load_extra
from .console import say, warn

_ST_LINKS = {0x3748, 0x374B, 0x374D, 0x374E, 0x374F, 0x3752, 0x3753, 0x3754, 0x3757}
"""USB products of ST (vendor 0483) that are debug probes."""


def ports() -> None:
    """List serial ports, ST-LINKs first; exit code 1 when there is none."""
    list_ports = load_extra("serial.tools.list_ports", "pySerial", "hardware")
    found = sorted(list_ports.comports(), key=lambda port: (not _is_st_link(port), port.device))
    for port in found:
        ids = f"{port.vid:04x}:{port.pid:04x}" if port.vid is not None else "-"
        kind = f"ST-LINK {port.serial_number}" if _is_st_link(port) else port.description
        say(f"{port.device:<16} {ids:<10} {kind}")
    if not found:
        warn("no serial port")
        raise SystemExit(1)


def _is_st_link(port: object) -> bool:
    return getattr(port, "vid", None) == 0x0483 and getattr(port, "pid", None) in _ST_LINKS
