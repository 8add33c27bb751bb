"""The templates of the pages, with their style and script and the hashes that a policy names."""

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from ..extras import load_extra

if TYPE_CHECKING:
    import jinja2

PAGES = Path(__file__).parent / "pages"
"""Templates, style and script."""


def load_template(name: str, *others: Path) -> "jinja2.Template":
    """A template of the folder `pages` or of `others`; what it names and is not given is an error.

    Raises:
        ToolError: the extra `report` is not installed.

    """
    load_extra("jinja2", "Jinja", "report")
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([*others, PAGES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        style=(PAGES / "style.css").read_text("utf-8"),
        script=(PAGES / "strip.js").read_text("utf-8"),
    )
    environment.filters["digest"] = digest
    return environment.get_template(name)


def digest(text: str) -> str:
    """What a policy names an inline style or script by (Content Security Policy 3, 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
