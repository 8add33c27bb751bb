"""Which of tinysim's extras are installed."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, metadata, requires

from .part import Part

USES = {
    "report": "HTML pages",
    "robot": "the Robot Framework library",
    "hardware": "real boards",
    "debug": "pyOCD and debuggers",
    "trace": "VCD files",
    "host": "comparing answers with the host's interpreter",
    "data": "making data sets",
    "notebook": "boards and results in Jupyter",
    "history": "results over commits",
    "sweep": "sweeps and their tables",
    "cluster": "sweeps on several machines",
    "train": "training and compressing models",
    "official-runner": "the official runner",
}
"""What each extra is for."""

_REQUIREMENT = re.compile(r"([\w.-]+)(?:\[([\w,-]+)\])?[^;]*(?:;.*extra == ['\"]([\w-]+)['\"])?")
"""A package, its own extras, and the extra of ours that asks for it (PEP 508)."""


def find_extras() -> Iterator[Part]:
    """Each extra, with the versions of its packages."""
    wanted = _packages()
    for extra, use in USES.items():
        if extra not in wanted:
            yield Part(
                f"[{extra}]",
                "",
                f"this installation is older than its sources, or none; for {use}",
                f"pip install 'tinysim[{extra}]', in a clone pip install -e '.[{extra}]'",
            )
            continue
        versions = {package: _version(package) for package in wanted[extra]}
        missing = [package for package, version in versions.items() if not version]
        found = ", ".join(f"{package} {version}" for package, version in versions.items())
        yield Part(
            f"[{extra}]",
            "" if missing else found,
            f"{' and '.join(missing)}, for {use}",
            f"pip install 'tinysim[{extra}]'",
        )


def _packages() -> dict[str, list[str]]:
    """The packages that each extra asks for, those of extras in it included, as pip knows them
    since it has installed tinysim: nothing of a checkout that is only on Python's path.
    """
    try:
        extras = metadata("tinysim").get_all("Provides-Extra") or []
    except PackageNotFoundError:
        return {}
    direct: dict[str, list[str]] = {name: [] for name in extras}
    inner: dict[str, list[str]] = {name: [] for name in direct}
    for text in requires("tinysim") or ():
        match = _REQUIREMENT.match(text)
        if match is None or not match[3]:
            continue
        if match[1] == "tinysim":
            inner[match[3]] += match[2].split(",")
        else:
            direct[match[3]].append(match[1])
    return {
        name: list(
            dict.fromkeys(direct[name] + [p for other in inner[name] for p in direct[other]])
        )
        for name in direct
    }


def _version(package: str) -> str:
    try:
        return distribution(package).version
    except PackageNotFoundError:
        return ""
