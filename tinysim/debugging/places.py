"""Where gdb wants a run to stop: its breakpoints and watchpoints, by its own numbers of kinds."""

from .._core import Machine

_SOFTWARE, _HARDWARE, _WRITE, _READ, _ACCESS = "01234"
_WATCHES = {_WRITE: (False, True), _READ: (True, False), _ACCESS: (True, True)}
"""Whether reads and writes are watched."""
_WATCH_NAMES = {_WRITE: "watch", _READ: "rwatch", _ACCESS: "awatch"}


class Places:
    """Breakpoints and watchpoints, which lie outside of the machine: its memory stays as it is."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._breakpoints: dict[tuple[str, int], int] = {}
        self._watches: list[tuple[str, int, int]] = []

    def insert(self, kind: str, address: int, size: int) -> bool:
        """Put one there; False for a kind that there is not."""
        if kind in _WATCHES:
            self._machine.watch_data(address, size, *_WATCHES[kind])
            self._watches.append((kind, address, size))
            return True
        if kind not in (_SOFTWARE, _HARDWARE):
            return False
        self._breakpoints[kind, address] = self._breakpoints.get((kind, address), 0) + 1
        self._machine.add_breakpoint(address)
        return True

    def remove(self, kind: str, address: int, size: int) -> None:
        """Take one away, if it is there."""
        if kind in _WATCHES:
            if (kind, address, size) in self._watches:
                self._watches.remove((kind, address, size))
                self._machine.unwatch_data(address, size, *_WATCHES[kind])
            return
        count = self._breakpoints.pop((kind, address), 0)
        if count > 1:
            self._breakpoints[kind, address] = count - 1
        if not any(place == address for _, place in self._breakpoints):
            self._machine.remove_breakpoint(address)

    def clear(self) -> None:
        """Take all of them away."""
        for _, address in self._breakpoints:
            self._machine.remove_breakpoint(address)
        for kind, address, size in self._watches:
            self._machine.unwatch_data(address, size, *_WATCHES[kind])
        self._breakpoints.clear()
        self._watches.clear()

    def breakpoint_name(self, pc: int) -> str:
        """How a stop reply calls the breakpoint at `pc`."""
        return "hwbreak" if (_HARDWARE, pc) in self._breakpoints else "swbreak"

    def watch_name(self, address: int, wrote: bool) -> tuple[str, int]:
        """How it calls the watchpoint that an access to the word at `address` has met, and where
        that lies.
        """
        for kind, first, size in self._watches:
            reads, writes = _WATCHES[kind]
            if (writes if wrote else reads) and address < first + size and address + 4 > first:
                return _WATCH_NAMES[kind], max(first, address)
        return _WATCH_NAMES[_ACCESS], address
