"""Where a Renode is, and whether it is new enough."""

import json
import os
import re
import shutil
from pathlib import Path

from ..errors import EngineError

OLDEST = (1, 15)
GET = (
    "pip install git+https://github.com/antmicro/renode-run && renode-run download",
    "set RENODE to the program of one that was downloaded elsewhere (renode.io)",
)
"""The vendor's own way to have a portable build, and the way without a network."""
BUILDS = "builds.renode.io"
"""Where renode-run downloads from."""

_VERSION = re.compile(r"\b(\d+)\.(\d+)(?:\.\d+)*")
_VARIANT = "dotnet-portable"
"""Of renode-run's builds: the one that it installs where nobody asks for another."""


def find_renode() -> list[str]:
    """The command that starts Renode: `$RENODE`, on PATH, or what renode-run has installed.

    Raises:
        EngineError: there is none; the text says how to get one.

    """
    if chosen := os.environ.get("RENODE"):
        if shutil.which(chosen) is None:
            raise EngineError(f"RENODE={chosen}: no such program")
        return [chosen]
    if shutil.which("renode"):
        return ["renode"]
    if installed := find_installed():
        return [str(installed)]
    raise EngineError(
        f"Renode ({_dotted(OLDEST)} or newer) is not installed: {GET[0]}; "
        f"without a network {GET[1]}"
    )


def find_installed() -> Path | None:
    """The program that renode-run has installed: its default, else any that is still there.

    renode-run keeps a list of its installations (`renode-run.json`, version 2) in the user's folder
    for Renode's settings: a folder each, with its version and variant, and a default a variant.
    """
    try:
        content = json.loads((Path.home() / ".config/renode/renode-run.json").read_bytes())
        defaults, installed = content.get("default", {}), content.get("installations", {})
        folders = [defaults.get(_VARIANT), *defaults.values(), *installed]
    except (OSError, ValueError, AttributeError, TypeError):
        return None
    for folder in folders:
        if isinstance(folder, str) and shutil.which(program := Path(folder) / "renode"):
            return program
    return None


def require_version(told: str) -> None:
    """Refuse a Renode that is too old, or that does not say which it is.

    Args:
        told: the answer to `version`: "Renode, version 1.16.1.12345 (...)".

    Raises:
        EngineError: the text has both versions.

    """
    match = _VERSION.search(told)
    if match is None:
        raise EngineError(f"Renode does not say its version, but '{told[:60]}'")
    if (int(match[1]), int(match[2])) < OLDEST:
        raise EngineError(f"Renode {match[0]} is too old: {_dotted(OLDEST)} or newer is needed")


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
