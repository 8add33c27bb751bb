"""Functions, exceptions, lines and pins in Chrome's trace event format, which Perfetto reads."""

import json
from typing import TextIO

from ..image import demangle
from .record import Kind, Names

_THREAD, _UARTS = 0, 1000
"""Tracks: Thread mode has number 0 and an exception its own; the serial ports come after them."""
_LONGEST_LINE = 1000


class ChromeSink:
    """Writes an event a line. Exceptions and the functions that they call are slices on a track
    of their own, lines of serial ports are instants, and pins with a name are counters.
    """

    def __init__(self, file: TextIO, names: Names) -> None:
        self._file = file
        self._names = names
        self._pins = {
            16 * names.ports.index(port) + number: name
            for name, (port, number) in names.pins.items()
        }
        self._functions = [demangle(function.name) for function in names.functions]
        self._tracks: dict[int, int] = {}
        self._lines: dict[int, bytes] = {}
        self._sleeps = False
        file.write('{"displayTimeUnit":"ns","traceEvents":[\n')
        self._write({"ph": "M", "name": "process_name", "pid": 1, "args": {"name": "core"}}, "")

    def record(self, time_ps: int, kind: int, source: int, value: int) -> None:
        """Write what is an event."""
        match kind:
            case Kind.CALLED:
                self._begin(time_ps, source, self._functions[value])
            case Kind.LEFT:
                self._end(time_ps, source)
            case Kind.ENTERED:
                self._begin(time_ps, value, self._names.exception(value))
            case Kind.RETURNED if source:
                self._end(time_ps, source)
            case Kind.SLEPT:
                if value:
                    self._begin(time_ps, source, "asleep")
                else:
                    self._end(time_ps, source)
            case Kind.PIN if source in self._pins:
                name = self._pins[source]
                self._event(time_ps, _THREAD, "C", name=name, args={"level": value})
            case Kind.SENT:
                self._hear(time_ps, source, value)

    def end(self, time_ps: int) -> None:
        """Close what is open, and the file's brackets."""
        for track, open_slices in self._tracks.items():
            for _ in range(open_slices):
                self._event(time_ps, track, "E")
        for source in list(self._lines):
            self._line(time_ps, source)
        self._file.write("\n]}\n")

    def _begin(self, time_ps: int, track: int, name: str) -> None:
        self._track(track, self._names.exception(track) if track else "Thread mode")
        self._tracks[track] += 1
        self._event(time_ps, track, "B", name=name)

    def _end(self, time_ps: int, track: int) -> None:
        if self._tracks.get(track, 0) > 0:
            self._tracks[track] -= 1
            self._event(time_ps, track, "E")

    def _hear(self, time_ps: int, source: int, byte: int) -> None:
        if byte != ord("\n"):
            self._lines[source] = self._lines.get(source, b"") + bytes((byte,))
        if byte == ord("\n") or len(self._lines[source]) >= _LONGEST_LINE:
            self._line(time_ps, source)

    def _line(self, time_ps: int, source: int) -> None:
        text = self._lines.pop(source, b"").rstrip(b"\r").decode("utf-8", "replace")
        self._track(_UARTS + source, self._names.uarts[source])
        self._event(time_ps, _UARTS + source, "i", name=text, s="t")

    def _track(self, number: int, name: str) -> None:
        if number in self._tracks:
            return
        self._tracks[number] = 0
        self._write(
            {"ph": "M", "name": "thread_name", "pid": 1, "tid": number, "args": {"name": name}}
        )

    def _event(self, time_ps: int, track: int, phase: str, **fields: object) -> None:
        self._write({"ph": phase, "pid": 1, "tid": track, "ts": time_ps / 1e6, **fields})

    def _write(self, event: dict[str, object], before: str = ",\n") -> None:
        self._file.write(before + json.dumps(event, separators=(",", ":")))
