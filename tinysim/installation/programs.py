"""Which programs are installed beside tinysim."""

import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator

from ..engines.renode_found import BUILDS, GET, find_renode
from ..errors import EngineError
from ..firmware.tools import TOOLS
from .part import Part

_PATIENCE_S = 3.0
_PROGRAMMERS = ("pyocd", "st-flash", "STM32_Programmer_CLI")
_VERSION = re.compile(r"\d+(?:\.\d+)+")


def find_build_tools(*, are_needed: bool) -> Iterator[Part]:
    """What builds firmware; needed where no images came with tinysim."""
    lack = "builds firmware" if are_needed else "builds images that hold one model's kernels alone"
    for tool in TOOLS:
        yield Part(
            tool.program, _found(tool.program), lack, f"apt-get install {tool.package}", are_needed
        )


def find_programmer() -> Part:
    """What programs a real board."""
    found = next((name for name in _PROGRAMMERS if shutil.which(name)), "")
    lack = f"programs a real board: {', '.join(_PROGRAMMERS[:-1])} or {_PROGRAMMERS[-1]}"
    return Part("programmer", found and _found(found), lack, "pip install 'tinysim[hardware]'")


def find_renode_part() -> Part:
    """The engine that is not tinysim's own."""
    found, lack, remedy = "", "the engine that the builtin one is compared with", GET[0]
    try:
        found = " ".join(find_renode())
    except EngineError as error:
        if os.environ.get("RENODE"):
            lack, remedy = str(error), ""
        elif not _is_reachable(BUILDS):
            lack += f"; {BUILDS} cannot be reached from here"
            remedy = GET[1]
    return Part("renode engine", found, lack, remedy)


def _found(program: str) -> str:
    """Its version and place."""
    path = shutil.which(program)
    if path is None:
        return ""
    try:
        done = subprocess.run(
            [path, "--version"],
            capture_output=True,
            text=True,
            check=False,
            errors="replace",
            timeout=_PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return path
    # A compiler puts the packager's words in brackets before its own version.
    match = _VERSION.search(re.sub(r"\([^)]*\)", "", done.stdout))
    return f"{match[0]}, {path}" if match else path


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
