"""Results as rows, and as tables of pandas."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..extras import load_extra
from ..results import Cost, Profile, Result

if TYPE_CHECKING:
    import pandas

Row = Mapping[str, str | int | float | bool | None]


def frame(rows: Sequence[Row]) -> "pandas.DataFrame":
    """A column a key.

    Raises:
        ToolError: the extra `notebook` is not installed.

    """
    load_extra("pandas", "pandas", "notebook")
    import pandas

    return pandas.DataFrame([dict(row) for row in rows])


def result_row(result: Result) -> Row:
    """A result's figures, in the units of its JSON."""
    accuracy, energy = result.accuracy, result.energy
    return {
        "benchmark": result.benchmark,
        "mode": result.mode,
        "engine": result.engine,
        "tier": result.tier,
        "latency_us": result.latency_us,
        "error_worst": result.error_band.worst if result.error_band else None,
        "throughput_ips": result.throughput_ips,
        "instructions": result.instructions,
        "cycles": result.cycles,
        "cpi": result.cpi,
        "flash": result.memory.flash,
        "ram": result.memory.ram,
        "arena": result.memory.arena,
        "top1": accuracy.top1 if accuracy else None,
        "auc": accuracy.auc if accuracy else None,
        "per_inference_uj": energy.per_inference_uj if energy else None,
    }


def layer_rows(profile: Profile) -> list[Row]:
    """A row an operation, with a column for each cause that any of them waited for."""
    causes = dict.fromkeys(name for cost in profile.layers for name in cost.stalls)
    return [
        {**_cost_row(cost), "macs": cost.macs, "start": cost.start}
        | {cause: cost.stalls.get(cause, 0) for cause in causes}
        for cost in profile.layers
    ]


def function_rows(profile: Profile) -> list[Row]:
    """A row a function, callees apart."""
    return [_cost_row(cost) for cost in profile.functions]


def _cost_row(cost: Cost) -> dict[str, str | int | float | bool | None]:
    return {"name": cost.name, "cycles": cost.cycles, "instructions": cost.instructions}
