"""The engines' options: what `--set` and the Python API take, in one table."""

from collections.abc import Mapping

from ..errors import PlatformError
from .option import Option, Value

_ACR = ("acr",)
_BOTH = (True, False)

OPTIONS = (
    Option(
        "timing.stop_wakeup",
        "microseconds from Stop to run mode",
        "DS12023, features",
        5,
        0,
        1000,
    ),
    Option(
        "uart.input",
        "bytes for the board wait until it is ready, or come at the line's rate and may be lost",
        "README, Limits",
        "when_ready",
        words=("when_ready", "line_rate"),
    ),
    Option(
        "tier",
        "how time is counted",
        "docs/timing.md",
        "T2",
        words=("T0", "T1", "T2", "T3"),
        changes_board=False,
        own="--tier",
    ),
    Option(
        "strict",
        "using a peripheral without a model is an error",
        "platforms/*.toml names them",
        False,
        words=_BOTH,
        changes_board=False,
        own="--strict",
    ),
    Option(
        "debugger",
        "the firmware finds a debugger (DHCSR.C_DEBUGEN) that has turned the ITM on",
        "DDI0403 C1.6.2",
        False,
        words=_BOTH,
    ),
    Option(
        "clock",
        "HCLK from the PLL, in Hz (80MHz is understood); rcc is what the firmware programs",
        "RM0432 6.4",
        "rcc",
        1_000_000,
        1_000_000_000,
        ("rcc",),
    ),
    Option(
        "flash.bank",
        "rows of 64 bits (dual) or 128 bits (single)",
        "RM0432 3.4.1, option bit DBANK",
        "dual",
        words=("dual", "single"),
    ),
    Option(
        "flash.latency",
        "wait states; acr is what the firmware programs, least the fewest that the clock permits",
        "RM0432 3.3.3",
        "acr",
        0,
        15,
        ("least", *_ACR),
    ),
    Option(
        "flash.prefetch",
        "the accelerator's prefetch",
        "RM0432 3.3.4",
        "acr",
        words=(*_BOTH, *_ACR),
    ),
    Option(
        "flash.instruction_cache",
        "the accelerator's instruction cache",
        "RM0432 3.3.4",
        "acr",
        words=(*_BOTH, *_ACR),
    ),
    Option(
        "flash.data_cache",
        "the accelerator's data cache",
        "RM0432 3.3.4",
        "acr",
        words=(*_BOTH, *_ACR),
    ),
    Option(
        "bus.arbitration",
        "cycles that the first access to a slave waits which the bus matrix has not granted",
        "docs/timing.md",
        1,
        0,
        15,
    ),
    Option(
        "bus.parked",
        "the memory or bus that is granted while the system bus idles, or none",
        "docs/timing.md",
        "sram1",
    ),
    Option(
        "timing.bus_change",
        "a change of the bus between flash and SRAM costs a cycle",
        "docs/timing.md",
        True,
        words=_BOTH,
    ),
    Option(
        "timing.fetch_restart",
        "when fetching continues after a branch",
        "docs/timing.md",
        "late",
        words=("at_once", "late", "paced"),
    ),
    Option(
        "timing.cpi_percent",
        "tier T1: cycles of 100 instructions",
        "docs/timing.md",
        140,
        100,
        1000,
    ),
    Option(
        "timing.sleep_wakeup",
        "cycles from sleep to run mode",
        "DS12023, wake-up timings",
        6,
        0,
        1000,
    ),
    Option(
        "timing.memoise",
        "tier T3 remembers what blocks of code took; quicker, and the same result",
        "tests/core",
        True,
        words=_BOTH,
        changes_board=False,
    ),
    Option(
        "add_rounds",
        "rounds of loops that repeat or wait are added up; quicker, and the same result",
        "sim/core/tests",
        True,
        words=_BOTH,
        changes_board=False,
    ),
    Option(
        "translate",
        "how often a block of code is executed before it is translated into the host's; 0: never",
        "sim/core/tests",
        16,
        0,
        1_000_000,
        changes_board=False,
    ),
    Option(
        "tier",
        "how time is counted",
        "README, Limits",
        "T0",
        words=("T0", "T1", "T2"),
        engine="renode",
        changes_board=False,
        own="--tier",
    ),
    Option(
        "uart",
        "the serial port's name in Renode",
        "platforms/*.toml",
        "sysbus.lpuart1",
        engine="renode",
        changes_board=False,
    ),
    Option(
        "quantum",
        "seconds of virtual time between synchronisations",
        "Renode's SetGlobalQuantum",
        "0.0001",
        engine="renode",
        changes_board=False,
    ),
    Option(
        "loading",
        "an input's commands are handed to Renode together, or each is asked for its answer",
        "README, Limits",
        "together",
        words=("together", "singly"),
        engine="renode",
        changes_board=False,
    ),
    Option(
        "port",
        "device, socket:// or rfc2217:// address",
        "pyserial",
        "",
        engine="serial",
        changes_board=False,
        own="--port",
    ),
    Option(
        "baud",
        "rate of the port; 0 detects it",
        "UM2179",
        0,
        0,
        20_000_000,
        engine="serial",
        changes_board=False,
        own="--baud",
    ),
    Option(
        "interface",
        "the interface board's port, for a benchmark that listens",
        "the official runner's devices_sww.yaml: 115200 Bd",
        "",
        engine="serial",
        changes_board=False,
        own="--interface",
    ),
    Option(
        "flash",
        "program the image first",
        "README",
        False,
        words=_BOTH,
        engine="serial",
        changes_board=False,
        own="--flash",
    ),
    Option(
        "timeout_scale",
        "multiplies all time-outs, which are in the host's time",
        "the official runner's are at 1",
        1,
        1,
        1000,
        engine="serial",
        changes_board=False,
    ),
)
"""Of the engines that come with tinysim; a plug-in checks its own."""


