"""Prints what the extra `test-train` asks for, so that pip does not build the engine again."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def requirements(extra: str) -> Iterator[str]:
    """The packages of an extra and of those that it names."""
    project = tomllib.loads(_PROJECT.read_text())["project"]
    for requirement in project["optional-dependencies"][extra]:
        if requirement.startswith(f"{project['name']}["):
            yield from requirements(requirement.split("[")[1].rstrip("]"))
        else:
            yield requirement


if __name__ == "__main__":
    print(*requirements("test-train"))
