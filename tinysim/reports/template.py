"""The templates of the pages."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..extras import load_extra

if TYPE_CHECKING:
    import jinja2


def load_template(name: str) -> "jinja2.Template":
    """A template of this folder; what it names and is not given is an error.

    Raises:
        ToolError: the extra `report` is not installed.

    """
    load_extra("jinja2", "Jinja", "report")
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