def render() -> str:
    """docs/options.md."""
    lines = [
        "# Options of the engines",
        "",
        "Set by `--set name=value`, or as `Board(..., **{name: value})`. A board with a value",
        "of its own for one that changes the board has no error band, as it was never measured.",
        "",
        "| engine | name | takes | default | meaning | changes the board | source |",
        "|---|---|---|---|---|---|---|",
    ]
    for option in OPTIONS:
        default = str(option.default).lower() if option.default in _BOTH else option.default
        name = f"`{option.name}`" + (f", as `{option.own}`" if option.own else "")
        lines.append(
            f"| {option.engine} | {name} | {option.range} | {default} | {option.meaning} "
            f"| {'yes' if option.changes_board else 'no'} | {option.source} |"
        )
    return "\n".join(lines) + "\n"


def options_of(engine: str) -> dict[str, Option]:
    """The options of an engine by name; none where the engine is not in the table."""
    return {option.name: option for option in OPTIONS if option.engine == engine}


def checked(
    engine: str, given: Mapping[str, Value], known: Mapping[str, Option]
) -> dict[str, Value]:
    """Options as an engine takes them that has those in `known`; where it names none, as given.

    Raises:
        PlatformError: one is unknown or out of range.

    """
    if not known:
        return dict(given)
    for name in given:
        if name not in known:
            raise PlatformError(
                f"engine {engine} has no option '{name[:40]}'; there are: {', '.join(known)}"
            )
    return {name: known[name].parse(value) for name, value in given.items()}


def changed(
    known: Mapping[str, Option], given: Mapping[str, Value], own: Mapping[str, Value]
) -> dict[str, Value]:
    """Those of the options that make another board of it than its description, `own`, does."""
    return {
        name: value
        for name, value in given.items()
        if (option := known.get(name)) is None
        or (option.changes_board and value != own.get(name, option.default))
    }
