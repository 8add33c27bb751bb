"""The Robot Framework library's keywords: libdoc's page, and a list."""

import tempfile
from pathlib import Path

from robot import libdoc as robot_libdoc

LIBRARY = "tinysim.robot.TinySimLibrary"


def libdoc() -> str:
    """The page that libdoc writes."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "keywords.html"
        robot_libdoc.libdoc(LIBRARY, str(target), quiet=True)
        return target.read_text(encoding="utf-8")


def page() -> str:
    """Every keyword with the first line that says what it does."""
    library = robot_libdoc.LibraryDocumentation(LIBRARY)
    lines = [
        "# Robot Framework keywords",
        "",
        "Install the library by `pip install 'tinysim[robot]'` and import it by",
        "",
        "```robotframework",
        "*** Settings ***",
        f"Library    {LIBRARY}    engine=builtin    tier=T3",
        "```",
        "",
        "The engines `builtin`, `renode` and `serial` take the same keywords. "
        "[Robot Framework's own page](robot-keywords.html) has them with all of their arguments.",
        "",
        "| keyword | arguments | purpose |",
        "|---|---|---|",
    ]
    for word in library.keywords:
        arguments = ", ".join(f"`{argument}`" for argument in word.args).replace("|", "\\|")
        lines.append(f"| {word.name} | {arguments} | {word.short_doc} |")
    return "\n".join([*lines, ""])
