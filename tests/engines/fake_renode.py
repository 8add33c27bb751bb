"""Stands in for Renode: speaks its monitor, with the builtin engine behind it.

    python fake_renode.py --disable-xwt --plain --hide-log --config FILE -P PORT

Understands what our engine and our script send, and fails as Renode does: a Python peripheral's
`filename` and every path that does not begin at a file's own place are looked up in its working
directory. It counts no opcodes: where it is asked to, an instruction has 150 hundredths of a cycle.
`FAKE_RENODE` in the environment makes it another: `silent` (a monitor that says nothing), `deaf`
(none at all), or a version. `FAKE_RENODE_LOG` names a file to which it writes every command.
"""

import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tinysim.engines.base import Line
from tinysim.engines.builtin import BuiltinEngine
from tinysim.errors import SilenceError
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.platform.repl import parse

PROMPT = "(nucleo_l4r5zi) "
CHARACTER = os.environ.get("FAKE_RENODE", "1.16.1")
_SCRIPT_COMMANDS = (
    "using ",
    "mach create",
    "logLevel",
    "emulation ",
    "macro ",
    "runMacro",
    "python",
)


class RefusedError(Exception):
    """A command that Renode refuses: what it prints."""


class Fake:
    """The monitor's state."""

    def __init__(self) -> None:
        self.variables: dict[str, str] = {}
        self.engine: BuiltinEngine | None = None
        self.platform: Path | None = None
        self.patterns: list[str] = []

    def run(self, command: str) -> list[str]:
        """What a command prints."""
        try:
            return self._run(command)
        except RefusedError as error:
            return [f"There was an error executing command '{command}'", str(error)]

    def _run(self, command: str) -> list[str]:
        if command == "version":
            return [f"Renode, version {CHARACTER}.0 (fake)"]
        if match := re.fullmatch(r"\$(\w+)=(.*)", command):
            self.variables[match[1]] = _plain(match[2])
            return []
        if command.startswith("include"):
            self._include(Path(_plain(command.split(None, 1)[1])))
            return []
        if command.startswith(("dut_attach", "dut_watch")):
            return [] if self.engine else ["No such command or device: cpu"]
        if command == "dut_edges":
            return self._edges()
        if match := re.fullmatch(r'dut_count "([01x]{16})" \d+', command):
            self.patterns.append(match[1])
            return []
        if match := re.fullmatch(r'dut "(.*)" ([0-9.]+)', command):
            return self._dut(match[1], 1, float(match[2]))
        if match := re.fullmatch(r'dut_file "(.*)" (\d+) ([0-9.]+)', command):
            text = Path(match[1]).read_bytes().decode("latin-1")
            return self._dut(text, int(match[2]), float(match[3]))
        assert self.engine
        if command == "dut_cycles":
            return [str(self._hundredths(self.engine.machine.instructions))]
        if command.endswith("ExecutedInstructions"):
            return [f"0x{self.engine.machine.instructions:016X}"]
        return [f"No such command or device: {command}"]

    def _include(self, path: Path) -> None:
        if not path.is_file():
            raise RefusedError("File not found")
        if path.suffix == ".resc":
            for command in _commands(path.read_text()):
                self._script_line(path.parent.resolve(), command)

    def _script_line(self, origin: Path, command: str) -> None:
        """A line of a script; `$ORIGIN` is the script's folder."""
        if match := re.fullmatch(r"\$(\w+)\?=(.*)", command):
            self.variables.setdefault(match[1], _plain(match[2].replace("$ORIGIN", str(origin))))
        elif command.startswith("machine LoadPlatformDescription "):
            name = command.split()[-1]
            path = Path(_plain(self.variables[name[1:]] if name.startswith("$") else name))
            self._load_platform(path)
        elif command.startswith("include "):
            self._include(Path(_plain(command.split(None, 1)[1].replace("$ORIGIN", str(origin)))))
        elif command == "runMacro $reset":
            self._start()
        elif not command.startswith(_SCRIPT_COMMANDS):
            raise RefusedError(f"No such command or device: {command}")

    def _load_platform(self, path: Path) -> None:
        if not path.is_file():
            raise RefusedError(f"File not found: {path}")
        for entry in parse(path).entries.values():
            given = {"script", "filename"} & set(entry.properties)
            if entry.type == "Python.PythonPeripheral" and len(given) != 1:
                raise RefusedError("`script` and `filename` cannot be both set or both unset.")
            file = entry.properties.get("filename")
            if file and not Path(str(file)).is_file():
                raise RefusedError(f"Error E38: Could not find source file for the script: {file}.")
            compile(str(entry.properties.get("script", "")), entry.name, "exec")
        self.platform = path

    def _start(self) -> None:
        if self.platform is None:
            raise RefusedError("there is no machine")
        if "dud" in self.variables["image"]:
            raise RefusedError("There was an error executing command 'sysbus LoadBinary'")
        image = load_image(Path(self.variables["image"]))
        self.engine = BuiltinEngine(load_board(), image, {"tier": "T0"})
        self.engine.boot()

    def _dut(self, text: str, answers: int, seconds: float) -> list[str]:
        assert self.engine
        if "crash" in text:
            sys.exit(1)
        self.engine.write(text.encode())
        lines: list[Line] = []
        while answers > 0:
            try:
                lines.append(self.engine.read_line(seconds))
            except SilenceError:
                break
            answers -= lines[-1].text == "m-ready"
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


def _plain(text: str) -> str:
    """A path or text without its marks."""
    return text.strip().lstrip("@").strip('"').replace("\\ ", " ")


def _commands(script: str) -> Iterator[str]:
    """A script's commands; what stands between triple quotes belongs to the line before it."""
    for part in re.split(r'\s*"""(?:.|\n)*?"""', script):
        for line in part.splitlines():
            if (text := line.strip()) and not text.startswith(("#", ":")):
                yield text


def main() -> None:
    """Serve one client of the monitor."""
    port = int(sys.argv[sys.argv.index("-P") + 1])
    fake = Fake()
    log = os.environ.get("FAKE_RENODE_LOG")
    if CHARACTER == "deaf":
        time.sleep(60)
    with socket.create_server(("127.0.0.1", port)) as server:
        client, _ = server.accept()
        if CHARACTER == "silent":
            time.sleep(60)
        client.sendall(bytes.fromhex("FFFD00FFFB01FFFB03FFFC22") + b"Renode\r\r\n(monitor) ")
        received = b""
        while data := client.recv(65536):
            received += data
            while b"\n" in received:
                line, _, received = received.partition(b"\n")
                command = line.decode()
                if log:
                    with Path(log).open("a") as file:
                        file.write(command + "\n")
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
