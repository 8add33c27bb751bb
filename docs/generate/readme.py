"""The limits, which README has."""

import re
from pathlib import Path

README = Path(__file__).resolve().parent.parent.parent / "README.md"


def limits() -> str:
    """README's section as a page."""
    _, _, rest = README.read_text(encoding="utf-8").partition("\n## Limits\n")
    text, _, _ = rest.partition("\n## ")
    # MkDocs takes for a list only what has an empty line before it.
    apart = re.sub(r"^(\*\*.*(?:\n(?!- ).+)*)\n- ", r"\1\n\n- ", text, flags=re.MULTILINE)
    return f"# Limits\n{apart.replace('](docs/', '](')}"
