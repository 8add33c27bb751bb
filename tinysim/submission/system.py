"""The description of a system, `systems/ID.json`."""

from pathlib import Path

from ..errors import ResultError
from ..storage import read_json

KEYS = (
    "Submitter",
    "Division",
    "Status",
    "Board Name",
    "Board Memory capacity (not including SoC, processor, or accelerator)",
    "Board Memory type",
    "Board storage capacity",
    "Board storage type",
    "SoC Name",
    "SoC Memory capacity (not including processor or accelerator)",
    "SoC Memory type",
    "SoC storage capacity",
    "SoC storage type",
    "Processor(s) Name",
    "Processor(s) Frequencies",
    "Processor memory type and capacity",
    "Processor storage type and capacity",
    "Accelerator",
    "Accelerator(s) Frequencies",
    "Accelerator memory type and capacity",
    "Accelerator storage type and capacity",
    "Hardware Notes",
    "Inference Framework",
    "Software Libraries",
    "Operating System ",  # the template's own blank
    "Other Software Stack",
    "Software Notes",
    "Quantization Method",
    "Training framework (open division)",
    "ML Model Compiler(s)",
    "General Compiler(s)",
    "Other Software",
    "Training and Quantization Notes",
)
"""Of the rules' template (mlcommons/tiny, system_description_template.json)."""

STATUSES = ("available", "preview", "rdi")


def load_system(path: Path) -> dict[str, str]:
    """Read a description.

    Raises:
        StorageError: it cannot be read.
        ResultError: not a description, or without one of the template's keys.

    """
    system = read_json(path)
    if not isinstance(system, dict):
        raise ResultError(f"{path}: an object was expected")
    given = {str(key).strip() for key in system}
    if missing := [f"'{key.strip()}'" for key in KEYS if key.strip() not in given]:
        raise ResultError(
            f"{path}: has no {', '.join(missing)}; system_description_template.json of the rules "
            "has every key"
        )
    if "system_type" in system:
        raise ResultError(f"{path}: must not have 'system_type'")
    if odd := [key for key, value in system.items() if not isinstance(value, str | int | float)]:
        raise ResultError(f"{path}: '{odd[0]}' is not a text")
    return {str(key): str(value) for key, value in system.items()}
