"""The limits, which README has."""

from pathlib import Path

README = Path(__file__).resolve().parent.parent.parent / "README.md"


def limits() -> str:
    """README's section as a page."""
    _, _, rest = README.read_text(encoding="utf-8").partition("\n## Limits\n")
    text, _, _ = rest.partition("\n## ")
    return f"# Limits\n{text.replace('](docs/', '](')}"
