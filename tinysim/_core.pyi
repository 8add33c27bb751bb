"""The builtin engine: an emulated Cortex-M4F machine (C++, `sim/core`).

A machine is put together from memories, peripherals and the connections between them,
loaded, reset and run. All of its time is virtual: cycles of the modelled core, divided by
the clock that the firmware has programmed.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import final

build: str
"""The commit, or else the version, that the engine was built from."""

class CoreError(Exception):
    """The machine was put together or used in a way that it cannot follow."""

class Stop(Enum):
    """Why `Machine.run` came back."""

    BUDGET = 0
    """The cycles given have passed."""
    LINE = 1
    """The watched UART has sent a line feed."""
    BREAKPOINT = 2
    """The next instruction has a breakpoint."""
    FAULT = 3
    """Nothing can run on: see `Machine.fault`."""
    EXIT = 4
    """The firmware left by semihosting: see `Machine.exit_code`."""
    IDLE = 5
    """The core sleeps or spins and no event is left that could wake it but input."""
    PAUSED = 6
    """`host_ms` have passed on the host: run on for the rest of the cycles."""
    HALTED = 7
    """The core is in debug state (DHCSR.S_HALT): only a probe lets it go on."""
    WATCHPOINT = 8
    """Watched data was accessed: see `Machine.watch_hit`."""

@final
class Encoding:
    """One encoding of an instruction, as chapter A7 of the ARMv7-M manual (DDI0403) has it."""

    @property
    def name(self) -> str:
        """The heading of its section: `ADD (immediate)`."""
    @property
    def label(self) -> str:
        """`T1`, `T2` ..."""
    @property
    def pattern(self) -> str:
        """Its bits, first half-word first: `0` or `1`, in parentheses where they only should be so,
        and a field's letter for each of its bits.
        """

def encodings() -> dict[str, list[Encoding]]:
    """Every encoding that the core decodes, by family."""

def find_encoding(code: int) -> Encoding | None:
    """By which encoding the core decodes a code: 16 bits, or 32 with the first half-word on top."""

@final
class Fault:
    """Why the machine stopped for good."""

    @property
    def cause(self) -> str:
        """In one line, for a reader: the fault and the address that it is about."""
    @property
    def registers(self) -> dict[str, int]:
        """r0-r12, sp, lr, pc and xpsr of the instruction at fault."""
    @property
    def cfsr(self) -> int: ...
    @property
    def hfsr(self) -> int: ...
    @property
    def address(self) -> int | None:
        """The address that could not be accessed, where there is one (BFAR, MMFAR)."""

@final
class Report:
    """A thing that the firmware did once and that silicon, or this model, would not do well."""

    @property
    def kind(self) -> str:
        """`reserved` (a peripheral without a model), `unmodelled` (a field of a register),
        `no register`, `unclocked` or `flash`.
        """
    @property
    def name(self) -> str:
        """The peripheral, or the register's field (`TIM2_SMCR.ETP`)."""
    @property
    def address(self) -> int: ...
    @property
    def pc(self) -> int: ...
    @property
    def write(self) -> bool: ...

