"""`tinysim schema`."""

import json
import sys


def schema() -> None:
    """Print the JSON schema of a result."""
    from ..results import Result

    sys.stdout.write(json.dumps(Result.model_json_schema(), indent=2) + "\n")
