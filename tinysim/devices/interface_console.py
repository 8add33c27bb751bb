"""What the interface board answers on its own serial port."""

from collections.abc import Callable
from pathlib import Path

from ..errors import TinySimError
from .interface_board import InterfaceBoard

_LONGEST = 1024
"""Bytes of a command."""
_END = "m-ready\r\n"
_IN_LINE = 8
_BAUD = 115_200


class InterfaceConsole:
    """Commands end in `%`, answers in a line `m-ready`; that of `play` when the sound is over.

    Args:
        board: what the commands are for.
        sounds: the folder that stands for its SD card, if there is one.
        read_sound: a wav file as frames, left and right of 16 bits.
        pass_on: sends bytes to the device, which `dut` does.

    """

    def __init__(
        self,
        board: InterfaceBoard,
        sounds: Path | None,
        read_sound: Callable[[Path], bytes],
        pass_on: Callable[[bytes], None],
    ) -> None:
        self._board = board
        self._sounds = sounds
        self._read_sound = read_sound
        self._pass_on = pass_on
        self._part = b""
        self._answer = b""
        self._waiting: list[str] = []
        self._plays = False
        self._baud = _BAUD
        self.is_passing = False
        """Whether what the device says now is the answer to `dut`."""

    @property
    def is_busy(self) -> bool:
        """Whether a command has not been answered in full."""
        return self._plays or self.is_passing

    def take(self, data: bytes) -> bytes:
        """Bytes from the host; what is said at once."""
        *commands, self._part = (self._part + data).split(b"%")
        self._part = self._part[-_LONGEST:]
        self._waiting += [command.decode("latin-1").strip() for command in commands]
        return self._go_on()

    def poll(self) -> bytes:
        """What is said now that time has passed."""
        self._board.listen()
        if not self._plays or self._board.playing:
            return b""
        self._plays = False
        return _text("succeeded.") + _END.encode() + self._go_on()

    def overhear(self, data: bytes) -> bytes:
        """What the device has said, for the host: whole lines, with a mark before them."""
        *lines, self._answer = (self._answer + data).split(b"\n")
        said = b""
        for number, line in enumerate(lines):
            said += b"[dut]: " + line + b"\n"
            if b"m-ready" in line:
                self.is_passing = False
                self._answer = b"\n".join([*lines[number + 1 :], self._answer])
                return said + self._go_on()
        return said

    def _go_on(self) -> bytes:
        said = b""
        while self._waiting and not self.is_busy:
            said += self._run(self._waiting.pop(0))
        return said

    def _run(self, command: str) -> bytes:
        name, _, rest = command.partition(" ")
        if name == "play":
            return self._play(rest)
        if name == "dut":
            said = _text(f"m-dut-passthrough({rest})") + _END.encode()
            self.is_passing = True
            self._pass_on(rest.encode("latin-1") + b"%")
            return said
        lines = self._lines(name, rest)
        return b"".join(map(_text, lines)) + _END.encode()

    def _lines(self, name: str, rest: str) -> list[str]:
        board = self._board
        if name == "name":
            return ["tinyML Enhanced Interface Board"]
        if name == "ls":
            files = self._sounds.iterdir() if self._sounds else ()
            return sorted(path.name for path in files if path.is_file())
        if name == "setbaud":
            self._baud = int(rest) if rest.isascii() and rest.isdigit() else self._baud
            return [f"set baud to: {rest}"]
        if name == "checkbaud":
            return [f"baud is: {self._baud}"]
        if name == "record_detections":
            board.record()
            return ["Now recording detections"]
        if name == "print_detections":
            return ["Detection Timestamps (ms)", *(f"{time}," for time in board.detections_ms)]
        if name == "print_dutycycle":
            starts, stops = board.duty_10us
            return [
                *("Duty cycle start times (s)", *_in_lines(starts)),
                *("Duty cycle stop times (s)", *_in_lines(stops)),
            ]
        return [f"Unrecognized command {name}"]

    def _play(self, name: str) -> bytes:
        said = _text(f"Attempting to play {name}")
        if self._sounds is None:
            return said + _text("Error playing file. There is no SD card") + _END.encode()
        path = self._sounds / Path(name).name
        try:
            self._board.play(self._read_sound(path))
        except TinySimError as error:
            return said + _text(f"Error playing file. {error}") + _END.encode()
        self._plays = True
        return said


def _text(line: str) -> bytes:
    return line.encode("utf-8", "replace") + b"\r\n"


def _in_lines(values: list[int]) -> list[str]:
    return [
        "".join(f"{value}, " for value in values[start : start + _IN_LINE])
        for start in range(0, len(values), _IN_LINE)
    ]