@final
class Register:
    """A register as its peripheral declares it."""

    @property
    def peripheral(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> int: ...
    @property
    def reset(self) -> int: ...
    @property
    def writable(self) -> int:
        """The bits that keep what is written to them."""
    @property
    def fields(self) -> dict[str, tuple[int, int]]:
        """Highest and lowest bit of each field."""

@final
class PinEvent:
    """An edge of a watched pin."""

    @property
    def port(self) -> str: ...
    @property
    def pin(self) -> int: ...
    @property
    def level(self) -> bool: ...
    @property
    def cycles(self) -> int: ...
    @property
    def time_ns(self) -> int: ...

@final
class BlockProfile:
    """What a basic block has cost since `Machine.profile_start`."""

    @property
    def address(self) -> int: ...
    @property
    def size(self) -> int:
        """Bytes"""
    @property
    def executions(self) -> int: ...
    @property
    def instructions(self) -> int: ...
    @property
    def cycles(self) -> int: ...

@final
class Machine:
    def __init__(self, chip: str = "stm32l4r5") -> None: ...

    # The parts, before the first `reset`.

    def add_memory(self, name: str, kind: str, addresses: Sequence[int], size: int) -> None:
        """Put `size` bytes at every one of `addresses`. `kind` is `flash`, `sram` or `rom`."""

    def add_bit_band(self, name: str, address: int, size: int, target: int) -> None:
        """A bit-band alias region of `size` bytes at `address` for the bits from `target` on."""

    def add_peripheral(
        self,
        name: str,
        type: str,
        address: int | None,
        size: int | None,
        properties: Mapping[str, int | str | bool],
    ) -> None:
        """A peripheral by Renode's type name (`UART.STM32F7_USART`).

        A Python peripheral is known by its own name: `Python.rcc`. `size` is None
        where the type has a size of its own, `address` where it sits on no bus.
        """

    def add_device(self, name: str, kind: str, device: object) -> None:
        """A device in Python that `attach` puts on a bus: `i2c`, `spi` or `serial`.

        It is called on as `tinysim.devices` says.
        """

    def add_bus(self, name: str, address: int, size: int, bridge: int) -> None:
        """A bus of peripherals in the core's memory map, for tier T3.

        `bridge` is 1 or 2 where the AHB-APB bridge to APB1 or APB2 leads to it, else 0. Sizes in
        bytes, multiples of 4 KB.

        Raises:
            CoreError: not whole pages, or too many regions.

        """

    def attach(self, device: str, bus: str, address: int) -> None:
        """Put a device on a bus of its own kind, at an address there (I2C: 7 bits)."""

    def add_reserved(self, name: str, address: int, size: int) -> None:
        """A part of the chip without a model: reads 0, ignores writes, is reported once."""

    def connect(self, source: str, output: str, target: str, input: int) -> None:
        """Join an output to an input: `connect("lpuart1", "IRQ", "nvic", 70)`.

        `output` is `""` for a peripheral's only output, a number for a numbered one.
        """

    def set_input(self, port: str, pin: int, level: bool) -> None:
        """Drive a pin of a GPIO port from outside."""

    def join_pins(self, one: tuple[str, int], other: tuple[str, int]) -> None:
        """Join two pins of GPIO ports by a wire."""

    def release_input(self, port: str, pin: int) -> None:
        """Drive a pin of a GPIO port no more."""

    def pin_level(self, port: str, pin: int) -> bool:
        """The level of a pin of a GPIO port, whoever drives it."""

    def set_analog(self, target: str, input: int, volts: float) -> None:
        """Set the voltage at a channel of an analog-to-digital converter: 0 to 3.3 V."""

    def set_electrode(self, controller: str, group: int, io: int, transfers: int) -> None:
        """Set how many charge transfers an electrode takes: fewer where it is touched.

        Groups and I/Os count from 1; 0 takes the electrode away.
        """

    def master_queue(self, name: str, operations: Sequence[int], start_ns: int) -> None:
        """Give a master on one of the chip's buses more to do, as the core numbers it."""

    def master_results(self, name: str) -> list[int]:
        """What came of its operations since the last call."""

    def master_is_done(self, name: str) -> bool:
        """Whether it has nothing left to do."""

    def audio_play(self, name: str, samples: bytes, start_ns: int, rate_mhz: int) -> None:
        """Let an audio port play from a virtual time on, at thousandths of a hertz.

        Raises:
            CoreError: no such port, or not a whole number of frames.

        """

    def audio_recorded(self, name: str) -> bytes:
        """What the chip has sent to an audio port since the last call."""

    def audio_counts(self, name: str) -> tuple[int, int, int]:
        """Frames played, frames of the sound, samples that found no room in the chip."""

    def configure(self, option: str, value: int | bool | str) -> None:
        """Set an option of the model; `options` names them all.

        Raises CoreError for an unknown option or a value that it does not take.
        """

    def options(self) -> dict[str, int | bool | str]:
        """Every option of the model with its value."""

    # The image.

    def boot_from(self, memory: str) -> None:
        """Let every reset begin in a memory, as BOOT0 and the option bytes choose it: `sram1`.

        Raises CoreError for one that the chip does not boot from.
        """

    def load(self, address: int, data: bytes) -> None:
        """Write to memory, flash included, as a programmer does.

        Raises CoreError where no memory is.
        """

    def read_memory(self, address: int, size: int) -> bytes:
        """Memory as a debugger reads it; no peripherals. Raises CoreError."""

    def write_memory(self, address: int, data: bytes) -> None:
        """As `load`."""

    # Running.

    def bus_read(self, address: int, size: int = 4) -> int:
        """One access of `size` bytes as the core makes them, with its effects.

        Raises CoreError where it would fault.
        """

    def bus_write(self, address: int, value: int, size: int = 4) -> None:
        """As `bus_read`, a write."""

    def probe_read(self, address: int, size: int = 4) -> int:
        """One access as a debug probe makes it. Raises CoreError where it would fault."""

    def probe_write(self, address: int, value: int, size: int = 4) -> None:
        """As `probe_read`, a write. Only a probe's lets a debugger in (DHCSR.C_DEBUGEN)."""

    def press_reset(self) -> None:
        """Pull the reset pin low, and let it go."""

    def resume(self) -> None:
        """Let a core go on that has halted while the option `debugger` is on."""

    @property
    def halted(self) -> bool:
        """Whether the core is in debug state."""

    def watch_data(self, address: int, size: int, reads: bool, writes: bool) -> None:
        """Stop after each access to these bytes."""

    def unwatch_data(self, address: int, size: int, reads: bool, writes: bool) -> None:
        """Undo one `watch_data` of the same."""

    def watch_hit(self) -> tuple[int, bool] | None:
        """Take the access that `run` came back for: its address, and whether it wrote."""

    def register_map(self) -> list[Register]:
        """The registers of every peripheral that is declared by them."""

    def reset(self) -> None:
        """System reset: the core starts from the vector table at address 0."""

    def run(self, cycles: int, until_line: bool = False, host_ms: int = 0) -> Stop:
        """Run for `cycles` (a few more where an instruction is longer than what is left).

        `host_ms` bounds how long this takes on the host, 0 for not at all: signals are only heard
        between two calls. What the machine does is the same in one call or many.
        """

    def step(self, instructions: int = 1) -> Stop:
        """Run so many instructions (or fewer, where one stops the machine)."""

    # Serial ports.

    def uart_write(self, name: str, data: bytes) -> None:
        """Queue bytes for a UART's receiver; each arrives when the receiver is ready."""

    def uart_read(self, name: str) -> bytes:
        """Take what a UART has sent since the last call."""

    def uart_pending(self, name: str) -> int:
        """How many queued bytes have not yet been received."""

    def uart_baud(self, name: str) -> int:
        """Baud as programmed, rounded; 0 while the port is off."""

    def watch_uart(self, name: str) -> None:
        """Let `run(until_line=True)` come back for this port's line feeds."""

    @property
    def line_start(self) -> tuple[int, int]:
        """Cycles and instructions when the firmware wrote the first byte of the watched port's
        last line to the port.
        """

    @property
    def line_end(self) -> tuple[int, int]:
        """The same, of that line's end."""

    def watch_pin(self, port: str, pin: int) -> None:
        """Record this pin's edges."""

    def pin_events(self) -> list[PinEvent]:
        """Take the edges recorded since the last call."""

    # What can be seen.

    @property
    def cycles(self) -> int: ...
    @property
    def instructions(self) -> int: ...
    @property
    def time_ns(self) -> int:
        """Virtual time since reset."""
    @property
    def clock_hz(self) -> int:
        """HCLK as programmed now."""
    @property
    def flash_wait_states(self) -> int:
        """Cycles that a read of flash waits now, as ACR.LATENCY or the option says."""
    @property
    def exit_code(self) -> int: ...
    def counters(self) -> dict[str, int]:
        """`cycles`, `instructions`, `sleep` (cycles asleep), `exception.<name>` for each
        exception taken, and, at tier T3, stall cycles by cause (`stall.<cause>`) and what the
        memories did (`flash.read`, `bus.access`, ...).
        """

    def registers(self) -> dict[str, int]:
        """r0-r12, sp, lr, pc, xpsr, msp, psp, primask, basepri, faultmask, control, fpscr,
        s0-s31.
        """

    def set_register(self, name: str, value: int) -> None: ...
    def fault(self) -> Fault | None: ...
    def reports(self) -> list[Report]: ...
    def semihosting_write(self, data: bytes) -> None:
        """Let the firmware read from semihosting's console."""

    def semihosting(self) -> bytes:
        """Take what the firmware has printed by semihosting."""
    def swo(self) -> bytes:
        """Take the packets that the ITM has sent."""

    def add_breakpoint(self, address: int) -> None: ...
    def remove_breakpoint(self, address: int) -> None: ...
    def trace_start(self, functions: Sequence[int]) -> None:
        """Write down what happens; calls as well, where functions' addresses are given, in order.

        `run` comes back as PAUSED when there is much to be taken.
        """

    def trace_stop(self) -> None: ...
    def trace_take(self) -> bytes:
        """Take the records (TraceRecord in sim/core/machine/tracer.hpp), 16 bytes each."""

    def trace_ports(self) -> list[str]:
        """The ports of pins by the number that records have for them."""

    def trace_uarts(self) -> list[str]:
        """The same for serial ports."""

    def count_traffic(self, parts: Sequence[tuple[int, int]]) -> None:
        """Count data reads of these parts of RAM at tier T3 from now on, each given by its first
        byte and size; none ends it. No two overlap.
        """

    def traffic(self) -> list[tuple[int, int, bool, int]]:
        """What was counted, by the part that the access before was to, the part that is read, and
        whether the read follows that access without a pause. Parts count from 1; 0 is all else.
        """

    def profile_start(self) -> None: ...
    def profile(self) -> list[BlockProfile]: ...

    # The whole machine.

    def snapshot(self) -> bytes:
        """Everything that changes, for `restore` into a machine of the same parts."""

    def restore(self, state: bytes) -> None:
        """Raises CoreError where the parts differ."""
