"""Current from activity, by the coefficients of a board's description."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from .activity import Activity, Range
from .supply import MONITOR_V, Supply

_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Share = Annotated[float, Field(ge=0, le=1)]


class PowerModel(BaseModel):
    """A board's `[power]`.

    A linear regulator passes the core's current on, whatever its supply's voltage; a switched one
    passes power on, and has a power of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    clock_hz: Annotated[int, Field(gt=0)]
    """That `working_ma` holds for, in range 1 boost."""
    working_ma: _Positive
    """The core's current when every cycle works."""
    flash_wait: _Share
    """What a cycle that waits for data from flash takes of that, and one asleep."""
    sleep: _Share
    boost_v: _Positive
    """The core's voltage in each range."""
    normal_v: _Positive
    low_v: _Positive
    smps_fixed_mw: Annotated[float, Field(ge=0)]
    """What a switched regulator and all behind it take at any clock, and for each mA more."""
    smps_mw_per_ma: _Positive
    source: str

    def core_ma(self, activity: Activity, supply: Supply) -> float:
        """The core's current in mA."""
        awake = 1 - activity.asleep
        waits = min(awake, activity.flash_waits)
        charge = awake - waits * (1 - self.flash_wait) + activity.asleep * self.sleep
        return (
            self.working_ma
            * (activity.clock_hz / self.clock_hz)
            * charge
            * (self._volts(activity.range) / self.boost_v if supply.regulator == "ldo" else 1.0)
        )

    def power_mw(self, activity: Activity, supply: Supply) -> float:
        """What the supply gives in mW."""
        core_ma = self.core_ma(activity, supply)
        if supply.regulator == "ldo":
            return core_ma * supply.volts
        return self.smps_fixed_mw + self.smps_mw_per_ma * core_ma

    def bounds_mw(self, activity: Activity) -> tuple[float, float]:
        """The least and the most that it is with a supply of an LPM01A, by either regulator."""
        powers = [
            self.power_mw(activity, Supply(volts=volts, regulator=regulator))
            for volts in MONITOR_V
            for regulator in ("ldo", "smps")
        ]
        return min(powers), max(powers)

    def is_away(self, activity: Activity) -> bool:
        """Whether the clock or the voltage is none of nearly all the published runs'."""
        return (
            abs(activity.clock_hz / self.clock_hz - 1) > 0.01 or activity.range is not Range.BOOST
        )

    def _volts(self, range_: Range) -> float:
        return {Range.BOOST: self.boost_v, Range.NORMAL: self.normal_v, Range.LOW: self.low_v}[
            range_
        ]
