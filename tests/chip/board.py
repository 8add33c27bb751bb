"""The board without an image: its core stands still while a test works on the registers."""

from tinysim._core import Machine, Register
from tinysim.platform import load_board
from tinysim.platform.assembly import build_machine

_STANDSTILL = 0x08001000
_WAIT = 0xE7FE
"""`b .`"""
_VECTORS = 111
_OVERSHOOT = 64
"""What a run may last longer than asked for, in cycles, is less."""


class Chip:
    """A chip whose registers are named: `chip["TIM2_CR1"] = 1`."""

    def __init__(self, **options: int | str | bool) -> None:
        self.machine: Machine = build_machine(load_board(), {"tier": "T0", **options})
        self.registers: dict[str, Register] = {
            f"{register.peripheral.upper()}_{register.name}": register
            for register in self.machine.register_map()
        }
        stack = 0x20001000
        vectors = stack.to_bytes(4, "little") + (_STANDSTILL | 1).to_bytes(4, "little") * _VECTORS
        self.machine.load(0x08000000, vectors)
        self.machine.load(_STANDSTILL, _WAIT.to_bytes(2, "little"))
        self.machine.reset()

    def __getitem__(self, name: str) -> int:
        return self.machine.bus_read(self.registers[name].address)

    def __setitem__(self, name: str, value: int) -> None:
        self.machine.bus_write(self.registers[name].address, value)

    def field(self, name: str, field: str) -> int:
        """Read one field of a register."""
        high, low = self.registers[name].fields[field]
        return self[name] >> low & ((2 << high - low) - 1)

    def enable(self, *clocks: str) -> None:
        """Let peripherals have their bus clocks: `chip.enable("TIM2", "GPIOA")`."""
        for clock in clocks:
            for name, register in self.registers.items():
                if name.startswith("RCC_A") and name.endswith(("ENR", "ENR1", "ENR2")):
                    for field, (_, low) in register.fields.items():
                        if field == f"{clock}EN":
                            self[name] |= 1 << low
        assert all(self._is_clocked(clock) for clock in clocks)

    def enable_all(self) -> None:
        """Let every peripheral have its bus clock."""
        for name in ("AHB1", "AHB2", "AHB3"):
            self[f"RCC_{name}ENR"] = 0xFFFFFFFF
        for name in ("APB1ENR1", "APB1ENR2", "APB2ENR"):
            self[f"RCC_{name}"] = 0xFFFFFFFF

    def pulse_reset(self) -> None:
        """Reset every peripheral that RCC can."""
        for name, register in self.registers.items():
            if name.startswith("RCC_A") and "RSTR" in name:
                self[name] = register.writable
                self[name] = 0

    def pends(self, interrupt: int) -> bool:
        """Whether an interrupt asks for its handler, enabled or not."""
        word = self.machine.bus_read(0xE000E200 + interrupt // 32 * 4)
        return bool(word >> interrupt % 32 & 1)

    def run(self, cycles: int) -> None:
        """Let exactly so much time pass."""
        end = self.machine.cycles + cycles
        while end - self.machine.cycles > _OVERSHOOT:
            self.machine.run(end - self.machine.cycles - _OVERSHOOT)
        # At tier T0 an instruction is a cycle.
        self.machine.step(end - self.machine.cycles)

    def reports(self) -> list[str]:
        """What the machine reported: `unmodelled TIM2_CR1.CKD`."""
        return [f"{report.kind} {report.name}" for report in self.machine.reports()]

    def _is_clocked(self, clock: str) -> bool:
        return any(
            self.field(name, f"{clock}EN")
            for name, register in self.registers.items()
            if name.startswith("RCC_A") and "SMEN" not in name and f"{clock}EN" in register.fields
        )
