"""A server for gdb (GDB manual, appendix E) that can go back.

pyOCD's server, which the probe plug-in is for, has no reverse execution, does not say which
watchpoint was hit, and sets breakpoints by writing to memory and to comparators, of which there
are few. This one keeps them outside of the machine: what the firmware sees is the same with them
and without, and so is a run that is repeated to go back.
"""

import socket
import time
from collections.abc import Callable

from .._core import CoreError, Stop
from ..execution import Edge, End, Execution, Text
from . import gdb_registers
from .history import History, Hit
from .packets import Packets, unescape
from .places import Places

_PACKET = 0x8000
_SLICE_S = 0.005
_HOST_MS = 20
_SIGINT, _SIGTRAP, _SIGSEGV = 2, 5, 11
_HELP = "reset: as by the button; halt: nothing, for pyOCD's scripts; time; warnings\n"


class GdbServer:
    """Serves one gdb after the other until it is killed or `stop` says so.

    `heard` gets what the board says while it runs on.
    """

    def __init__(
        self,
        execution: Execution,
        port: int,
        host: str = "127.0.0.1",
        rewind: bool = False,
        heard: Callable[[Text | Edge | End], None] = lambda event: None,
    ) -> None:
        self._execution = execution
        self._machine = execution.machine
        self._history = History(self._machine) if rewind else None
        self._heard = heard
        self._places = Places(self._machine)
        self._last = b"S05"
        self._stopped = False
        self._listener = socket.create_server((host, port))
        self._regions = execution.regions()

    @property
    def port(self) -> int:
        """The TCP port, where a free one was asked for."""
        return int(self._listener.getsockname()[1])

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def serve(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Serve until gdb kills the target."""
        self._listener.settimeout(0.2)
        while not self._stopped and not stop():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._converse(Packets(connection), stop)
            self._places.clear()

    def _converse(self, packets: Packets, stop: Callable[[], bool]) -> None:
        self._packets = packets
        while not packets.closed and not self._stopped and not stop():
            packet = packets.receive(0.2)
            if packet is None or packet == b"\x03":
                continue
            answer = self._answer(packet)
            if answer is not None:
                packets.send(answer)
            if packet == b"QStartNoAckMode":
                packets.acknowledge = False
            if packet[:1] == b"D":
                return

    def _answer(self, packet: bytes) -> bytes | None:
        """The reply to a packet, empty if it is not understood; None: none is due."""
        letter, rest = chr(packet[0]) if packet else "", packet[1:]
        handler = getattr(self, f"_on_{_HANDLERS[letter]}", None) if letter in _HANDLERS else None
        if handler is None:
            return b""
        try:
            reply: bytes | None = handler(rest)
        except (CoreError, ValueError, IndexError, KeyError):
            return b"E01"
        return reply

    # What gdb asks about.

    def _on_reason(self, _: bytes) -> bytes:
        return self._last

    def _on_thread(self, _: bytes) -> bytes:
        return b"OK"

    def _on_query(self, rest: bytes) -> bytes:
        text = rest.decode("latin-1")
        name = text.partition(":")[0]
        if name == "Supported":
            features = ["swbreak+", "hwbreak+", "vContSupported+", "QStartNoAckMode+"]
            features += ["qXfer:features:read+", "qXfer:memory-map:read+"]
            features += ["ReverseStep+", "ReverseContinue+"] if self._history is not None else []
            return f"PacketSize={_PACKET:x};{';'.join(features)}".encode()
        if text.startswith("Xfer:features:read:target.xml:"):
            return _part(gdb_registers.description(), text.rpartition(":")[2])
        if text.startswith("Xfer:memory-map:read::"):
            return _part(self._memory_map(), text.rpartition(":")[2])
        if name.startswith("Rcmd,"):
            return self._monitor(bytes.fromhex(text[5:]).decode("latin-1").strip())
        return {
            "C": b"QC1",
            "fThreadInfo": b"m1",
            "sThreadInfo": b"l",
            "Attached": b"1",
            "Symbol": b"OK",
        }.get(name, b"")

    def _on_set(self, rest: bytes) -> bytes:
        return b"OK" if rest == b"StartNoAckMode" else b""

    def _memory_map(self) -> bytes:
        lines = ['<?xml version="1.0"?>', "<memory-map>"]
        for region in self._regions:
            place = f'start="{region.address:#x}" length="{region.size:#x}"'
            if region.is_flash:
                lines.append(f'<memory type="flash" {place}>')
                lines.append('<property name="blocksize">0x1000</property></memory>')
            else:
                lines.append(f'<memory type="{"rom" if region.is_rom else "ram"}" {place}/>')
        # Peripherals: gdb would refuse what the map leaves out.
        lines += [
            f'<memory type="ram" start="{start:#x}" length="0x20000000"/>'
            for start in (0x4000_0000, 0x6000_0000, 0x8000_0000, 0xA000_0000, 0xC000_0000)
        ]
        lines += ['<memory type="ram" start="0xe0000000" length="0x20000000"/>', "</memory-map>"]
        return "\n".join(lines).encode()

    def _monitor(self, command: str) -> bytes:
        words = command.split()
        if words[:1] == ["reset"]:
            self._machine.press_reset()
            self._touch()
            text = ""
        elif words == ["halt"]:
            text = ""
        elif words == ["time"]:
            text = f"{self._execution.time_s:.9f} s, {self._machine.cycles} cycles\n"
        elif words == ["warnings"]:
            text = "".join(f"{warning}\n" for warning in self._execution.warnings())
        else:
            text = _HELP
        return text.encode().hex().encode() or b"OK"

    # Registers and memory.

    def _on_read_registers(self, _: bytes) -> bytes:
        registers = self._machine.registers()
        core = [gdb_registers.read(registers, number) for number in range(17)]
        return b"".join(core).hex().encode()

    def _on_write_registers(self, rest: bytes) -> bytes:
        data = bytes.fromhex(rest.decode())
        for number in range(min(17, len(data) // 4)):
            gdb_registers.write(self._machine, number, data[4 * number : 4 * number + 4])
        self._touch()
        return b"OK"

    def _on_read_register(self, rest: bytes) -> bytes:
        return gdb_registers.read(self._machine.registers(), int(rest, 16)).hex().encode()

    def _on_write_register(self, rest: bytes) -> bytes:
        number, _, value = rest.decode().partition("=")
        gdb_registers.write(self._machine, int(number, 16), bytes.fromhex(value))
        self._touch()
        return b"OK"

    def _on_read_memory(self, rest: bytes) -> bytes:
        address, size = (int(word, 16) for word in rest.split(b","))
        return self._read(address, min(size, _PACKET // 2)).hex().encode()

    def _on_write_memory(self, rest: bytes) -> bytes:
        place, _, data = rest.partition(b":")
        address, _ = (int(word, 16) for word in place.split(b","))
        self._write(address, bytes.fromhex(data.decode()))
        return b"OK"

    def _on_write_binary(self, rest: bytes) -> bytes:
        place, _, data = rest.partition(b":")
        address, _ = (int(word, 16) for word in place.split(b","))
        self._write(address, unescape(data))
        return b"OK"

    def _read(self, address: int, size: int) -> bytes:
        """Memory as it is, and registers of peripherals as a probe reads them, word by word."""
        if any(region.holds(address, size) for region in self._regions):
            return self._machine.read_memory(address, size)
        return b"".join(
            self._machine.probe_read(at, width).to_bytes(width, "little")
            for at, width in _accesses(address, size)
        )

    def _write(self, address: int, data: bytes) -> None:
        if any(region.holds(address, len(data)) for region in self._regions):
            self._machine.write_memory(address, data)
        else:
            for at, width in _accesses(address, len(data)):
                value = int.from_bytes(data[at - address : at - address + width], "little")
                self._machine.probe_write(at, value, width)
        self._touch()

    def _touch(self) -> None:
        if self._history is not None:
            self._history.touch()

    # Running.

    def _on_continue(self, rest: bytes) -> bytes:
        self._set_pc(rest)
        return self._run()

    def _on_step(self, rest: bytes) -> bytes:
        self._set_pc(rest)
        return self._step()

    def _on_back(self, rest: bytes) -> bytes:
        if self._history is None:
            return b""
        if rest == b"s":
            begins = not self._history.step_back()
            hit = None
        else:
            hit = self._history.run_back()
            begins = hit is None
        for _ in self._execution.heard():
            pass  # it was said before
        if begins:
            return self._stop(b"T05thread:1;replaylog:begin;")
        return self._reply(hit) if hit else self._stop(b"T05thread:1;")

    def _on_verbose(self, rest: bytes) -> bytes:
        if rest == b"Cont?":
            return b"vCont;c;C;s;S"
        if rest.startswith(b"Cont;"):
            action = rest[5:6]
            return self._step() if action in (b"s", b"S") else self._run()
        if rest.startswith(b"FlashErase:"):
            address, size = (int(word, 16) for word in rest[11:].split(b","))
            if not any(region.is_flash and region.holds(address, size) for region in self._regions):
                return b"E01"
            self._write(address, b"\xff" * size)
            return b"OK"
        if rest.startswith(b"FlashWrite:"):
            place, _, data = rest[11:].partition(b":")
            self._write(int(place, 16), unescape(data))
            return b"OK"
        if rest == b"FlashDone":
            return b"OK"
        if rest.startswith(b"Kill"):
            self._stopped = True
            return b"OK"
        return b""

    def _on_detach(self, _: bytes) -> bytes:
        return b"OK"

    def _on_kill(self, _: bytes) -> None:
        self._stopped = True

    def _set_pc(self, rest: bytes) -> None:
        if rest:
            self._machine.set_register("pc", int(rest, 16))
            self._touch()

    def _leave_breakpoint_instruction(self) -> None:
        """A BKPT has halted the core: go on after it."""
        machine = self._machine
        if not machine.halted:
            return
        pc = machine.registers()["pc"]
        try:
            here = machine.read_memory(pc, 2)
        except CoreError:
            here = b""
        if here[1:] == b"\xbe":
            machine.set_register("pc", pc + 2)
        machine.resume()
        self._touch()

    def _step(self) -> bytes:
        self._leave_breakpoint_instruction()
        if self._history is not None:
            hit = self._history.step()
        else:
            hit = self._hit(self._machine.step(1))
        self._hear()
        return self._reply(hit)

    def _run(self) -> bytes:
        """Run until something stops it; what that was."""
        self._leave_breakpoint_instruction()
        wall, board = time.monotonic(), self._execution.time_s
        while True:
            hit = self._go(max(1, int(_SLICE_S * self._machine.clock_hz)))
            self._hear()
            if hit.stop not in (Stop.BUDGET, Stop.PAUSED, Stop.IDLE):
                return self._reply(hit)
            ahead = (self._execution.time_s - board) - (time.monotonic() - wall)
            packet = self._packets.receive(max(0.0, ahead))
            if packet == b"\x03" or self._packets.closed:
                return self._stop(b"T%02xthread:1;" % _SIGINT)
            if ahead < -_SLICE_S:  # no catching up with the real board
                wall, board = time.monotonic(), self._execution.time_s

    def _go(self, cycles: int) -> Hit:
        if self._history is not None:
            return self._history.run(cycles, _HOST_MS)
        return self._hit(self._machine.run(cycles, host_ms=_HOST_MS))

    def _hit(self, stop: Stop) -> Hit:
        machine = self._machine
        moment = machine.instructions, machine.cycles
        return Hit(stop, moment, machine.registers()["pc"], machine.watch_hit())

    def _hear(self) -> None:
        for event in self._execution.heard():
            self._heard(event)
            if isinstance(event, Text) and event.source.startswith("rtt"):
                self._touch()  # taking it has moved its offset in RAM

    def _reply(self, hit: Hit) -> bytes:
        match hit.stop:
            case Stop.FAULT:
                fault = self._machine.fault()
                if fault:
                    self._say(f"{fault.cause}\n")
                return self._stop(b"T%02xthread:1;" % _SIGSEGV)
            case Stop.EXIT:
                return self._stop(b"W%02x" % (self._execution.exit_code & 0xFF))
            case Stop.WATCHPOINT if hit.watched:
                address, wrote = hit.watched
                name, address = self._places.watch_name(address, wrote)
                return self._stop(f"T05thread:1;{name}:{address:x};".encode())
            case Stop.BREAKPOINT:
                pc = self._machine.registers()["pc"]
                kind = self._places.breakpoint_name(pc)
                return self._stop(f"T05thread:1;{kind}:;".encode())
            case _:
                return self._stop(b"T05thread:1;")

    def _stop(self, reply: bytes) -> bytes:
        self._last = reply
        return reply

    def _say(self, text: str) -> None:
        self._packets.send(b"O" + text.encode().hex().encode())

    def _on_insert(self, rest: bytes) -> bytes:
        return b"OK" if self._places.insert(*_place(rest)) else b""

    def _on_remove(self, rest: bytes) -> bytes:
        self._places.remove(*_place(rest))
        return b"OK"


_HANDLERS = {
    "?": "reason",
    "H": "thread",
    "T": "thread",
    "q": "query",
    "Q": "set",
    "g": "read_registers",
    "G": "write_registers",
    "p": "read_register",
    "P": "write_register",
    "m": "read_memory",
    "M": "write_memory",
    "X": "write_binary",
    "c": "continue",
    "s": "step",
    "b": "back",
    "v": "verbose",
    "D": "detach",
    "k": "kill",
    "Z": "insert",
    "z": "remove",
}


def _place(rest: bytes) -> tuple[str, int, int]:
    kind, address, size = rest.decode().split(";")[0].split(",")
    return kind, int(address, 16), int(size, 16)


def _part(document: bytes, window: str) -> bytes:
    offset, size = (int(word, 16) for word in window.split(","))
    part = document[offset : offset + size]
    return (b"m" if offset + size < len(document) else b"l") + part


def _accesses(address: int, size: int) -> list[tuple[int, int]]:
    """Aligned accesses, as wide as may be, for so many bytes."""
    result = []
    while size > 0:
        width = next(width for width in (4, 2, 1) if address % width == 0 and width <= size)
        result.append((address, width))
        address, size = address + width, size - width
    return result
