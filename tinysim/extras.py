"""Packages that an installation has only with an extra (`pyproject.toml`)."""

import importlib
from types import ModuleType

from .errors import ToolError


def load_extra(module: str, name: str, extra: str) -> ModuleType:
    """A module, whose package a reader knows by `name`.

    Raises:
        ToolError: the extra is not installed.

    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise ToolError(f"{name} is missing: pip install 'tinysim[{extra}]'") from None
