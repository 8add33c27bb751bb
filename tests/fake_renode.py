"""Stands in for Renode: speaks its monitor, with the builtin engine behind it.

    python fake_renode.py --disable-xwt --plain --hide-log --config FILE -P PORT

Understands what our engine sends, and fails as Renode does. It counts no opcodes: where it is
asked to, an instruction has 150 hundredths of a cycle.
"""

import re
import socket
import sys
import time
from pathlib import Path

from tinysim.engines.base import Line
from tinysim.engines.builtin import BuiltinEngine
from tinysim.errors import SilenceError
from tinysim.image import load_image
from tinysim.platform import load_board

PROMPT = "(nucleo_l4r5zi) "


class Fake:
    """The monitor's state."""

    def __init__(self) -> None:
        self.variables: dict[str, str] = {}
        self.engine: BuiltinEngine | None = None
        self.patterns: list[str] = []

    def run(self, command: str) -> list[str]:
        """What a command prints."""
        if command == "version":
            return ["Renode, version 1.16.1 (fake)"]
        if match := re.fullmatch(r"\$(\w+)=(.*)", command):
            self.variables[match[1]] = match[2].lstrip("@").strip('"').replace("\\ ", " ")
            return []
        if command.startswith("include"):
            return self._include(Path(command.split("@", 1)[1].replace("\\ ", " ")))
        if command.startswith(("dut_attach", "dut_watch")):
            return [] if self.engine else ["No such command or device: cpu"]
        if command == "dut_edges":
            return self._edges()
        if match := re.fullmatch(r'dut_count "([01x]{16})" \d+', command):
            self.patterns.append(match[1])
            return []
        if match := re.fullmatch(r'dut "(.*)" ([0-9.]+)', command):
            return self._dut(match[1], float(match[2]))
        assert self.engine
        if command == "dut_cycles":
            return [str(self._hundredths(self.engine.machine.instructions))]
        if command.endswith("ExecutedInstructions"):
            return [f"0x{self.engine.machine.instructions:016X}"]
        return [f"No such command or device: {command}"]

    def _include(self, path: Path) -> list[str]:
        if not path.is_file():
            return [f"There was an error executing command 'include @{path}'", "File not found"]
        if path.suffix == ".resc":
            if "dud" in self.variables["image"]:
                return ["There was an error executing command 'sysbus LoadBinary'"]
            assert Path(self.variables["platform"]).is_file()
            image = load_image(Path(self.variables["image"]))
            self.engine = BuiltinEngine(load_board(), image, {"tier": "T0"})
            self.engine.boot()
        return []

    def _dut(self, text: str, seconds: float) -> list[str]:
        assert self.engine
        if "crash" in text:
            sys.exit(1)
        self.engine.write(text.encode())
        lines: list[Line] = []
        while not lines or lines[-1].text != "m-ready":
            try:
                lines.append(self.engine.read_line(seconds))
            except SilenceError:
                break
        return [
            f"{line.started_instructions} {self._hundredths(line.started_instructions)} "
            f"{line.instructions} {self._hundredths(line.instructions)} {line.text}|"
            for line in lines
        ]

    def _edges(self) -> list[str]:
        assert self.engine
        return [
            f"{edge.level:d} {edge.cycles} {self._hundredths(edge.cycles)}"
            for edge in self.engine.machine.pin_events()
        ]

    def _hundredths(self, instructions: int) -> int:
        # A pattern that takes everything must come last, or the rest would count nothing.
        return 150 * instructions if self.patterns and self.patterns[-1] == "x" * 16 else 0


def main() -> None:
    """Serve one client of the monitor."""
    port = int(sys.argv[sys.argv.index("-P") + 1])
    fake = Fake()
    with socket.create_server(("127.0.0.1", port)) as server:
        client, _ = server.accept()
        client.sendall(bytes.fromhex("FFFD00FFFB01FFFB03FFFC22") + b"Renode\r\r\n(monitor) ")
        received = b""
        while data := client.recv(65536):
            received += data
            while b"\n" in received:
                line, _, received = received.partition(b"\n")
                command = line.decode()
                if command == "quit":
                    return
                told = "".join(f"{text}\r\r\n" for text in fake.run(command))
                answer = f"{command}\n\r{told}{PROMPT}"
                # What a board says may look like a prompt where a piece of the stream ends.
                *pieces, last = re.split(r"(?<=\(s\) )", answer)
                for piece in pieces:
                    client.sendall(piece.encode())
                    time.sleep(0.02)
                client.sendall(last.encode())


if __name__ == "__main__":
    main()
