"""A board's devices that are Python classes."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from ..devices import Device
from ..errors import PlatformError
from .repl import Entry


def make_device(folder: Path, entry: Entry) -> Device:
    """The object that an entry of type `Python.Device` asks for.

    Its property `class` is `module:Name`, a module beside the board's files or one that is
    installed; the other properties are the class's arguments.

    Raises:
        PlatformError: no such class, or one that does not take these properties.

    """
    arguments = dict(entry.properties)
    where = str(arguments.pop("class", ""))
    module_name, _, class_name = where.partition(":")
    try:
        found = getattr(_module(folder, module_name), class_name)
    except (ImportError, AttributeError, SyntaxError, ValueError) as error:
        raise PlatformError(f"{entry.name}: no class '{where}': {error}") from None
    if not (isinstance(found, type) and issubclass(found, Device)):
        raise PlatformError(f"{entry.name}: '{where}' is no class of tinysim.devices or over one")
    try:
        return found(**arguments)
    except (TypeError, ValueError) as error:
        raise PlatformError(f"{entry.name}: {where}: {error}") from None


def _module(folder: Path, name: str) -> ModuleType:
    path = folder / f"{name}.py"
    if not path.is_file():
        return importlib.import_module(name)
    unique = f"tinysim_board_{abs(hash(str(path.resolve())))}"
    spec = importlib.util.spec_from_file_location(unique, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[unique] = module
    spec.loader.exec_module(module)
    return module
