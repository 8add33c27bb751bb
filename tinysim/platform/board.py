"""A board's description, read from its `.toml` and the `.repl` that it names."""

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import PlatformError
from ..power import PowerModel, Supply
from .repl import Description, parse

Address = Annotated[int, Field(ge=0, le=0xFFFFFFFF)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Core(_Table):
    """The processor, and the chip that the core models. `max_clock_hz` is in Hz."""

    name: str
    chip: str
    max_clock_hz: int


class Memory(_Table):
    """Which entries of the `.repl` are flash and ROM, and the chip's sizes in bytes."""

    flash: list[str]
    rom: list[str]
    flash_bytes: int
    ram_bytes: int


class Uart(_Table):
    """The serial port to the host, and others that images may use instead."""

    link: str
    others: list[str] = []


class Timestamp(_Table):
    """The pin whose falling edge is the energy-mode timestamp."""

    port: str
    pin: int


class Reserved(_Table):
    """A peripheral without a model. `size` is in bytes."""

    name: str
    address: Address
    size: int = 0x400


class BusSlave(_Table):
    """A bus of peripherals. `bridge` is the AHB-APB bridge that leads to it; sizes in bytes."""

    name: str
    address: Address
    size: int
    bridge: Literal["APB1", "APB2"] | None = None


class Bus(_Table):
    """The bus matrix: what it grants the system bus while that idles, and the cycles that the
    first access to anything else waits.
    """

    parked: str = "none"
    arbitration: Annotated[int, Field(ge=0, le=15)] = 0
    slave: list[BusSlave] = []


class Settings(_Table):
    """The board's `.toml`, table by table."""

    name: str
    repl: str
    builtin_repl: str | None = None
    """What the builtin engine reads instead: the same, with parts that Renode has no model for."""
    core: Core
    memory: Memory
    uart: Uart
    timestamp: Timestamp
    supply: Supply | None = None
    """Where the board's power comes from, if that is always the same."""
    power: PowerModel | None = None
    pins: dict[str, str] = {}
    """Buttons, lights and whatever else has a name on the board: the pin of each."""
    flash: dict[str, int | str | bool] = {}
    bus: Bus = Bus()
    timing: dict[str, int | str | bool] = {}
    reserved: list[Reserved] = []


class Board(BaseModel):
    """A board, ready for an engine to build."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    settings: Settings
    folder: Path
    """Where its files are."""
    description: Description
    machine: Description
    """The description for the builtin engine."""
    fingerprint: str
    """sha256 over both files."""

    def options(self) -> dict[str, int | str | bool]:
        """The engine's options that the `.toml` sets, by their dotted names."""
        settings = self.settings
        bus = settings.bus.model_dump(exclude={"slave"})
        tables = {"flash": settings.flash, "bus": bus, "timing": settings.timing}
        return {
            f"{table}.{name}": value
            for table, values in tables.items()
            for name, value in values.items()
        }


def find_platforms() -> Path:
    """The folder of the boards that come with tinysim."""
    here = Path(__file__).resolve().parent.parent
    for folder in (here / "platforms", here.parent / "platforms"):
        if folder.is_dir():
            return folder
    raise PlatformError("the folder 'platforms' is missing: install tinysim again")


DEFAULT = "nucleo_l4r5zi"


def load_board(name: str = DEFAULT, folder: Path | None = None) -> Board:
    """Read the board `name` from `folder` (default: those that come with tinysim), or the one in
    the `.toml` that `name` is the path of.

    Raises:
        PlatformError: no such board, or a description that cannot be followed.

    """
    if name.endswith(".toml"):
        own = Path(name)
        name, folder = own.stem, (folder or Path()) / own.parent
    folder = folder or find_platforms()
    path = folder / f"{name}.toml"
    try:
        content = path.read_bytes()
        settings = Settings.model_validate(tomllib.loads(content.decode()))
    except FileNotFoundError:
        known = ", ".join(sorted(found.stem for found in folder.glob("*.toml")))
        raise PlatformError(f"no board '{name}' in {folder}; there are: {known}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlatformError(f"{path}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PlatformError(f"{path}: {place}: {first['msg']}") from None
    description = parse(folder / settings.repl)
    digest = hashlib.sha256(content)
    for source in sorted(folder.glob("*.repl")):
        digest.update(source.read_bytes())
    machine = parse(folder / settings.builtin_repl) if settings.builtin_repl else description
    return Board(
        settings=settings,
        folder=folder,
        description=description,
        machine=machine,
        fingerprint=digest.hexdigest(),
    )
