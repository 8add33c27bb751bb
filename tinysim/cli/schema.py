"""`tinysim schema`."""

import json

from .console import pass_on


def schema() -> None:
    """Print the JSON schema of a result."""
    from ..results import Result

    pass_on(json.dumps(Result.model_json_schema(), indent=2) + "\n")
