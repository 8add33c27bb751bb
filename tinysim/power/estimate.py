"""An estimate with its error, as a result holds it."""

from ..results.energy import Energy, EnergyError, PowerActivity
from .activity import Activity, Range
from .evidence import band, blind_errors
from .model import PowerModel
from .supply import Supply

_ASLEEP = 0.02
"""From this share of its time on, what a sleeping cycle takes decides more than 1 %."""
_SMPS_V = 3.0


def estimate(
    model: PowerModel, supply: Supply | None, activity: Activity, inference_us: float | None
) -> Energy:
    """Of a board that does `activity` all the time, and of an inference if one takes
    `inference_us`.
    """
    error, notes = _error(model, supply, activity)
    if supply is None:
        low, high = model.bounds_mw(activity)
        power = None
    else:
        power = low = high = model.power_mw(activity, supply)
    bounds = low * max(0.0, 1 - error.worst), high * (1 + error.worst)
    return Energy(
        supply_v=supply.volts if supply else None,
        regulator=supply.regulator if supply else None,
        power_mw=_rounded(power),
        current_ma=round(power / supply.volts, 4) if supply and power is not None else None,
        per_inference_uj=_joules(power, inference_us),
        power_range_mw=(round(bounds[0], 3), round(bounds[1], 3)),
        per_inference_range_uj=(
            None
            if inference_us is None
            else (
                round(bounds[0] * inference_us / 1000, 3),
                round(bounds[1] * inference_us / 1000, 3),
            )
        ),
        error=error,
        activity=PowerActivity(
            clock_hz=activity.clock_hz,
            voltage_range=activity.range.value,
            asleep=round(activity.asleep, 5),
            flash_waits=round(activity.flash_waits, 5),
            flash_reads=round(activity.flash_reads, 5),
            sram_accesses=round(activity.sram_accesses, 5),
        ),
        notes=tuple(notes),
        source=model.source,
    )


def _error(
    model: PowerModel, supply: Supply | None, activity: Activity
) -> tuple[EnergyError, list[str]]:
    """The published runs' band, or a wider one for what few of them resemble, and why."""
    published = band(model)
    worst, validated, notes = published.worst, True, []
    off_asleep, off_slower = blind_errors(model)
    if activity.asleep > _ASLEEP:
        worst, validated = max(worst, off_asleep), False
        notes.append(f"{activity.asleep:.0%} asleep: one published run says what that takes")
        if activity.is_deep:
            notes.append("SLEEPDEEP is set: Stop modes take far less than the sleep assumed here")
    if model.is_away(activity):
        worst, validated = max(worst, off_slower), False
        where = f"{activity.clock_hz / 1e6:g} MHz" + (
            "" if activity.range is Range.BOOST else f", {activity.range.value}"
        )
        notes.append(f"{where}: all published runs but one are at {model.clock_hz / 1e6:g} MHz")
    if not activity.waits_counted:
        validated = False
        notes.append("waits for flash are counted at tier T3 alone: none are taken into account")
    if supply and supply.regulator == "smps" and supply.volts != _SMPS_V:
        validated = False
        notes.append(f"the published runs with an external SMPS are at {_SMPS_V:g} V")
    return (
        EnergyError(
            worst=round(worst, 4),
            mean=round(published.mean, 4),
            runs=published.runs,
            validated=validated,
        ),
        notes,
    )


def _rounded(power_mw: float | None) -> float | None:
    return None if power_mw is None else round(power_mw, 3)


def _joules(power_mw: float | None, inference_us: float | None) -> float | None:
    if power_mw is None or inference_us is None:
        return None
    return round(power_mw * inference_us / 1000, 3)
