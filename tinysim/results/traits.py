"""What decides how well a latency can be estimated, as it was measured in a run."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from .part import Amount, Part


class Traits(Part):
    """Of a run at tier T3. Stalls are shares of all cycles: of fetching, of data from flash, of the
    buses, of results that were not there yet. `ram_code` is the share of words fetched that came
    from RAM, `bus_waits` that of the bus accesses that waited, `wait_states` those of flash.
    """

    wait_states: Annotated[int, Field(ge=0)]
    fetch_stalls: Amount
    flash_stalls: Amount
    bus_stalls: Amount
    hazard_stalls: Amount
    ram_code: Amount
    bus_waits: Amount

    @classmethod
    def of(cls, counters: Mapping[str, int], cycles: int, wait_states: int) -> "Traits | None":
        """From the engine's counters over `cycles`; None where it does not count stalls."""
        if "stall.fetch" not in counters or cycles <= 0:
            return None
        words = counters["flash.fetch"] + counters["ram.fetch"]
        return cls(
            wait_states=wait_states,
            fetch_stalls=round(counters["stall.fetch"] / cycles, 4),
            flash_stalls=round(counters["stall.flash_data"] / cycles, 4),
            bus_stalls=round(counters["stall.bus"] / cycles, 4),
            hazard_stalls=round(counters["stall.hazard"] / cycles, 4),
            ram_code=round(counters["ram.fetch"] / max(1, words), 4),
            bus_waits=round(counters["bus.wait"] / max(1, counters["bus.access"]), 4),
        )

    def within(self, most: "Traits") -> bool:
        """Whether the flash waits as long, and nothing has a share of more than `most` has."""
        mine, theirs = self.model_dump(), most.model_dump()
        return mine.pop("wait_states") == theirs.pop("wait_states") and all(
            value <= theirs[name] for name, value in mine.items()
        )
