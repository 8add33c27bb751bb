"""Runs the official runner in a world where a pseudo-terminal is an ST-LINK.

    python -m tinysim.cli.official_shim PORT[,PORT] MAIN.PY ARGUMENTS...

The runner looks for boards among the USB serial ports and asks libusb for monitors; it finds the
ST-LINK of a device at the first PORT, that of an interface board at the second, and nothing else.
"""

import runpy
import sys
import types

from serial.tools import list_ports, list_ports_common

ST_LINK = 0x0483, 0x374B
"""USB vendor and product of the NUCLEO's ST-LINK/V2-1 (UM2179)."""
ST_LINK_V3 = 0x0483, 0x374E
"""Of the interface board's, an STM32H573I-DK's STLINK-V3EC (UM3143)."""


def main() -> None:
    """Take the place of the runner's own process."""
    ports, program, *arguments = sys.argv[1:]

    def comports(include_links: bool = False) -> list[list_ports_common.ListPortInfo]:
        found = []
        for port, (vid, pid) in zip(ports.split(","), (ST_LINK, ST_LINK_V3), strict=False):
            info = list_ports_common.ListPortInfo(port)
            info.vid, info.pid = vid, pid
            info.description = "STM32 STLink"
            found.append(info)
        return found

    vars(list_ports)["comports"] = comports
    usb, core = types.ModuleType("usb"), types.ModuleType("usb.core")
    core.find = lambda find_all=False, **wanted: iter(())  # type: ignore[attr-defined]
    usb.core = core  # type: ignore[attr-defined]
    sys.modules["usb"], sys.modules["usb.core"] = usb, core
    sys.argv = [program, *arguments]
    sys.path[0] = program.rpartition("/")[0]
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()
