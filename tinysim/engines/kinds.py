"""What is known of an engine by its name, before one is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from ..errors import EngineError
from ..platform.option import Option, Value
from ..platform.options import changed, checked, options_of

DEFAULT_ENGINE = "builtin"


@dataclass(frozen=True)
class EngineKind:
    """An engine as it describes itself.

    An engine of another package says the same by attributes of its class: `is_silicon`,
    `default_tier`, `boots_from_ram`, and `options`, a tuple of `platform.option.Option`.
    """

    name: str
    load: Callable[[], Any]
    """What makes the engine: an `EngineFactory`."""
    options: Mapping[str, Option]
    is_silicon: bool = False
    """It is a real board: it needs no image, has no tier, and is reached over a line."""
    default_tier: str = ""
    """Where none is asked for; empty where that depends on what is asked of the board."""
    boots_from_ram: bool = False
    """It can begin in SRAM1 what was linked for it."""

    def tier(self, otherwise: str) -> str:
        """The tier where none is asked for; `otherwise` where the engine leaves it open."""
        return self.default_tier or otherwise

    def changed(self, given: Mapping[str, Value], own: Mapping[str, Value]) -> dict[str, Value]:
        """Those of the options that make another board of it than its description, `own`, does."""
        return changed(self.options, given, own)

    def checked(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Options as the engine takes them.

        Raises:
            PlatformError: one is unknown or out of range.

        """
        return checked(self.name, given, self.options)


def kind_of(name: str) -> EngineKind:
    """An engine's kind.

    Other packages add engines by the entry point group `tinysim.engines`.

    Raises:
        EngineError: no engine of that name.

    """
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    found = {entry.name: entry for entry in entry_points(group="tinysim.engines")}
    if name not in found:
        known = ", ".join(sorted({*_BUILT_IN, *found}))
        raise EngineError(f"no engine '{name}'; there are: {known}")
    engine = found[name].load()
    return EngineKind(
        name=name,
        load=lambda: engine,
        options={option.name: option for option in getattr(engine, "options", ())},
        is_silicon=bool(getattr(engine, "is_silicon", False)),
        default_tier=str(getattr(engine, "default_tier", "")),
        boots_from_ram=bool(getattr(engine, "boots_from_ram", False)),
    )


def _lazily(module: str, attribute: str) -> Callable[[], Any]:
    """Each is imported when it is made: they do not need each other's libraries."""
    return lambda: getattr(import_module(f"tinysim.engines.{module}"), attribute)


_BUILT_IN = {
    kind.name: kind
    for kind in (
        EngineKind(
            "builtin",
            _lazily("builtin", "BuiltinEngine"),
            options_of("builtin"),
            boots_from_ram=True,
        ),
        EngineKind(
            "renode", _lazily("renode", "RenodeEngine"), options_of("renode"), default_tier="T1"
        ),
        EngineKind(
            "serial", _lazily("serial_board", "SerialBoard"), options_of("serial"), is_silicon=True
        ),
    )
}
