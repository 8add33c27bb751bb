"""Runs the official runner in a world where served ports are USB devices.

    python -m tinysim.cli.official_shim KIND=PORT[,KIND=PORT] MAIN.PY ARGUMENTS...

The runner looks for its devices among the USB serial ports and asks libusb for monitors; it finds
a PORT as what its KIND is known by, and nothing else.
"""

import os
import runpy
import sys
import traceback
import types

from serial.tools import list_ports, list_ports_common

USB = {
    "dut": (0x0483, 0x374B),  # the ST-LINK/V2-1 of the NUCLEO (UM2179)
    "interface": (0x0483, 0x374E),  # the STLINK-V3EC of an STM32H573I-DK (UM3143)
    "power": (0x0483, 0x5740),  # the virtual port of an LPM01A (UM2243)
}
"""USB vendor and product."""


def main() -> None:
    """Take the place of the runner's own process."""
    ports, program, *arguments = sys.argv[1:]

    def comports(include_links: bool = False) -> list[list_ports_common.ListPortInfo]:
        found = []
        for named in ports.split(","):
            kind, _, port = named.partition("=")
            info = list_ports_common.ListPortInfo(port)
            info.vid, info.pid = USB[kind]
            info.description = f"tinysim {kind}"
            found.append(info)
        return found

    vars(list_ports)["comports"] = comports
    usb, core = types.ModuleType("usb"), types.ModuleType("usb.core")
    core.find = lambda find_all=False, **wanted: iter(())  # type: ignore[attr-defined]
    usb.core = core  # type: ignore[attr-defined]
    sys.modules["usb"], sys.modules["usb.core"] = usb, core
    sys.argv = [program, *arguments]
    sys.path[0] = program.rpartition("/")[0]
    try:
        runpy.run_path(program, run_name="__main__")
    except Exception:
        # Its threads read ports for as long as these are there, and would keep the process.
        traceback.print_exc()
        sys.stdout.flush()
        os._exit(1)


if __name__ == "__main__":
    main()
