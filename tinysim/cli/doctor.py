"""`tinysim doctor`."""

import importlib.util
import shutil
import socket
import threading

from .. import firmware
from ..benchmarks import BENCHMARKS
from ..datasets import find_folder
from ..engines.renode_found import BUILDS, find_renode
from ..errors import EngineError
from ..firmware.prebuilt import find_prebuilt
from ..firmware.tools import sources_sha256
from ..models.locate import assets_folder, cache_folder
from .console import say

_PATIENCE_S = 3.0
_PROGRAMMERS = ("pyocd", "st-flash", "STM32_Programmer_CLI")


def doctor() -> None:
    """Say what is installed, what is missing, and the command that mends it."""
    missing_packages = []
    prebuilt = find_prebuilt(sources_sha256())
    if prebuilt:
        _say("firmware", f"{len(prebuilt.index.images)} images came with tinysim", ok=True)
    for tool in firmware.TOOLS:
        found = shutil.which(tool.program)
        absent = "not there (optional: builds your model's own kernels alone)"
        _say(tool.program, found or (absent if prebuilt else "missing"), ok=bool(found or prebuilt))
        if not found:
            missing_packages.append(tool.package)
    engine = importlib.util.find_spec("tinysim._core")
    _say("builtin engine", "ready" if engine else "missing", ok=engine is not None)
    try:
        renode = find_renode()[0]
    except EngineError as error:
        renode = f"not there (optional): {error}"
        if not _is_reachable(BUILDS):
            renode += f"; there is no network here: {BUILDS} cannot be reached"
    _say("renode engine", renode, ok=True)
    programmer = next((name for name in _PROGRAMMERS if shutil.which(name)), None)
    _say("programmer", programmer or f"not there (optional: {' or '.join(_PROGRAMMERS)})", ok=True)
    assets = assets_folder()
    for benchmark in BENCHMARKS.values():
        places = [folder for folder in (assets, cache_folder()) if folder]
        model = any((place / "models" / benchmark.model_file).is_file() for place in places)
        data = find_folder(benchmark)
        _say(f"{benchmark.name} model", "found" if model else "download or twin", ok=True)
        _say(f"{benchmark.name} data", "found" if data else "seeded inputs", ok=True)
    if missing_packages:
        say()
        why = "To build firmware" if prebuilt else "To mend"
        say(f"{why}: apt-get install {' '.join(missing_packages)}")
    if not engine:
        say()
        say("To mend: pip install .")
    if (missing_packages and not prebuilt) or not engine:
        raise SystemExit(2)


def _is_reachable(host: str) -> bool:
    """Whether a host takes connections, found out within some seconds."""
    answers: list[bool] = []

    def ask() -> None:
        try:
            socket.create_connection((host, 443), _PATIENCE_S).close()
            answers.append(True)
        except OSError:
            answers.append(False)

    # Looking up a name has no time-out of its own.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_PATIENCE_S)
    return bool(answers) and answers[0]


def _say(what: str, state: str, *, ok: bool) -> None:
    say(f"{'ok' if ok else '--'}  {what:<20} {state}")
