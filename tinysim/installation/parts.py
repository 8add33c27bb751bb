"""All parts of an installation."""

import platform
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from ..firmware.prebuilt import find_prebuilt
from ..firmware.tools import sources_sha256
from ..version import __version__
from .assets import find_assets
from .extras import find_extras
from .part import Part
from .programs import find_build_tools, find_programmer, find_renode_part


def find_parts() -> Iterator[Part]:
    """Each part, as soon as it was looked for.

    Raises:
        AssetError: `TINYSIM_ASSETS` names no folder.

    """
    yield Part("python", f"{platform.python_version()}, {sys.executable}")
    yield Part("tinysim", f"{__version__}, {_place()}")
    yield _engine()
    prebuilt = find_prebuilt(sources_sha256())
    yield Part(
        "ready images",
        f"{len(prebuilt.index.images)}, {prebuilt.folder}" if prebuilt else "",
        "firmware is built when it is needed; the published wheel brings its images",
    )
    yield from find_build_tools(are_needed=prebuilt is None)
    yield find_renode_part()
    yield find_programmer()
    yield from find_extras()
    yield from find_assets()


def _place() -> str:
    spec = find_spec("tinysim")
    return str(spec.origin) if spec else ""


def _engine() -> Part:
    spec = find_spec("tinysim._core")
    found = ""
    if spec is not None:
        from .. import _core

        found = f"{_core.build}, {spec.origin}"
    return Part("builtin engine", found, "emulates the board", "pip install .", is_needed=True)
