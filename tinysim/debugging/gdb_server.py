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
from .history import Hit
from .motion import Motion
from .packets import Packets, unescape
from .places import Places
from .target_memory import TargetMemory

_PACKET = 0x8000
_SLICE_S = 0.005
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
        self._motion = Motion(self._machine, rewind)
        self._heard = heard
        self._places = Places(self._machine)
        self._last = b"S05"
        self._stopped = False
        self._listener = socket.create_server((host, port))
        self._memory = TargetMemory(self._machine, execution.regions(), self._motion.touch)

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
            features += (
                ["ReverseStep+", "ReverseContinue+"] if self._motion.history is not None else []
            )
            return f"PacketSize={_PACKET:x};{';'.join(features)}".encode()
        if text.startswith("Xfer:features:read:target.xml:"):
            return _part(gdb_registers.description(), text.rpartition(":")[2])
        if text.startswith("Xfer:memory-map:read::"):
            return _part(self._memory.map(), text.rpartition(":")[2])
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

    def _monitor(self, command: str) -> bytes:
        words = command.split()
        if words[:1] == ["reset"]:
            self._machine.press_reset()
            self._motion.touch()
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
        self._motion.touch()
        return b"OK"

    def _on_read_register(self, rest: bytes) -> bytes:
        return gdb_registers.read(self._machine.registers(), int(rest, 16)).hex().encode()

    def _on_write_register(self, rest: bytes) -> bytes:
        number, _, value = rest.decode().partition("=")
        gdb_registers.write(self._machine, int(number, 16), bytes.fromhex(value))
        self._motion.touch()
        return b"OK"

    def _on_read_memory(self, rest: bytes) -> bytes:
        address, size = (int(word, 16) for word in rest.split(b","))
        return self._memory.read(address, min(size, _PACKET // 2)).hex().encode()

    def _on_write_memory(self, rest: bytes) -> bytes:
        place, _, data = rest.partition(b":")
        address, _ = (int(word, 16) for word in place.split(b","))
        self._memory.write(address, bytes.fromhex(data.decode()))
        return b"OK"

    def _on_write_binary(self, rest: bytes) -> bytes:
        place, _, data = rest.partition(b":")
        address, _ = (int(word, 16) for word in place.split(b","))
        self._memory.write(address, unescape(data))
        return b"OK"

    # Running.

    def _on_continue(self, rest: bytes) -> bytes:
        self._set_pc(rest)
        return self._run()

    def _on_step(self, rest: bytes) -> bytes:
        self._set_pc(rest)
        return self._step()

    def _on_back(self, rest: bytes) -> bytes:
        history = self._motion.history
        if history is None:
            return b""
        if rest == b"s":
            begins = not history.step_back()
            hit = None
        else:
            hit = history.run_back()
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
            return b"OK" if self._memory.erase(address, size) else b"E01"
        if rest.startswith(b"FlashWrite:"):
            place, _, data = rest[11:].partition(b":")
            self._memory.write(int(place, 16), unescape(data))
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
            self._motion.touch()

    def _step(self) -> bytes:
        hit = self._motion.step()
        self._hear()
        return self._reply(hit)

    def _run(self) -> bytes:
        """Run until something stops it; what that was."""
        self._motion.leave_breakpoint_instruction()
        wall, board = time.monotonic(), self._execution.time_s
        while True:
            hit = self._motion.run(_SLICE_S)
            self._hear()
            if hit.stop not in (Stop.BUDGET, Stop.PAUSED, Stop.IDLE):
                return self._reply(hit)
            ahead = (self._execution.time_s - board) - (time.monotonic() - wall)
            packet = self._packets.receive(max(0.0, ahead))
            if packet == b"\x03" or self._packets.closed:
                return self._stop(b"T%02xthread:1;" % _SIGINT)
            if ahead < -_SLICE_S:  # no catching up with the real board
                wall, board = time.monotonic(), self._execution.time_s

    def _hear(self) -> None:
        for event in self._execution.heard():
            self._heard(event)
            if isinstance(event, Text) and event.source.startswith("rtt"):
                self._motion.touch()  # taking it has moved its offset in RAM

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
