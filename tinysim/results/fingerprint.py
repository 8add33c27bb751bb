"""One number for everything that decides a result."""

import hashlib
import json
from collections.abc import Mapping


def fingerprint(parts: Mapping[str, object]) -> str:
    """sha256 over the parts' JSON, whatever their order: the same parts give the same result,
    on every machine.
    """
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
